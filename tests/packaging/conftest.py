"""The wheel, and an environment that it is installed in; made once for all test processes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.packaging.team import build_wheel, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both; the first process makes them while the others wait."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "wheel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "wheel.made").exists():
            install(build_wheel(folder / "wheel"), folder / "environment")
            (folder / "wheel.made").touch()
    return folder


@pytest.fixture(scope="session")
def wheel(installed: Path) -> Path:
    [built] = (installed / "wheel").glob("*.whl")
    return built


@pytest.fixture(scope="session")
def wheel_environment(installed: Path) -> Path:
    return installed / "environment"
