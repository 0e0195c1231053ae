"""A separate project for each test of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_project import Project, write_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)
