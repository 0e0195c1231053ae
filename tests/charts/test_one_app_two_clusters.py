"""One declaration on mycluster-0 and on cloudlab differs only where the clusters do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from charts.clusters.cloudlab.cluster import cloudlab
from charts.clusters.mycluster_0.cluster import mycluster_0
from kubestrata import Cluster, Component, Image, Namespace, Platform
from kubestrata.constructs import (
    Container,
    Exposure,
    Flow,
    Scaling,
    Workload,
    WorkloadDeclaration,
    WorkloadMonitoring,
)
from kubestrata.constructs.platform_api import PlatformApi

DECLARATION = WorkloadDeclaration(
    image=Image("registry.example.com/shop:1.4.0"),
    container=Container(
        port=9000,
        ports={"metrics": 9001},
        config={"MODE": "on"},
        files={"/etc/shop/a.yaml": "b: 1"},
    ),
    scaling=Scaling(min=2, max=6),
    route=Exposure(visibility="private"),
    monitoring=WorkloadMonitoring(port="metrics"),
)
Objects = dict[str, dict[str, Any]]


def shop(cluster: Cluster) -> Component:
    """Create the same component in either cluster."""
    home = Namespace("shop", pod_security="restricted")
    component = Component(cluster, "shop", layer="apps", namespace=home)
    Workload.of(component, "shop", DECLARATION).allow(Flow.to_hosts("api.example.com"))
    return component


def rendered(component: Component) -> Objects:
    return {
        f"{item.identity.kind} {item.identity.name}": item.manifest for item in component.rendered()
    }


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which two rendered values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, theirs, f"{path}[{index}]")
    elif one != other:
        yield path


@pytest.fixture
def at_home() -> Objects:
    return rendered(shop(cloudlab(Platform())))


@pytest.fixture
def on_aws(monkeypatch: pytest.MonkeyPatch) -> Objects:
    """Return native objects, even where the platform's API has a kind for them."""
    cluster = mycluster_0(Platform())
    find = Cluster.find
    monkeypatch.setattr(
        Cluster,
        "find",
        lambda self, wanted: None if issubclass(PlatformApi, wanted) else find(self, wanted),
    )
    return rendered(shop(cluster))


def test_each_cluster_has_its_own_kinds_of_policy_scrape_and_rule(
    at_home: Objects, on_aws: Objects
) -> None:
    assert sorted({*at_home} - {*on_aws}) == ["PodMonitor shop", "PrometheusRule shop"]
    assert sorted({*on_aws} - {*at_home}) == [
        "CiliumNetworkPolicy allow-dns",
        "CiliumNetworkPolicy default-deny",
        "CiliumNetworkPolicy shop-from-gateway",
        "CiliumNetworkPolicy shop-from-vmagent",
        "CiliumNetworkPolicy shop-to-api.example.com",
        "VMPodScrape shop",
        "VMRule shop",
    ]


def test_alert_rules_are_the_same_on_both_clusters(at_home: Objects, on_aws: Objects) -> None:
    theirs, ours = (
        [rule for group in each["spec"]["groups"] for rule in group["rules"]]
        for each in (at_home["PrometheusRule shop"], on_aws["VMRule shop"])
    )
    assert theirs == ours
    assert [rule["alert"] for rule in ours] == ["WorkloadUnavailable", "WorkloadRestarting"]


def test_common_objects_differ_only_in_gateway_domain_and_defaults(
    at_home: Objects, on_aws: Objects
) -> None:
    found = [
        f"{name}: {path}"
        for name in sorted({*at_home} & {*on_aws})
        for path in differences(at_home[name], on_aws[name])
    ]
    assert found == [
        # The WorkloadDefaults of mycluster-0: user, and variables with fields of the pod.
        "Deployment shop: spec.template.spec.containers[0].env",
        *(
            f"Deployment shop: spec.template.spec.securityContext.{field}"
            for field in ("fsGroup", "runAsGroup", "runAsUser")
        ),
        "HTTPRoute shop: spec.hostnames[0]",
        "HTTPRoute shop: spec.parentRefs[0].name",
        "HTTPRoute shop: spec.parentRefs[0].namespace",
        "HTTPRoute shop: spec.parentRefs[0].sectionName",
    ]
    assert len({*at_home} & {*on_aws}) == 9


def test_each_route_is_on_the_gateway_of_its_cluster(at_home: Objects, on_aws: Objects) -> None:
    for objects, host, gateway in (
        (at_home, "shop.catinthehack.ca", "traefik-gateway"),
        (on_aws, "shop.priv.cloud.ogenki.io", "platform-tailscale-general"),
    ):
        spec = objects["HTTPRoute shop"]["spec"]
        assert spec["hostnames"] == [host]
        assert [each["name"] for each in spec["parentRefs"]] == [gateway]


def test_only_the_gateway_is_admitted(on_aws: Objects) -> None:
    assert on_aws["CiliumNetworkPolicy shop-from-gateway"]["spec"] == {
        "endpointSelector": {"matchLabels": {"app.kubernetes.io/name": "shop"}},
        "ingress": [
            {
                "fromEntities": ["ingress"],
                "toPorts": [{"ports": [{"port": "9000", "protocol": "TCP"}]}],
            }
        ],
    }


def test_the_claim_has_exactly_the_declared_fields() -> None:
    claimed = rendered(shop(mycluster_0(Platform())))
    assert claimed["App shop"]["spec"] == {
        "image": {"repository": "registry.example.com/shop", "tag": "1.4.0"},
        "autoscaling": {
            "enabled": True,
            "minReplicas": 2,
            "maxReplicas": 6,
            "targetCPUUtilizationPercentage": 80,
        },
        "pdb": {"enabled": True, "maxUnavailable": 1},
        "resources": {"requests": {"cpu": "50m"}, "limits": {"cpu": None, "memory": "128Mi"}},
        "spreadAcrossNodes": True,
        "antiAffinityPreset": "none",
        "securityContext": {"enableWritableTmp": False},
        "config": {"MODE": "on"},
        "configs": [{"path": "/etc/shop/a.yaml", "content": "b: 1"}],
        "healthProbes": {
            "liveness": {
                "initialDelaySeconds": 0,
                "periodSeconds": 20,
                "timeoutSeconds": 1,
                "failureThreshold": 6,
            },
            "readiness": {"initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1},
        },
        "service": {"port": 9000, "ports": {"metrics": 9001}},
        "route": {"enabled": True},
    }
    assert {name.split()[0] for name in claimed} == {
        "App",
        "CiliumNetworkPolicy",
        "Namespace",
        "VMPodScrape",
        "VMRule",
    }
