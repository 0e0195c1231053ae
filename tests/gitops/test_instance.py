"""FluxInstances make a source and a Kustomization, with the patches that are for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_patch import PatchError
from kubestrata.gitops import from_folder
from kubestrata.gitops.instance import sync_of
from kubestrata.gitops.json_patch import patched
from tests.gitops.repository import config_map

URL = "oci://registry.example.com/fleet"
DECRYPTION = {"provider": "sops", "secretRef": {"name": "age"}}


def instance(sync: dict[str, Any], *patches: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "fluxcd.controlplane.io/v1",
        "kind": "FluxInstance",
        "metadata": {"name": "flux", "namespace": "flux-system"},
        "spec": {"sync": sync, "kustomize": {"patches": list(patches)}, **more},
    }


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("GitRepository", {"url": URL, "ref": {"name": "x"}, "secretRef": {"name": "pull"}}),
        ("OCIRepository", {"url": URL, "ref": {"tag": "x"}, "secretRef": {"name": "pull"}}),
        ("Bucket", {"endpoint": URL, "bucketName": "x", "secretRef": {"name": "pull"}}),
    ],
)
def test_the_source_has_the_fields_of_its_kind(kind: str, spec: dict[str, Any]) -> None:
    sync = {"kind": kind, "url": URL, "ref": "x", "path": "./home", "pullSecret": "pull"}
    made = sync_of(instance(sync))
    assert made is not None
    assert (made.url, made.path) == (URL, "./home")
    assert made.source["kind"] == kind
    assert made.source["spec"] == {"interval": "1m", **spec}
    assert made.kustomization["spec"]["sourceRef"] == {"kind": kind, "name": "flux-system"}


@pytest.mark.parametrize(
    "text",
    [
        "- op: add\n  path: /spec/decryption\n  value: {provider: sops, secretRef: {name: age}}\n",
        "spec: {decryption: {provider: sops, secretRef: {name: age}}}",
        (
            "apiVersion: x/v1\nkind: X\nmetadata: {name: any}\n"
            "spec: {decryption: {provider: sops, secretRef: {name: age}}}"
        ),
    ],
)
def test_patches_change_the_kustomization(text: str) -> None:
    sync = {"kind": "OCIRepository", "url": URL, "ref": "x", "path": "."}
    target = {"kind": "Kustomization", "name": "flux-.*"}
    made = sync_of(instance(sync, {"target": target, "patch": text}))
    assert made is not None
    assert made.kustomization["spec"]["decryption"] == DECRYPTION
    assert made.kustomization["metadata"] == {"name": "flux-system", "namespace": "flux-system"}
    assert "decryption" not in made.source["spec"]
    other = sync_of(instance(sync, {"target": {"kind": "Deployment"}, "patch": text}))
    assert other is not None
    assert "decryption" not in other.kustomization["spec"]


def test_a_patch_that_does_not_fit_is_noted(tmp_path: Path) -> None:
    text = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  distribution: {version: 2.x, registry: ghcr.io/fluxcd}
  sync: {kind: GitRepository, url: 'https://git.example.com/a', ref: main, path: ./clusters/home}
  kustomize:
    patches:
      - target: {kind: GitRepository}
        patch: '[{op: remove, path: /spec/nothing}]'
"""
    (tmp_path / "clusters/home").mkdir(parents=True)
    (tmp_path / "clusters/home/flux.yaml").write_text(text)
    (tmp_path / "clusters/home/a.yaml").write_text(config_map("a"))
    (tree,) = from_folder(tmp_path)
    source = "GitRepository.source.toolkit.fluxcd.io flux-system/flux-system"
    assert [f"{each.what}: {each.why}" for each in tree.unchecked] == [
        f"a patch of {source}: nothing is at /spec/nothing"
    ]


BEFORE = {"kind": "A", "metadata": {"name": "a"}, "spec": {"list": [1, 2], "m": {"k/a": 1}}}


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("- {op: add, path: /spec/list/-, value: 3}", {"list": [1, 2, 3], "m": {"k/a": 1}}),
        ("- {op: add, path: /spec/list/0, value: 0}", {"list": [0, 1, 2], "m": {"k/a": 1}}),
        ("- {op: remove, path: /spec/list/1}", {"list": [1], "m": {"k/a": 1}}),
        ("- {op: replace, path: /spec/m/k~1a, value: 2}", {"list": [1, 2], "m": {"k/a": 2}}),
        ("- {op: remove, path: /spec/m}", {"list": [1, 2]}),
        ("spec: {list: [9], m: null}", {"list": [9]}),
    ],
)
def test_operations_change_fields(text: str, spec: dict[str, Any]) -> None:
    assert patched(BEFORE, text) == {**BEFORE, "spec": spec}


@pytest.mark.parametrize(
    "text",
    [
        "- {op: test, path: /spec, value: 1}",
        "- {op: remove, path: /spec/none}",
        "- {op: remove, path: /spec/list/2}",
        "- {op: add, path: /spec/list/x, value: 1}",
        "- {op: add, path: /none/a, value: 1}",
        "- {op: add, path: /kind/a, value: 1}",
        "- {op: add, path: '', value: 1}",
        "- text",
        "text",
        "a: [",
    ],
)
def test_a_patch_that_kustomize_refuses_is_an_error(text: str) -> None:
    with pytest.raises(PatchError):
        patched(BEFORE, text)
