"""Common fixtures: repeatable examples, temporary files, and schema sources if available."""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from tests.first_compilation import compile_share
from tests.helm.chart import KeptRenderer

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("repeatable")


def pytest_sessionstart() -> None:
    """Draw no constants of the modules that tests before this one have imported.

    Hypothesis reads the source of each for them: examples would differ with the order of tests.
    """
    if settings.get_current_profile_name() == "repeatable":
        nothing = Constants()
        patch = pytest.MonkeyPatch()
        patch.setattr(providers, "_get_local_constants", lambda: nothing)  # until the end


# Tests write many small files, and a disk takes most of their time.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 * 1024**3
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


# What tests import and collect is kept until the end, and there is a lot of it.
_COLLECTED = 300_000
gc.set_threshold(_COLLECTED)


def pytest_collection() -> None:
    """Share the first compilation of what every process imports."""
    compile_share()


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every collection of garbage."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Look for garbage once: pytest itself does so five times, Python when it ends."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def returned_memory() -> Iterator[None]:
    """Give back to the system what a test with large data has freed; C keeps it otherwise."""
    gc.freeze()  # what is older is not looked through
    yield
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError):  # only the C library of GNU has it
            ctypes.CDLL(None).malloc_trim(0)


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


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the user's own cache alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _kept_renderer() -> Iterator[None]:
    """Render the charts of trees by one worker for all tests, which takes half a second to start.

    How workers start, end and are limited is what `tests/helm` is about.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kubestrata.gitops.chart_objects.Renderer", KeptRenderer)
        yield


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of schema sources beside this repository."""
    folder = ROOT.parent / "shared" / "schemas"
    if not (folder / "SOURCES.tsv").is_file():
        pytest.skip("no schema sources beside the repository")
    return folder
