"""Results of post-renderers are kept: Kustomize runs again only for other objects or patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_value import Manifest
from kubestrata.gitops.kept_build import KeptBuilder
from kubestrata.gitops.kubectl import Builder, RenderError
from kubestrata.helm.store import ChartStore

OBJECT: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
CHANGES: dict[str, Any] = {"images": [{"name": "a", "newTag": "1"}]}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Manifest]]:
    """The objects of each run of Kustomize, in whose place their number is the result."""
    runs: list[Sequence[Manifest]] = []

    def build(_: Builder, manifests: Sequence[Manifest], changes: Mapping[str, Any]) -> str:
        if not changes:
            raise RenderError("no changes")
        runs.append(manifests)
        return f"{len(runs)}"

    monkeypatch.setattr(Builder, "build_objects", build)
    return runs


def test_a_build_is_kept_until_something_changes(
    tmp_path: Path, built: list[Sequence[Manifest]]
) -> None:
    def text(manifest: Manifest, changes: Mapping[str, Any] = CHANGES) -> str:
        return KeptBuilder(ChartStore(tmp_path)).build_objects([manifest], changes)

    assert [text(OBJECT), text(OBJECT)] == ["1", "1"]
    assert text({**OBJECT, "data": {}}) == "2"
    assert text(OBJECT, {"patches": []}) == "3"
    assert len(built) == 3
    (kept, *_) = (each for each in (tmp_path / "rendered").rglob("*") if each.is_file())
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_a_refusal_is_not_kept(tmp_path: Path, built: list[Sequence[Manifest]]) -> None:
    builder = KeptBuilder(ChartStore(tmp_path))
    with pytest.raises(RenderError, match="no changes"):
        builder.build_objects([OBJECT], {})
    assert built == []
    assert not (tmp_path / "rendered").exists()
