"""The wheel, and an environment that it is installed in; made once for each test process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.team import build_wheel, install


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def wheel_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    environment = tmp_path_factory.mktemp("team") / "environment"
    install(wheel, environment)
    return environment
