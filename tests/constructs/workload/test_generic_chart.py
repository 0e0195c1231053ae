"""Workloads as releases of the chart app-template."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubestrata import ChartRepository, Component, Image, Quantity, synthesize
from kubestrata.constructs import (
    CiliumNetwork,
    Container,
    ExtraContainer,
    Flow,
    GenericChart,
    HelmChart,
    Mount,
    PodSecurity,
    PodSettings,
    Probes,
    Rollout,
    Volume,
)
from kubestrata.constructs.network import Endpoint
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.synth.cluster_tree import trees_of
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

CHART = HelmChart(
    "app-template", "4.4.0", ChartRepository("bjw-s", "oci://ghcr.io/bjw-s-labs/helm")
)
_CHARTS = os.environ.get("KUBESTRATA_CHARTS", "")
IMAGE = Image("registry.example.com/tunnel:1.4.2")


def web() -> Component:
    return new_component(new_cluster(groups=("cilium.io",), offers=[CiliumNetwork()]))


def full(component: Component) -> GenericChart:
    return GenericChart(
        component,
        "tunnel",
        chart=CHART,
        image=IMAGE,
        container=Container(
            port=8080,
            ports={"metrics": 9090},
            args=["run"],
            env={"TEMPLATE": "{{ .Name }}"},
            config={"LOG_LEVEL": "info"},
            files={"/etc/tunnel/config.yaml": "ingress: []"},
            writable={"/tmp": Quantity("16Mi")},
            mounts={"/cache": "cache", "/etc/extra/a": Mount(volume="extra", sub_path="a")},
        ),
        pod=PodSettings(
            security=PodSecurity(user=568),
            labels={"team": "web"},
            init_containers={
                "first": ExtraContainer(image=IMAGE, port=None),
                "second": ExtraContainer(image=IMAGE, port=None),
            },
            volumes={
                "cache": Volume.empty("1Gi"),
                "extra": Volume.config_map("extra"),
            },
        ),
        replicas=3,
        rollout=Rollout.recreate(),
    )


def values(component: Component) -> dict[str, Any]:
    (release,) = objects(component, "HelmRelease")
    found: dict[str, Any] = release["spec"]["values"]
    return found


def test_generic_chart_minimal(manifests: SnapshotAssertion) -> None:
    component = web()
    GenericChart(component, "tunnel", chart=CHART, image=IMAGE)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_generic_chart_full(manifests: SnapshotAssertion) -> None:
    component = web()
    full(component).allow(Flow.to_hosts("edge.example.com"))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_pods_have_the_hardening_of_a_workload() -> None:
    component = web()
    GenericChart(component, "tunnel", chart=CHART, image=IMAGE)
    controller = values(component)["controllers"]["tunnel"]
    assert controller["containers"]["tunnel"]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert controller["pod"]["securityContext"]["runAsNonRoot"] is True
    assert controller["pod"]["automountServiceAccountToken"] is False


def test_variables_are_not_templates_of_the_chart() -> None:
    component = web()
    full(component)
    env = values(component)["controllers"]["tunnel"]["containers"]["tunnel"]["env"]
    assert {"name": "TEMPLATE", "value": '{{ "{{" }} .Name }}'} in env


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("a.example.com/b:1.0", {"repository": "a.example.com/b", "tag": "1.0"}),
        (
            f"a.example.com/b:1.0@sha256:{'0' * 64}",
            {"repository": "a.example.com/b", "tag": f"1.0@sha256:{'0' * 64}"},
        ),
        (
            f"a.example.com/b@sha256:{'0' * 64}",
            {"repository": "a.example.com/b@sha256", "tag": "0" * 64},
        ),
    ],
)
def test_the_chart_joins_repository_and_tag(image: str, expected: dict[str, str]) -> None:
    component = web()
    GenericChart(component, "tunnel", chart=CHART, image=Image(image))
    controller = values(component)["controllers"]["tunnel"]
    assert controller["containers"]["tunnel"]["image"] == expected


def test_it_connects_like_a_workload() -> None:
    component = web()
    tunnel = GenericChart(component, "tunnel", chart=CHART, image=IMAGE)
    database = new_component(component.cluster, "data")
    pods = GenericChart(database, "db", chart=CHART, image=IMAGE)
    tunnel.connect_to(pods)
    names = {each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")}
    assert "tunnel-to-db" in names
    assert isinstance(pods.endpoint, Endpoint)
    assert tunnel.service.url() == "http://tunnel.web.svc.cluster.local:80"


def test_a_worker_has_no_service() -> None:
    component = web()
    worker = GenericChart(
        component,
        "worker",
        chart=CHART,
        image=IMAGE,
        container=Container(port=None, probes=Probes.none()),
    )
    assert "service" not in values(component)
    with pytest.raises(InvalidReference, match="has no Service"):
        _ = worker.service


def test_negative_replicas_are_an_error() -> None:
    with pytest.raises(InvalidValue, match="is negative"):
        GenericChart(web(), "tunnel", chart=CHART, image=IMAGE, replicas=-1)


@pytest.mark.skipif(not _CHARTS, reason="KUBESTRATA_CHARTS names no folder with charts")
def test_the_chart_renders_the_same_pods_as_a_workload(tmp_path: Path) -> None:
    component = web()
    full(component)
    store = ChartStore(tmp_path, [Path(each) for each in _CHARTS.split(os.pathsep)])
    store.open()
    (tree,) = with_charts(trees_of(synthesize(component.cluster.platform)), store)
    made = [each.manifest for each in tree.subjects if each.identity.name == "tunnel"]
    (deployment,) = [each for each in made if each["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    names = [each["name"] for each in pod["initContainers"]]
    assert names == ["first", "second"]
    assert pod["serviceAccountName"] == "tunnel"
    mounts = {each["mountPath"] for each in pod["containers"][0]["volumeMounts"]}
    assert mounts == {"/cache", "/etc/extra/a", "/etc/tunnel/config.yaml", "/tmp"}
    assert {"name": "TEMPLATE", "value": "{{ .Name }}"} in pod["containers"][0]["env"]
    (service,) = [each for each in made if each["kind"] == "Service"]
    assert service["metadata"]["name"] == "tunnel"
    assert {each["port"] for each in service["spec"]["ports"]} == {80, 9090}


@pytest.mark.parametrize(("name", "version"), [("nginx", "4.4.0"), ("app-template", "3.7.3")])
def test_a_chart_with_other_values_is_an_error(name: str, version: str) -> None:
    chart = replace(CHART, name=name, version=version)
    with pytest.raises(InvalidValue, match="is not app-template 4, whose values are derived"):
        GenericChart(web(), "tunnel", chart=chart, image=IMAGE)
