"""Terraform modules of a repository: the variables that they declare."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from tests.gitops.repository import repository, unit

NETWORK = """apiVersion: infra.contrib.fluxcd.io/v1alpha2
kind: Terraform
metadata: {name: network, namespace: flux-system}
spec:
  interval: 15m
  path: ./terraform/network
  sourceRef: {kind: GitRepository, name: flux-system}"""
DNS = NETWORK.replace("network", "dns")
CODE = 'variable "region" {\n  type = string\n}\n\n  variable token {}\n# variable "old" is gone\n'


def modules(top: Path, objects: str, **files: str) -> dict[str, frozenset[str] | None]:
    """Return the modules of a repository; `files` are by path, `__` for a slash."""
    written = {"clusters/home/units.yaml": unit("all"), "all/objects.yaml": objects}
    repository(top, written)
    for path, text in files.items():
        place = top / path.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    (tree,) = from_folder(top)
    return dict(tree.modules)


def test_variables_of_a_module_are_read(tmp_path: Path) -> None:
    found = modules(tmp_path, NETWORK, **{"terraform__network__main.tf": CODE})
    assert found == {"./terraform/network": frozenset({"region", "token"})}


def test_a_missing_folder_is_known_as_missing(tmp_path: Path) -> None:
    both = f"{NETWORK}\n---\n{DNS}"
    found = modules(tmp_path, both, **{"terraform__network__main.tf": CODE})
    assert found["./terraform/dns"] is None


def test_a_folder_with_manifests_only_has_no_modules_to_miss(tmp_path: Path) -> None:
    assert modules(tmp_path, NETWORK) == {}


def test_a_module_in_json_is_left_out(tmp_path: Path) -> None:
    code = {"terraform__network__main.tf": CODE, "terraform__network__more.tf.json": "{}"}
    assert modules(tmp_path, NETWORK, **code) == {}


def test_a_module_of_another_repository_is_left_out(tmp_path: Path) -> None:
    other = NETWORK.replace("name: flux-system}", "name: modules}")
    assert modules(tmp_path, other, **{"terraform__network__main.tf": CODE}) == {}
