"""Merges of drawn patches into drawn Deployments have the results of Kustomize."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestrata.constructs.manifest.merge_schema import merge_schema
from kubestrata.constructs.manifest.strategic_merge import strategic_merge
from kubestrata.gitops.kubectl import kubectl
from tests.kustomize import kustomize

DIGITS = st.integers(1, 9).map(str)
VARIABLES = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("ABCD"), "value": DIGITS}),
    max_size=3,
    unique_by=lambda each: each["name"],
)
PORTS = st.lists(
    st.fixed_dictionaries(
        {"containerPort": st.sampled_from([53, 80]), "protocol": st.sampled_from(["TCP", "UDP"])},
        optional={"name": st.sampled_from(["web", "dns"])},
    ),
    max_size=3,
    unique_by=lambda each: (each["containerPort"], each["protocol"]),
)
MOUNTS = st.lists(
    st.fixed_dictionaries({"mountPath": st.sampled_from(["/a", "/b"]), "name": st.just("v")}),
    max_size=2,
    unique_by=lambda each: each["mountPath"],
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "image": st.sampled_from(["a:1", "b:2"]),
    "args": st.lists(st.sampled_from("xyz"), max_size=2),
    "env": VARIABLES,
    "ports": PORTS,
    "volumeMounts": MOUNTS,
    "resources": st.dictionaries(st.sampled_from(["limits", "requests"]), st.just({"cpu": "1"})),
}
WITH_NONE = {name: st.one_of(each, st.none()) for name, each in FIELDS.items()}


def containers(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Any]]:
    one = st.fixed_dictionaries({"name": st.sampled_from("mns")}, optional=fields)
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda each: each["name"])


def pods(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"containers": containers(fields)},
        optional={
            "initContainers": containers(fields),
            "tolerations": st.lists(st.fixed_dictionaries({"key": DIGITS}), max_size=1),
            "nodeSelector": st.dictionaries(st.sampled_from("ab"), DIGITS),
        },
    )


DELETED = st.fixed_dictionaries({"name": st.sampled_from("mns"), "$patch": st.just("delete")})
PATCHES = st.one_of(
    pods(WITH_NONE),
    st.fixed_dictionaries({"containers": st.lists(DELETED, min_size=1, max_size=1)}),
)


def deployment(name: str, pod: dict[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}}
    return {**head, "spec": {"template": {"spec": pod}}}


def by_kustomize(
    folder: Path, objects: list[dict[str, Any]], patches: list[dict[str, Any]]
) -> dict[str, Any]:
    (folder / "objects.yaml").write_text(yaml.safe_dump_all(objects))
    listed = {
        "resources": ["objects.yaml"],
        "patches": [{"patch": yaml.safe_dump(each)} for each in patches],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(listed))
    built = yaml.safe_load_all(kustomize(folder).stdout)
    return {each["metadata"]["name"]: each for each in built}


@pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(pods(FIELDS), PATCHES), min_size=10, max_size=25))
def test_merges_have_the_results_of_kustomize(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    names = [f"d{number}" for number in range(len(pairs))]
    objects = [deployment(name, pod) for name, (pod, _) in zip(names, pairs, strict=True)]
    patches = [deployment(name, patch) for name, (_, patch) in zip(names, pairs, strict=True)]
    schema = merge_schema("apps/v1", "Deployment")
    found = {
        name: strategic_merge(one, patch, schema)
        for name, one, patch in zip(names, objects, patches, strict=True)
    }
    with tempfile.TemporaryDirectory() as folder:
        assert found == by_kustomize(Path(folder), objects, patches)
