"""Charts of a test, rendered by workers that end with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helm.chart import Charts


@pytest.fixture
def charts(tmp_path: Path) -> Iterator[Charts]:
    found = Charts(tmp_path)
    with found.renderer:
        yield found
