"""infra and apps: shared components change together; a third cluster is one file of settings."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from charts.clusters.monosense.apps import apps
from charts.clusters.monosense.infra import infra
from charts.infrastructure import core_dns
from kubestrata import Platform, synthesize
from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.quantity import Quantity
from kubestrata.delivery.delivered import Delivered
from kubestrata.plan.cluster_diff import compare_clusters
from kubestrata.plan.common_change import fold
from kubestrata.plan.tree_diff import compare
from kubestrata.synth.check import check_delivered
from kubestrata.synth.project import load_project

ROOT = Path(__file__).resolve().parents[2]
EDGE = '''"""edge: a third cluster, with the components that every cluster runs."""

from charts.clusters.monosense.settings import ClusterSettings, GatewayAddresses, NodeSettings
from charts.clusters.monosense.shared import build_shared
from kubestrata import Cluster, Platform

_PORTS = ("enp1s0f0np0", "enp1s0f1np1")

EDGE = ClusterSettings(
    name="edge",
    number=3,
    pods="10.248.0.0/16",
    services="10.249.0.0/16",
    dns_address="10.249.0.10",
    pool=("10.25.11.140", "10.25.11.159"),
    gateways=GatewayAddresses("10.25.11.140", "10.25.11.141", "10.25.11.142"),
    asn=64514,
    nodes=(
        NodeSettings(
            "edge-01", "10.25.11.17", "02:00:00:00:01:*", "i40e", _PORTS, "eui.0000000000000001"
        ),
        NodeSettings(
            "edge-02", "10.25.11.18", "02:00:00:00:02:*", "i40e", _PORTS, "eui.0000000000000002"
        ),
        NodeSettings(
            "edge-03", "10.25.11.19", "02:00:00:00:03:*", "i40e", _PORTS, "eui.0000000000000003"
        ),
    ),
)


def edge(platform: Platform) -> Cluster:
    """Build the cluster."""
    return build_shared(platform, EDGE).cluster
'''


def both() -> Platform:
    platform = Platform()
    apps(platform)
    infra(platform)
    return platform


@pytest.fixture(scope="module")
def delivered() -> Delivered:
    return synthesize(both())


def third(folder: Path, source: str = EDGE) -> Any:
    """Return the module of the third cluster, from a file."""
    file = folder / "edge.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location("edge", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_third_cluster_is_one_file_of_settings(tmp_path: Path) -> None:
    assert len(EDGE.splitlines()) < 60
    platform = both()
    third(tmp_path).edge(platform)
    reports = check_delivered(synthesize(platform), load_project(ROOT).settings)
    assert {report.cluster: report.errors for report in reports} == {
        "apps": 0,
        "edge": 0,
        "infra": 0,
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("number=3", "number=2", "has the id 2, as has 'edge'"),
        ('pods="10.248.0.0/16"', 'pods="10.246.0.0/16"', "overlaps 10.246.0.0/16"),
        ('"10.25.11.140", "10.25.11.141"', '"10.25.11.120", "10.25.11.141"', "has the address"),
    ],
)
def test_a_third_cluster_like_another_one_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    platform = both()
    third(tmp_path, EDGE.replace(old, new)).edge(platform)
    with pytest.raises(InvalidValue, match=message):
        synthesize(platform)


def test_a_change_of_a_shared_component_is_one_entry_for_both_clusters(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_dns, "bounded", _larger)
    changed = synthesize(both())
    found = fold(compare(_tree(delivered), _tree(changed)))
    (entry,) = [each for each in found if each.change.file.endswith("helmrelease.yaml")]
    assert entry.place == "{apps,infra}/infrastructure/coredns/coredns-helmrelease.yaml"
    assert [(each.path, each.before, each.after) for each in entry.change.fields] == [
        ("spec.values.resources.limits.memory", "256Mi", "512Mi")
    ]


def _larger(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> dict[str, Any]:
    assert Quantity(memory_limit) == "256Mi"
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit, "memory": "512Mi"},
    }


def _tree(delivered: Delivered) -> dict[str, bytes]:
    """Return the files of clusters."""
    return {path: content for path, content in delivered.contents.items() if "/" in path}


def test_shared_components_differ_in_what_identifies_a_cluster(delivered: Delivered) -> None:
    one, other = sorted(delivered.clusters, key=lambda each: each.name, reverse=True)
    diff = compare_clusters(one, other)
    assert diff.names == ("infra", "apps")
    of_network = {
        f"{each.change.path} of {name}"
        for each in diff.changes
        for name in each.objects
        if name.endswith((" kube-system/cilium", " kube-system/coredns"))
    }
    assert of_network == {
        f"spec.values.{path} of HelmRelease.helm.toolkit.fluxcd.io kube-system/{name}"
        for name, path in (
            ("cilium", "cluster.id"),
            ("cilium", "cluster.name"),
            ("cilium", "clustermesh.apiserver.service.annotations['lbipam.cilium.io/ips']"),
            ("cilium", "clustermesh.apiserver.tls.server.extraDnsNames[0]"),
            ("cilium", "clustermesh.apiserver.tls.server.extraIpAddresses[0]"),
            ("coredns", "service.clusterIP"),
        )
    }


def test_most_objects_are_equal_in_both_clusters(delivered: Delivered) -> None:
    one, other = delivered.clusters
    diff = compare_clusters(one, other)
    assert diff.equal > 10 * diff.differing
