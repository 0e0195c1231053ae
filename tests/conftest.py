"""Common fixtures: repeatable examples, temporary files, and schema sources if available."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("repeatable")

# Tests write many small files, and a disk takes most of their time.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 * 1024**3
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


# What is collected is kept until the end, and there is a lot of it.
_COLLECTED = 50_000
gc.set_threshold(_COLLECTED)


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every collection of garbage."""
    gc.freeze()


@pytest.fixture
def heeded_signals() -> Iterator[None]:
    """Handle the signals that pytest was started to ignore, as nohup does: processes inherit it."""
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    ignored = [each for each in numbers if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of schema sources beside this repository."""
    folder = ROOT.parent / "shared" / "schemas"
    if not (folder / "SOURCES.tsv").is_file():
        pytest.skip("no schema sources beside the repository")
    return folder
