"""mypy, strict, with a cache for the tests of each process: Python's own types are read once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_COMMAND = ("-m", "mypy", "--strict", "--no-error-summary", "--config-file=")


def cache_folder(name: str) -> Path:
    """Return a cache of the current test process, which the next run finds again."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return Path(__file__).parents[1] / ".mypy_cache" / f"{name}-{process}"


def mypy(
    folder: Path, *arguments: str | Path, path: Sequence[Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Check files of a folder; `path` is where their imports are."""
    return subprocess.run(
        [sys.executable, *_COMMAND, f"--cache-dir={cache_folder('tests')}", *arguments],
        cwd=folder,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
