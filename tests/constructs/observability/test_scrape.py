"""Scrapes for either operator, and their network policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Duration, KubestrataError
from kubestrata.constructs import Pods
from kubestrata.constructs.observability import (
    Monitoring,
    Scrape,
    ScrapeAccess,
    ScrapeTls,
    StaticScrape,
)
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.observability.world import (
    KINDS,
    NAMES,
    cluster,
    prometheus,
    secret,
    shop,
    victoria,
)
from tests.small_platform import new_component

PODS = Pods("shop", "shop", {"app": "shop"})
either = pytest.mark.parametrize("monitoring", KINDS, ids=NAMES)


@either
def test_scrape_minimal(monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion) -> None:
    component = shop(monitoring())
    Scrape(component, "shop", pods=PODS, port="metrics")
    assert rendered(component) == manifests
    assert faults(component) == []


@either
def test_a_port_without_a_name_is_scraped_by_its_number(
    monitoring: Callable[[], Monitoring],
) -> None:
    component = shop(monitoring())
    Scrape(component, "shop", pods=PODS, port=8080)
    (found,) = objects(component, "VMPodScrape") + objects(component, "PodMonitor")
    (endpoint,) = found["spec"]["podMetricsEndpoints"]
    assert (endpoint.get("port"), endpoint["portNumber"]) == (None, 8080)
    assert faults(component) == []


def test_ports_of_services_have_names() -> None:
    with pytest.raises(KubestrataError, match="ports of Services are found by their names"):
        Scrape(shop(victoria()), "shop", pods=PODS, port=8080, service_labels={"app": "shop"})


def test_a_scrape_of_a_second_api_admits_its_scraper() -> None:
    component = shop(victoria())
    Scrape(component, "shop", pods=PODS, port="metrics", monitoring=prometheus())
    (found,) = objects(component, "PodMonitor")
    assert found["spec"]["selector"] == {"matchLabels": {"app": "shop"}}
    assert objects(component, "VMPodScrape") == []


@either
def test_scrape_full(monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion) -> None:
    component = shop(monitoring())
    keys = secret(component, "ca.crt", "token")
    Scrape(
        component,
        "shop",
        pods=PODS,
        port="web",
        path="/internal/metrics",
        interval=Duration("15s"),
        service_labels={"app": "shop", "kind": "internal"},
        pod_port=9443,
        access=ScrapeAccess(
            tls=ScrapeTls(ca=keys.key("ca.crt"), server_name="shop.example.com"),
            bearer=keys.key("token"),
        ),
    )
    StaticScrape(
        component,
        "nas",
        targets=["nas.example.com:9100"],
        path="/probe",
        interval=Duration("1m"),
        labels={"site": "home"},
        params={"format": ["prometheus"]},
        access=ScrapeAccess(tls=ScrapeTls(verify=False), bearer=keys.key("token")),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


@either
def test_static_minimal(monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion) -> None:
    component = shop(monitoring())
    StaticScrape(component, "nas", targets=["nas.example.com:9100"])
    assert rendered(component) == manifests
    assert faults(component) == []


@either
def test_the_same_options_apply_to_pods_found_without_a_service(
    monitoring: Callable[[], Monitoring],
) -> None:
    component = shop(monitoring())
    keys = secret(component, "ca.crt", "token")
    access = ScrapeAccess(tls=ScrapeTls(ca=keys.key("ca.crt")), bearer=keys.key("token"))
    found = Scrape(component, "shop", pods=PODS, port="web", access=access).resource
    (endpoint,) = found.body["spec"]["podMetricsEndpoints"]
    assert endpoint["scheme"] == "https"
    assert endpoint["tlsConfig"] == {"ca": {"secret": {"name": "credentials", "key": "ca.crt"}}}
    assert faults(component) == []


def admitted(component: Any) -> list[Any]:
    return [
        (item["metadata"]["name"], item["metadata"]["namespace"], rule)
        for item in objects(component, "CiliumNetworkPolicy")
        if "-from-" in item["metadata"]["name"]
        for rule in item["spec"]["ingress"]
    ]


def test_only_the_scraper_is_admitted_to_exactly_the_port() -> None:
    component = shop(victoria())
    Scrape(component, "shop", pods=PODS, port="metrics")
    scraper = {"k8s:io.kubernetes.pod.namespace": "monitoring", "app": "vmagent"}
    rule = {
        "fromEndpoints": [{"matchLabels": scraper}],
        "toPorts": [{"ports": [{"port": "metrics", "protocol": "TCP"}]}],
    }
    assert admitted(component) == [("shop-from-vmagent", "shop", rule)]


def test_policies_use_the_container_port_where_the_names_differ() -> None:
    component = shop(victoria())
    labels = {"app": "shop"}
    Scrape(component, "shop", pods=PODS, port="web", service_labels=labels, pod_port=9443)
    ((_, _, rule),) = admitted(component)
    assert rule["toPorts"] == [{"ports": [{"port": "9443", "protocol": "TCP"}]}]


def test_a_cluster_without_a_network_gets_no_policy() -> None:
    component = new_component(cluster(victoria()), "shop")
    scrape = Scrape(component, "shop", pods=PODS, port="metrics")
    assert scrape.policy is None
    assert [item.identity.kind for item in component.rendered()] == ["Namespace", "VMPodScrape"]


def test_pods_elsewhere_are_named_by_their_namespace() -> None:
    component = shop(prometheus())
    new_component(component.cluster, "bank")
    pods = Pods("bank", "bank", {"app": "bank"})
    found = Scrape(component, "bank", pods=pods, port="metrics").resource
    assert found.body["spec"]["namespaceSelector"] == {"matchNames": ["bank"]}
    assert [where for _, where, _ in admitted(component)] == ["bank"]


def test_a_namespace_that_denies_nothing_gets_no_policy() -> None:
    component = shop(prometheus())
    dns = Pods("dns", "kube-system", {"k8s-app": "kube-dns"})
    assert Scrape(component, "dns", pods=dns, port="metrics").policy is None


def test_every_object_has_the_labels_that_the_operator_selects() -> None:
    component = shop(prometheus())
    found = Scrape(component, "shop", pods=PODS, port="metrics").resource
    assert found.body["metadata"]["labels"] == {"release": "stack"}


def test_a_cluster_without_monitoring_is_reported_with_a_fix() -> None:
    component = shop()
    with pytest.raises(KubestrataError, match=r"Monitoring: cluster c1 provides none") as caught:
        Scrape(component, "shop", pods=PODS, port="metrics")
    assert caught.value.fix == "call offer(Monitoring(...)) on the cluster before this line"
    assert __file__.rpartition("/")[2] in caught.value.where


@pytest.mark.parametrize(
    ("port", "path", "message"),
    [
        ("8080", "/metrics", "port '8080': is not a valid port name"),
        ("Metrics", "/metrics", "port 'Metrics': is not a valid port name"),
        ("a-name-longer-than-15", "/metrics", "is not a valid port name"),
        ("metrics", "metrics", "path 'metrics': is not a path"),
        ("metrics", "/metrics?all", "is not a path"),
    ],
)
def test_a_target_that_cannot_be_read_is_refused(port: str, path: str, message: str) -> None:
    component = shop(victoria())
    with pytest.raises(KubestrataError) as caught:
        Scrape(component, "shop", pods=PODS, port=port, path=path)
    assert message in str(caught.value)


@pytest.mark.parametrize("target", ["nas.example.com", "http://nas:9100", "nas:", "nas:http"])
def test_a_fixed_target_is_a_host_and_a_port(target: str) -> None:
    with pytest.raises(KubestrataError, match="is not host:port"):
        StaticScrape(shop(victoria()), "nas", targets=[target])


def test_a_secret_of_another_namespace_is_refused() -> None:
    component = shop(victoria())
    pods = Pods("bank", "bank", {"app": "bank"})
    other = new_component(component.cluster, "bank")
    access = ScrapeAccess(bearer=secret(component, "token").key("token"))
    with pytest.raises(KubestrataError, match="is in namespace 'shop', its user in 'bank'"):
        Scrape(other, "bank", pods=pods, port="metrics", access=access)
