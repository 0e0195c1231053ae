"""A patch is applied last to objects below its construct."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kubeapis import k8s
from kubestrata import TypedPatch
from kubestrata.core.errors import InvalidBody, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import check_used, register
from tests.small_platform import new_cluster, new_component


def scope(*patches: TypedPatch[Any]) -> Construct:
    made = Construct(new_component(new_cluster()), "part")
    register(made, patches)
    return made


def pod(construct: Construct) -> dict[str, Any]:
    container = k8s.Container(name="web", image="registry.example.com/web:1.0.0")
    spec = k8s.PodSpec(containers=[container])
    return k8s.Pod(construct, "web", spec=spec).body


def on_host(spec: k8s.PodSpec) -> k8s.PodSpec:
    return replace(spec, host_network=True)


def verbose(container: k8s.Container) -> k8s.Container:
    return replace(container, args=["--verbose"])


def labelled(metadata: k8s.ObjectMeta) -> k8s.ObjectMeta:
    return replace(metadata, labels={"team": "shop"})


def test_a_struct_of_its_type_changes_however_deep_it_is() -> None:
    body = pod(scope(TypedPatch(k8s.PodSpec, on_host), TypedPatch(k8s.Container, verbose)))
    assert body["spec"]["hostNetwork"] is True
    assert body["spec"]["containers"][0]["args"] == ["--verbose"]


def test_metadata_changes_too() -> None:
    made = scope(TypedPatch(k8s.ObjectMeta, labelled))
    body = k8s.ConfigMap(made, "a", metadata=k8s.ObjectMeta(name="b")).body
    assert body["metadata"] == {"name": "b", "namespace": "web", "labels": {"team": "shop"}}


def test_objects_elsewhere_stay_unchanged() -> None:
    made = scope(TypedPatch(k8s.PodSpec, on_host))
    sibling = Construct(new_component(new_cluster()), "other")
    assert "hostNetwork" not in pod(sibling)["spec"]
    assert pod(made)["spec"]["hostNetwork"] is True


def test_the_nearest_patch_comes_first() -> None:
    outer = scope(
        TypedPatch(k8s.PodSpec, lambda spec: replace(spec, hostname=f"{spec.hostname}-b"))
    )
    inner = Construct(outer, "inner")
    register(inner, [TypedPatch(k8s.PodSpec, lambda spec: replace(spec, hostname="a"))])
    assert pod(inner)["spec"]["hostname"] == "a-b"


def test_a_patch_that_matches_nothing_is_refused() -> None:
    made = scope(TypedPatch(k8s.PodSpec, on_host), TypedPatch(k8s.JobSpec, lambda spec: spec))
    pod(made)
    with pytest.raises(InvalidValue, match=r":\d+: TypedPatch\(JobSpec\): matches nothing"):
        check_used(made)


def test_a_patch_gives_what_it_took() -> None:
    wrong: Any = lambda spec: None  # noqa: E731, ARG005  # a body that forgot to return
    with pytest.raises(InvalidValue, match="gives a NoneType\n  fix: return a PodSpec"):
        pod(scope(TypedPatch(k8s.PodSpec, wrong)))


def test_what_a_patch_gives_is_checked() -> None:
    made = scope(TypedPatch(k8s.PodSpec, lambda spec: replace(spec, host_network="yes")))
    with pytest.raises(InvalidBody, match=r"Pod\.spec\.hostNetwork: expected `bool"):
        pod(made)
