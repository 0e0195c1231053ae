"""Every command is run in a project of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_project import Project, write_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)
