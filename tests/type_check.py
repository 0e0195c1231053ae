"""mypy, strict, with caches that all tests share: what they import is checked once."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_COMMAND = ("-m", "mypy", "--strict", "--no-error-summary", "--config-file=")


def cache_folder(name: str) -> Path:
    """Return a cache of the current test process, which the next run finds again."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return ROOT / ".mypy_cache" / f"{name}-{process}"


@contextmanager
def _shared_cache(path: Sequence[Path]) -> Iterator[Path]:
    """Lend a cache to one process at a time; that of the committed bindings holds no others."""
    bindings = "committed" if ROOT / "imports" in path else "generated"
    folder = ROOT / ".mypy_cache" / f"with-{bindings}-bindings"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def mypy(
    folder: Path, *arguments: str | Path, path: Sequence[Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Check files of a folder; `path` is where their imports are."""
    with _shared_cache(path) as cache:
        return subprocess.run(
            [sys.executable, *_COMMAND, f"--cache-dir={cache}", *arguments],
            cwd=folder,
            env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, path))},
            capture_output=True,
            text=True,
            check=False,
        )
