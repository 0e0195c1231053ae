"""Merges have the results of Kustomize; what Kustomize loses is refused."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from kubestrata.constructs.manifest.merge_schema import merge_schema
from kubestrata.constructs.manifest.strategic_merge import PatchMismatchError, strategic_merge
from kubestrata.gitops.kubectl import kubectl
from tests.kustomize import kustomize

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "a", "finalizers": ["x/a", "x/b"], "labels": {"l": "1"}},
    "spec": {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "m",
                        "image": "i:1",
                        "args": ["a", "b"],
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                        "envFrom": [{"configMapRef": {"name": "y"}}],
                        "ports": [
                            {"containerPort": 53, "protocol": "UDP", "name": "u"},
                            {"containerPort": 53, "protocol": "TCP", "name": "t"},
                        ],
                        "volumeMounts": [{"name": "x", "mountPath": "/a"}],
                    },
                    {"name": "s", "image": "j:1"},
                ],
                "volumes": [
                    {"name": "v", "hostPath": {"path": "/x"}},
                    {"name": "w", "emptyDir": {}},
                ],
                "tolerations": [{"key": "a"}],
                "imagePullSecrets": [{"name": "q"}],
                "nodeSelector": {"a": "1"},
                "hostAliases": [{"ip": "1.1.1.1", "hostnames": ["a"]}],
                "topologySpreadConstraints": [
                    {"topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1},
                    {"topologyKey": "h", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 1},
                ],
            }
        },
    },
}
QUEUE: dict[str, Any] = {
    "apiVersion": "messages.example.com/v1",
    "kind": "Queue",
    "metadata": {"name": "a", "finalizers": ["x/a"]},
    "spec": {"containers": [{"name": "m", "image": "i"}], "size": {"a": 1, "b": 2}},
}


def pod(**fields: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": fields}}}


def main(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "m", **fields}])


EQUAL: dict[str, dict[str, Any]] = {
    "a new variable comes first": main(env=[{"name": "C", "value": "3"}, {"name": "B"}]),
    "a new container comes first": pod(containers=[{"name": "n", "image": "k"}, {"name": "s"}]),
    "containers in another order": pod(containers=[{"name": "s", "image": "z"}, {"name": "m"}]),
    "a port by number and protocol": main(
        ports=[{"containerPort": 53, "protocol": "UDP", "name": "uu"}]
    ),
    "ports stay in their places": main(
        ports=[
            {"containerPort": 53, "protocol": "TCP", "name": "tt"},
            {"containerPort": 80, "protocol": "TCP"},
        ]
    ),
    "a list of scalars is replaced": main(args=["c"]),
    "an empty list replaces": main(args=[]),
    "an empty list merges nothing": main(env=[]),
    "an item is deleted": main(env=[{"name": "A", "$patch": "delete"}]),
    "a container is deleted": pod(containers=[{"name": "s", "$patch": "delete"}]),
    "an item that is not there is deleted": main(env=[{"name": "Z", "$patch": "delete"}]),
    "a list is replaced": pod(containers=[{"$patch": "replace"}, {"name": "q", "image": "q"}]),
    "None removes": main(args=None),
    "None in what is new": main(zzz=None, resources={"limits": None}),
    "None in a new container": pod(initContainers=[{"name": "i", "args": None, "image": "x"}]),
    "None removes in an item": main(env=[{"name": "A", "value": None}]),
    "a whole spec": {"spec": None},
    "finalizers are a set": {"metadata": {"finalizers": ["x/c", "x/a"]}},
    "an empty map": {"metadata": {"labels": {}}},
    "an empty map where nothing was": main(resources={}),
    "a map is replaced": {"metadata": {"labels": {"$patch": "replace", "z": "1"}}},
    "a map is deleted": {"metadata": {"labels": {"$patch": "delete"}}},
    "fields of a union stay": {"spec": {"strategy": {"type": "Recreate"}}},
    "sources of a volume stay": pod(volumes=[{"name": "v", "emptyDir": {}}]),
    "tolerations are replaced": pod(tolerations=[{"key": "b"}]),
    "pull secrets": pod(imagePullSecrets=[{"name": "p"}]),
    "a node selector": pod(nodeSelector={"b": "2"}),
    "constraints by two keys": pod(
        topologySpreadConstraints=[
            {"topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 2}
        ]
    ),
    "aliases by address": pod(hostAliases=[{"ip": "1.1.1.1", "hostnames": ["b"]}]),
    "mounts by path": main(volumeMounts=[{"name": "x", "mountPath": "/b"}]),
    "sources of variables are replaced": main(envFrom=[{"configMapRef": {"name": "z"}}]),
}
CUSTOM: dict[str, dict[str, Any]] = {
    "a list is replaced": {"spec": {"containers": [{"name": "n"}]}},
    "a map is merged": {"spec": {"size": {"b": 3, "a": None}}},
    "finalizers": {"metadata": {"finalizers": ["x/b"]}},
}
REFUSED: dict[str, dict[str, Any]] = {
    "spec.template.spec.containers[0].ports[0]": main(ports=[{"containerPort": 53}]),
    "spec.template.spec.containers[0]: has no name": pod(containers=[{"image": "x"}]),
    "metadata.$deleteFromPrimitiveList/finalizers": {
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a"]}
    },
    "is a list, but the patch has a map": pod(containers={"a": 1}),
    "is a map, but the patch has a list": {"spec": ["a"]},
    "is a map, but the patch has a scalar": {"spec": "a"},
    "$patch: is 'remove'": {"spec": {"$patch": "remove"}},
    "in an item with other fields": main(env=[{"name": "A", "$patch": "replace"}]),
}


def called(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "metadata": {**manifest.get("metadata", {}), "name": name}}


@cache
def by_kustomize() -> dict[str, Any]:
    """Return what Kustomize makes of the object of each case, by its name.

    One process builds them: each of its own would take longer to start than to build.
    """
    cases = [(DEPLOYMENT, f"d{number}", patch) for number, patch in enumerate(EQUAL.values())]
    cases += [(QUEUE, f"q{number}", patch) for number, patch in enumerate(CUSTOM.values())]
    objects = [called(name, manifest) for manifest, name, _ in cases]
    patches = [
        {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], **called(name, patch)}
        for manifest, name, patch in cases
    ]
    listed = {
        "resources": ["objects.yaml"],
        "patches": [{"patch": yaml.safe_dump(each)} for each in patches],
    }
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "objects.yaml").write_text(yaml.safe_dump_all(objects))
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(listed))
        built = yaml.safe_load_all(kustomize(folder).stdout)
    return {each["metadata"]["name"]: each for each in built}


def merged(manifest: dict[str, Any], patch: dict[str, Any]) -> Any:
    schema = merge_schema(manifest["apiVersion"], manifest["kind"])
    return strategic_merge(copy.deepcopy(manifest), patch, schema)


@pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
@pytest.mark.parametrize("name", EQUAL)
def test_a_merge_has_the_result_of_kustomize(name: str) -> None:
    number = f"d{[*EQUAL].index(name)}"
    assert merged(called(number, DEPLOYMENT), EQUAL[name]) == by_kustomize()[number]


@pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
@pytest.mark.parametrize("name", CUSTOM)
def test_a_custom_kind_has_no_merged_lists(name: str) -> None:
    number = f"q{[*CUSTOM].index(name)}"
    assert merged(called(number, QUEUE), CUSTOM[name]) == by_kustomize()[number]


@pytest.mark.parametrize("message", REFUSED)
def test_a_patch_of_which_a_part_would_be_lost_is_refused(message: str) -> None:
    with pytest.raises(PatchMismatchError) as raised:
        merged(DEPLOYMENT, REFUSED[message])
    assert message in str(raised.value)


def test_a_patch_may_delete_the_whole_object() -> None:
    assert merged(DEPLOYMENT, {"$patch": "delete"}) is None


def test_a_merge_changes_neither_the_object_nor_the_patch() -> None:
    manifest, patch = copy.deepcopy(DEPLOYMENT), copy.deepcopy(EQUAL["a list is replaced"])
    merged(manifest, patch)
    assert (manifest, patch) == (DEPLOYMENT, EQUAL["a list is replaced"])
