"""Charts of a test, rendered by a worker of all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helm.chart import Charts
from tests.helm.server import Server


@pytest.fixture
def charts(tmp_path: Path) -> Iterator[Charts]:
    found = Charts(tmp_path, shared=True)
    with found.renderer:
        yield found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Server()
    yield made
    made.stop()
