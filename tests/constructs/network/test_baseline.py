"""Policies of namespaces out of mixins."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Namespace, Reference
from kubestrata.constructs import CiliumNetwork, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.network import BASELINE, NetworkBaseline, PolicyMixin
from kubestrata.constructs.network.connection import allow_flows
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.delivery.deliver import deliver
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

WEB = Pods("web", "shop", {"app": "web"})


def shop(baseline: NetworkBaseline) -> Component:
    return new_component(new_cluster(groups=("cilium.io",), offers=[baseline]), "shop")


def names(component: Component, kind: str) -> dict[str, Any]:
    found = objects(component, kind)
    return {f"{each['metadata']['namespace']}/{each['metadata']['name']}": each for each in found}


def test_network_baseline_minimal(manifests: SnapshotAssertion) -> None:
    component = shop(NetworkBaseline(CiliumNetwork()))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_network_baseline_full(manifests: SnapshotAssertion) -> None:
    baseline = NetworkBaseline(
        CiliumNetwork(),
        mixins=[*BASELINE, PolicyMixin.allow_hosts("*.example.com", port=8443)],
        also=[KubernetesNetwork()],
        without=["jobs"],
        extra=[
            (
                "shop",
                PolicyMixin.allow(
                    "allow-store",
                    Flow.to_hosts("store.example.com"),
                    Flow.to_addresses("192.0.2.3/32", ports=[9000]),
                ),
            )
        ],
    )
    component = shop(baseline)
    component.declare(Namespace("jobs", pod_security="baseline"))
    baseline.add_to_namespace(component, Reference(component, "", "Namespace", "kube-system"))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_namespace_without_the_baseline_has_no_policies() -> None:
    component = shop(NetworkBaseline(CiliumNetwork(), without=["shop"]))
    assert objects(component, "CiliumNetworkPolicy") == []


def test_a_policy_in_a_namespace_without_the_baseline_allows_dns_too() -> None:
    component = shop(NetworkBaseline(CiliumNetwork(), without=["shop"]))
    allow_flows(component, WEB, [Flow.to_internet(443)], name="web")
    assert [*names(component, "CiliumNetworkPolicy")] == ["shop/web", "shop/web-dns"]


def test_a_namespace_that_exists_before_is_covered_once_its_policies_are_added() -> None:
    baseline = NetworkBaseline(CiliumNetwork())
    component = shop(baseline)
    allow_flows(component, Pods("dns", "kube-system", {"a": "b"}), [Flow.to_internet()], name="a")
    assert "kube-system/a-dns" in names(component, "CiliumNetworkPolicy")
    baseline.add_to_namespace(component, Reference(component, "", "Namespace", "kube-system"))
    allow_flows(component, Pods("dns", "kube-system", {"a": "b"}), [Flow.to_internet()], name="b")
    assert "kube-system/b-dns" not in names(component, "CiliumNetworkPolicy")


def test_further_engines_never_allow_more_than_the_first_one() -> None:
    wide = PolicyMixin.allow("wide", Flow.to_hosts("a.example.com"), Flow.to_nodes(10250))
    component = shop(
        NetworkBaseline(CiliumNetwork(), mixins=[*BASELINE, wide], also=[KubernetesNetwork()])
    )
    assert "shop/wide" in names(component, "CiliumNetworkPolicy")
    assert "shop/wide" not in names(component, "NetworkPolicy")
    api = names(component, "NetworkPolicy")["shop/allow-kube-api-egress"]["spec"]["egress"]
    assert api[0]["to"][0]["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "default"
    }


def _one_sided(cluster: Cluster, component: Component) -> None:
    allow_flows(component, WEB, [Flow.to_pods(Pods("db", "shop", {"app": "db"}), 5432)])
    deliver(cluster)


def test_pods_of_a_namespace_that_is_open_within_need_no_policy_on_the_other_side() -> None:
    component = shop(NetworkBaseline(CiliumNetwork()))
    _one_sided(component.cluster, component)


def test_pods_of_a_closed_namespace_need_a_policy_on_both_sides() -> None:
    mixins = [PolicyMixin.deny_all(), PolicyMixin.allow_dns()]
    component = shop(NetworkBaseline(CiliumNetwork(), mixins=mixins))
    with pytest.raises(InvalidValue, match="no policy of 'db' allows it in"):
        _one_sided(component.cluster, component)


@pytest.mark.parametrize(
    ("mixins", "message"),
    [
        ([PolicyMixin.allow_dns()], "has no deny_all mixin"),
        ([PolicyMixin.deny_all()], "has no allow_dns mixin"),
        ([*BASELINE, PolicyMixin.allow_dns()], "has two mixins named 'allow-dns-egress'"),
    ],
)
def test_a_baseline_without_its_foundation_is_an_error(
    mixins: list[PolicyMixin], message: str
) -> None:
    with pytest.raises(InvalidValue, match=message):
        NetworkBaseline(CiliumNetwork(), mixins=mixins)


def test_a_mixin_without_flows_is_an_error() -> None:
    with pytest.raises(InvalidValue, match="allows nothing"):
        PolicyMixin.allow("nothing")


@pytest.mark.parametrize(
    "named",
    [
        {"without": ["jobz"]},
        {"extra": [("jobz", PolicyMixin.allow("allow-store", Flow.to_internet(443)))]},
    ],
)
def test_a_namespace_that_does_not_exist_is_an_error(named: dict[str, Any]) -> None:
    component = shop(NetworkBaseline(CiliumNetwork(), **named))
    with pytest.raises(InvalidReference, match="'jobz' of a NetworkBaseline: is not in cluster"):
        deliver(component.cluster)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"engine": None}, "is a NoneType, where Network is expected"),
        ({"also": ["kubernetes"]}, "is a str, where Network is expected"),
        ({"mixins": ["deny-all"]}, "is a str, where PolicyMixin is expected"),
        ({"without": "jobs"}, "is a str, where list or tuple is expected"),
        ({"extra": {"jobs": PolicyMixin.deny_all()}}, "where list or tuple is expected"),
        ({"extra": ["jobs"]}, "is not a namespace with a mixin"),
    ],
)
def test_wrong_types_are_errors(given: dict[str, Any], message: str) -> None:
    engine = given.pop("engine", CiliumNetwork())
    with pytest.raises(InvalidValue, match=message):
        NetworkBaseline(engine, **given)


def test_a_flow_of_a_mixin_is_a_flow() -> None:
    with pytest.raises(InvalidValue, match="is a str, where Flow is expected"):
        PolicyMixin.allow("allow-https", "443")  # type: ignore[arg-type]
