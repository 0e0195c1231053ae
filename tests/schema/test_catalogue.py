"""Catalogues of several trees: the first with a package or a kind decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubestrata.bindings import generate
from kubestrata.bindings.tree.kind_index import hidden_kinds
from kubestrata.schema import Catalogue
from tests.bindings.project import crd, version


def tree(folder: Path, package: str, *documents: object) -> Path:
    """Return the generated tree of some definitions, all in one package."""
    folder.mkdir()
    text = "\n---\n".join(json.dumps(each) for each in documents)
    (folder / "crds.yaml").write_text(text, encoding="utf-8")
    config = folder / "cdk8s.yaml"
    config.write_text(json.dumps({"imports": [f"{package}:=crds.yaml"]}), encoding="utf-8")
    generate(config, imports_dir=folder / "imports", mirror=None)
    return folder / "imports" / "kubeapis"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tree(tmp_path / "own", "acme", crd(version({"own": {"type": "integer"}})))


def versions(known: Catalogue, kind: str) -> list[str]:
    return [each.version for each in known.versions("example.org", kind)]


def test_kinds_of_all_folders_are_in_it(tmp_path: Path, own: Path) -> None:
    other = tree(tmp_path / "other", "more", crd(kind="Part"))
    known = Catalogue(own, other)
    assert (versions(known, "Widget"), versions(known, "Part")) == (["v1"], ["v1"])


def test_the_first_folder_provides_the_schema(tmp_path: Path, own: Path) -> None:
    other = tree(tmp_path / "other", "more", crd())
    for folders, field in (((own, other), "own"), ((other, own), "size")):
        schema = Catalogue(*folders).get("example.org/v1", "Widget")
        assert schema is not None
        verdict = schema.validate(
            {"apiVersion": "example.org/v1", "kind": "Widget", "spec": {field: 1}}
        )
        assert list(verdict.faults) == []


def test_versions_of_a_kind_come_from_one_folder(tmp_path: Path, own: Path) -> None:
    newer = crd(version(name="v1", storage=False), version(name="v2"))
    other = tree(tmp_path / "other", "more", newer)
    assert versions(Catalogue(own, other), "Widget") == ["v1"]
    assert versions(Catalogue(own, more=[other]), "Widget") == ["v1", "v2"]


def test_a_package_of_the_first_folder_hides_that_of_the_same_name(
    tmp_path: Path, own: Path
) -> None:
    other = tree(tmp_path / "other", "acme", crd(kind="Part"), crd())
    known = Catalogue(own, other)
    assert (versions(known, "Widget"), versions(known, "Part")) == (["v1"], [])
    assert hidden_kinds(own, [other]) == {"acme": ["Part"]}
    assert hidden_kinds(other, [own]) == {}
