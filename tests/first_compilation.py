"""The first compilation of all modules, shared by the processes that test.

Each of them imports every module. Without this, all would compile the same one at the same time.
"""

from __future__ import annotations

import compileall
import importlib.util
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_PLAIN = ("lib", "imports", "charts")


def compile_share() -> None:
    """Compile the modules that are this process's part, those of tests as pytest rewrites them."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count == 1 or sys.dont_write_bytecode:
        return
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    plain = [path for folder in _PLAIN for path in (ROOT / folder).rglob("*.py")]
    for path in _largest_first(plain)[number::count]:
        if not _is_compiled(path):
            compileall.compile_file(path, quiet=2)
    for path in _largest_first([*(ROOT / "tests").rglob("test_*.py")])[number::count]:
        if not _is_compiled(path, f"-pytest-{pytest.__version__}"):
            # what is wrong with a module is reported when it is collected
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _is_compiled(path: Path, tag: str = "") -> bool:
    """Compare times only: Python and pytest themselves look whether the module is the same."""
    made = Path(importlib.util.cache_from_source(path))
    made = made.with_name(f"{made.stem}{tag}.pyc")
    return made.exists() and made.stat().st_mtime >= path.stat().st_mtime


def _largest_first(paths: list[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (-path.stat().st_size, path))
