"""Fixtures for tests of generated bindings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.bindings.project import Captured, Project


def _take_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.split(".")[0] == "kubeapis"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """An empty project whose bindings are `kubeapis` for the time of one test."""
    real = _take_out()
    monkeypatch.syspath_prepend(str(tmp_path / "imports"))
    yield Project(tmp_path)
    _take_out()
    sys.modules.update(real)


@pytest.fixture
def resources(monkeypatch: pytest.MonkeyPatch) -> list[Captured]:
    """Every resource made in a test, without a platform around it."""
    made: list[Captured] = []

    def note(
        _self: Any, _scope: Any, id: str, metadata: Any, body: Any, unknown_fields: Any = None
    ) -> None:
        made.append(Captured(id=id, metadata=metadata, body=body, unknown_fields=unknown_fields))

    monkeypatch.setattr("kubestrata.core.resource.Resource.__init__", note)
    return made
