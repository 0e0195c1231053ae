"""mypy, strict, with one cache for all tests of a process: it reads Python's own types once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_COMMAND = ("-m", "mypy", "--strict", "--no-error-summary", "--config-file=")


@cache
def _cache() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of the cache, which is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mypy-")


def mypy(
    folder: Path, *arguments: str | Path, path: Sequence[Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Check files of a folder; `path` is where their imports are."""
    return subprocess.run(
        [sys.executable, *_COMMAND, f"--cache-dir={_cache().name}", *arguments],
        cwd=folder,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
