"""Components that a Flux Kustomization adds to its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.gitops.kubectl import kubectl
from tests.gitops.checking import told
from tests.gitops.repository import config_map, repository, unit

pytestmark = pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
COMPONENT = """apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [more.yaml]
patches:
  - target: {kind: ConfigMap, name: web}
    patch: |
      - {op: add, path: /data, value: {from: component}}
"""
FILES = {
    "apps/web.yaml": config_map("web"),
    "parts/extra/kustomization.yaml": COMPONENT,
    "parts/extra/more.yaml": config_map("more"),
}
ADDED = "  components: [../parts/extra]\n"


@pytest.mark.parametrize("listed", [True, False])
def test_a_component_is_applied_with_the_folder(tmp_path: Path, *, listed: bool) -> None:
    files = {**FILES, "clusters/home/a.yaml": unit("apps", ADDED)}
    if listed:
        # The patches of the folder come after its components.
        files["apps/kustomization.yaml"] = (
            "resources: [web.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n"
            "    kind: ConfigMap\n    metadata: {name: web, namespace: shop}\n"
            "    data: {then: folder}\n"
        )
    (tree,) = from_folder(repository(tmp_path, files))
    found = {each.identity.name: each for each in tree.of_kind("", "ConfigMap")}
    expected = {"from": "component"} | ({"then": "folder"} if listed else {})
    assert found["web"].manifest["data"] == expected
    assert str(found["more"].place) == "parts/extra/more.yaml:1"
    assert (list(tree.unchecked), list(tree.faults), list(tree.listed)) == ([], [], [])
    assert told(tree) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("../parts/gone", ["G08"]),
        ("../../outside", ["G08"]),
        ("https://example.org/repo//parts?ref=v1", ["T01"]),
    ],
)
def test_a_missing_component_is_reported(tmp_path: Path, entry: str, expected: list[str]) -> None:
    one = unit("apps", f"  components: ['{entry}']\n")
    files = {"apps/web.yaml": config_map("web"), "clusters/home/a.yaml": one}
    (tree,) = from_folder(repository(tmp_path, files))
    assert [line.partition(" ")[0] for line in told(tree)] == expected


def test_a_missing_component_may_be_ignored(tmp_path: Path) -> None:
    one = unit("apps", "  components: [../gone]\n  ignoreMissingComponents: true\n")
    files = {"apps/web.yaml": config_map("web"), "clusters/home/a.yaml": one}
    (tree,) = from_folder(repository(tmp_path, files))
    assert told(tree) == []
