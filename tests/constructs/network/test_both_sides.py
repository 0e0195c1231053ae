"""Traffic between pods of a cluster must be allowed on both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kubestrata import Cluster, Platform
from kubestrata.constructs import (
    CiliumNetwork,
    Endpoint,
    Flow,
    HelmRelease,
    KubernetesNetwork,
    OpenNetwork,
    Pods,
)
from kubestrata.constructs.network import NamedPort, Network, NetworkPort, Peer
from kubestrata.constructs.observability import Scrape, VictoriaMetrics
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.deliver import deliver
from kubestrata.synth.synthesis import synthesize
from tests.constructs.checking import objects
from tests.small_platform import chart, new_cluster, new_component

Ends = tuple[Endpoint, Endpoint]


def endpoint(cluster: Cluster, name: str) -> Endpoint:
    pods = Pods(name, name, {"app": name})
    return Endpoint(pods, (NetworkPort(5432),), new_component(cluster, name))


def two(network: Network) -> Ends:
    cluster = new_cluster(offers=[network], groups=("cilium.io",))
    return endpoint(cluster, "web"), endpoint(cluster, "db")


def derive(cluster: Cluster) -> None:
    deliver(cluster)


@pytest.mark.parametrize("network", [CiliumNetwork(), KubernetesNetwork()], ids=["cilium", "k8s"])
def test_a_flow_out_that_the_other_side_refuses_is_an_error_at_its_line(network: Network) -> None:
    web, db = two(network)
    web.allow(Flow.to_pods(db.pods, 5432))
    with pytest.raises(
        InvalidValue,
        match=r"test_both_sides\.py:\d+: flow from 'web' to 'db': no policy of 'db' allows it in, "
        r"and namespace 'db' denies by default\n"
        r"  fix: write web\.connect_to\(db\), or db\.allow\(Flow\.from_pods\(\.\.\.\)\)",
    ):
        derive(web.component.cluster)


def test_a_flow_in_that_the_other_side_may_not_send_is_an_error() -> None:
    web, db = two(CiliumNetwork())
    db.allow(Flow.from_pods(web.pods, 5432))
    with pytest.raises(
        InvalidValue,
        match=r"flow from 'web' to 'db': no policy of 'web' allows it out, and namespace 'web' .*\n"
        r"  fix: write web\.connect_to\(db\), or web\.allow\(Flow\.to_pods",
    ):
        derive(web.component.cluster)


def _connected(web: Endpoint, db: Endpoint) -> None:
    web.connect_to(db)


def _each(web: Endpoint, db: Endpoint) -> None:
    web.allow(Flow.to_pods(db.pods, 5432))
    db.allow(Flow.from_pods(web.pods, 5432))


def _everybody(web: Endpoint, db: Endpoint) -> None:
    web.allow(Flow.to_pods(db.pods, 5432))
    db.allow(Flow.from_cluster())


def _whole_namespace(web: Endpoint, db: Endpoint) -> None:
    web.allow(Flow.to_pods(db.pods, 5432))
    db.allow(Flow.from_pods(Pods("all", "web"), 5432))


def _named(web: Endpoint, db: Endpoint) -> None:
    web.allow(Flow.to_pods(db.pods, NamedPort("postgres")))
    db.allow(Flow.from_pods(web.pods, 5432))


def _inside(web: Endpoint, _: Endpoint) -> None:
    web.allow(Flow.to_pods(web.pods, 1), Flow.from_pods(web.pods, 1))


def _undeclared(web: Endpoint, _: Endpoint) -> None:
    web.allow(Flow.to_pods(Pods("dns", "kube-system", {"k8s-app": "kube-dns"}), 53))


@pytest.mark.parametrize(
    "connect", [_connected, _each, _everybody, _whole_namespace, _named, _inside, _undeclared]
)
def test_a_flow_with_two_open_sides_is_delivered(
    connect: Callable[[Endpoint, Endpoint], None],
) -> None:
    web, db = two(CiliumNetwork())
    connect(web, db)
    derive(web.component.cluster)


@pytest.mark.parametrize(
    ("peer", "ports"),
    [
        (Pods("web", "web", {"app": "web"}), [5433]),
        (Pods("other", "web", {"app": "other"}), [5432]),
        (Pods("web", "elsewhere", {"app": "web"}), [5432]),
    ],
    ids=["another port", "other pods", "another namespace"],
)
def test_the_other_side_must_allow_this_flow(peer: Peer, ports: list[int]) -> None:
    web, db = two(CiliumNetwork())
    web.allow(Flow.to_pods(db.pods, 5432))
    db.allow(Flow.of("ingress", peer, *ports))
    with pytest.raises(InvalidValue, match="'web' to 'db'"):
        derive(web.component.cluster)


def test_a_port_that_one_side_adds_is_one_sided() -> None:
    web, db = two(CiliumNetwork())
    web.connect_to(db)
    db.allow(Flow.from_pods(Pods("web-metrics", "web", {"app": "web"}), 9187))
    with pytest.raises(InvalidValue, match="'web-metrics' to 'db'"):
        derive(web.component.cluster)


def test_every_port_needs_every_port_of_the_other_side() -> None:
    web, db = two(CiliumNetwork())
    web.allow(Flow.to_pods(db.pods))
    db.allow(Flow.from_pods(web.pods, 5432))
    with pytest.raises(InvalidValue, match="'web' to 'db'"):
        derive(web.component.cluster)


def test_a_network_without_policies_has_no_sides() -> None:
    web, db = two(OpenNetwork())
    web.allow(Flow.to_pods(db.pods, 5432))
    derive(web.component.cluster)


def test_a_scrape_needs_a_scraper_that_may_connect() -> None:
    scraper = Pods("vmagent", "monitoring", {"app": "vmagent"})
    cluster = new_cluster(
        offers=[CiliumNetwork(), VictoriaMetrics(scraper=scraper)],
        groups=("cilium.io", "operator.victoriametrics.com"),
    )
    stack, web = endpoint(cluster, "monitoring"), endpoint(cluster, "web")
    Scrape(web.component, "web", pods=web.pods, port="http", pod_port=9090)
    with pytest.raises(InvalidValue, match="flow from 'vmagent' to 'web': no policy of 'vmagent'"):
        derive(cluster)
    Endpoint(scraper, (), stack.component).allow(Flow.to_cluster())
    derive(cluster)


def test_clusters_of_one_platform_are_checked_apart() -> None:
    platform = Platform()
    for name in ("one", "two"):
        cluster = new_cluster(
            name, platform=platform, offers=[CiliumNetwork()], groups=("cilium.io",)
        )
        component = new_component(cluster, "web")
        web = Endpoint(Pods("web", "web", {"app": "web"}), (), component)
        if name == "one":
            web.allow(Flow.from_pods(Pods("db", "web", {"app": "db"}), 1))
        else:
            web.allow(Flow.from_cluster(), Flow.to_cluster())
    derive(platform.clusters[1])
    with pytest.raises(InvalidValue, match="'db' to 'web'"):
        synthesize(platform)


def test_a_release_allows_more_than_once() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()], groups=("cilium.io",))
    component = new_component(cluster)
    release = HelmRelease(component, "web", chart=chart())
    worker = release.some_pods("worker", {"part": "worker"})
    release.allow(Flow.to_kubernetes_api(), Flow.from_nodes(80))
    release.allow(Flow.to_hosts("api.example.net"), Flow.from_internet(443))
    release.allow(Flow.to_kubernetes_api(), pods=worker)
    release.allow(Flow.to_hosts("api.example.net"), pods=worker)
    names = [each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")]
    assert sorted(set(names) - {"allow-dns", "default-deny"}) == [
        "web",
        "web-from-internet",
        "web-to-api.example.net",
        "worker",
        "worker-to-api.example.net",
    ]


def test_a_release_connects_as_a_workload_does() -> None:
    _, db = two(CiliumNetwork())
    component = new_component(db.component.cluster, "shop")
    HelmRelease(component, "shop", chart=chart()).connect_to(db)
    names = [each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")]
    assert "shop-to-db" in names
    names = [each["metadata"]["name"] for each in objects(db.component, "CiliumNetworkPolicy")]
    assert "db-from-shop" in names
