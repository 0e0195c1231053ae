"""Services for existing pods, load balancers and pools of addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Host, Image
from kubestrata.constructs import CiliumNetwork, Endpoint, Flow, KubernetesNetwork, Pods, Workload
from kubestrata.constructs.network import NamedPort, NetworkPort
from kubestrata.constructs.traffic import (
    BgpPeer,
    BgpSession,
    CiliumAddressPool,
    CiliumBgp,
    CiliumL2Announcements,
    ClusterIpService,
    DnsRecord,
    ExternalNameService,
    GlobalService,
    HeadlessService,
    LoadBalancer,
    MeshService,
    MetalLbAddressPool,
    MetalLbL2Announcements,
    NodePortService,
    ServiceAddress,
    ServicePort,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import config_map, new_cluster, new_component, order

GROUPS = ("cilium.io", "metallb.io")
DNS = Pods("dns", "web", {"app": "dns"})
BOTH = [ServicePort(53, name="dns"), ServicePort(53, name="dns-udp", protocol="UDP")]


def web(*offers: object) -> Component:
    return new_component(new_cluster(groups=GROUPS, offers=offers))


def policies(component: Component, kind: str = "CiliumNetworkPolicy") -> dict[str, Any]:
    return {
        each["metadata"]["name"]: each["spec"]
        for each in objects(component, kind)
        if each["metadata"]["name"] not in ("allow-dns", "default-deny")
    }


def the_service(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "Service")
    return found


def test_services_minimal(manifests: SnapshotAssertion) -> None:
    component = web()
    ClusterIpService(component, "inside", pods=DNS, ports=[ServicePort(53)])
    HeadlessService(component, "members", pods=DNS)
    NodePortService(component, "nodes", pods=DNS, ports=[ServicePort(53)])
    ExternalNameService(component, "alias", host=Host("dns.example.com"))
    MeshService(component, "remote", ports=[ServicePort(80)])
    LoadBalancer(component, "outside", pods=DNS, ports=[ServicePort(53)])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_services_full(manifests: SnapshotAssertion) -> None:
    component = web()
    h2c = ServicePort(80, "grpc", "grpc", app_protocol="kubernetes.io/h2c")
    inside = ClusterIpService(
        component,
        "inside",
        pods=DNS,
        ports=[h2c, ServicePort(9090, 9091, "metrics")],
        mesh=GlobalService(shared=False, affinity="local"),
        labels={"team": "web"},
        annotations={"example.com/owner": "web"},
    )
    HeadlessService(
        component,
        "members",
        pods=DNS,
        ports=[ServicePort(7800)],
        not_ready=True,
        mesh=GlobalService(affinity="remote", endpoint_slices=True),
    )
    NodePortService(component, "nodes", pods=DNS, ports=[ServicePort(22, 2222, node_port=30022)])
    ExternalNameService(component, "alias", host=inside.port(80), ports=[ServicePort(80)])
    MeshService(
        component,
        "remote",
        ports=[h2c, ServicePort(9090, name="metrics")],
        mesh=GlobalService(shared=False, affinity="remote"),
        labels={"team": "web"},
        annotations={"example.com/owner": "web"},
    )
    pool = CiliumAddressPool(component, "edge", blocks=["10.0.0.240-10.0.0.250"])
    LoadBalancer(
        component,
        "outside",
        pods=DNS,
        ports=BOTH,
        address=pool.address("10.0.0.240", sharing_key="edge"),
        sources=["192.0.2.0/24"],
        traffic_policy="Local",
        dns=DnsRecord(ttl=60, hosts=[Host("dns.example.com"), Host("ns.example.com")]),
        mesh=GlobalService(),
        labels={"team": "web"},
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_pools_and_announcements(manifests: SnapshotAssertion) -> None:
    component = web()
    CiliumAddressPool(component, "all", blocks=["10.0.0.0/28", "10.0.1.1"])
    chosen = {"pool": "edge"}
    CiliumAddressPool(component, "edge", blocks=["10.0.2.0/28"], services=chosen, edges=False)
    CiliumL2Announcements(component, "all")
    CiliumL2Announcements(
        component,
        "edge",
        of=["external", "load-balancer"],
        services=chosen,
        nodes={"edge": "true"},
        interfaces=["^eth0$"],
    )
    peer = BgpPeer(64501, "10.0.0.1")
    CiliumBgp(component, "all", asn=64512, peers=[peer])
    session = BgpSession(
        hold_seconds=9,
        keep_alive_seconds=3,
        restart_seconds=120,
        multihop=1,
        families=["ipv4", "ipv6"],
    )
    CiliumBgp(
        component,
        "edge",
        asn=64513,
        peers=[peer, BgpPeer(64501, "10.0.0.2")],
        session=session,
        nodes={"edge": "true"},
        services=chosen,
    )
    pool = MetalLbAddressPool(component, "lab", blocks=["10.0.3.2-10.0.3.9", "10.0.4.0/30"])
    named = MetalLbAddressPool(component, "named", blocks=["10.0.5.1"], automatic=False)
    pools = [pool.ref, named.ref]
    MetalLbL2Announcements(component, "lab", pools=pools, interfaces=["eth0"])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_service_is_for_the_pods_of_a_workload() -> None:
    component = web()
    shop = Workload(component, "shop", image=Image("registry.example.com/shop:1.0.0"))
    made = ClusterIpService(component, "extra", pods=shop, ports=[ServicePort(81, "http")])
    found = {each["metadata"]["name"]: each for each in objects(component, "Service")}
    assert found["extra"]["spec"]["selector"] == {"app.kubernetes.io/name": "shop"}
    assert made.port(81).endpoint.ports == (NamedPort("http"),)
    assert made.port(81).url() == "http://extra.web.svc.cluster.local:81"


def test_a_service_is_in_the_namespace_of_its_pods() -> None:
    component = web()
    HeadlessService(component, "agents", pods=Pods("agents", "kube-system", {"app": "agent"}))
    assert the_service(component)["metadata"]["namespace"] == "kube-system"


def test_a_connection_to_a_service_opens_the_ports_of_its_pods() -> None:
    component = web(CiliumNetwork())
    made = ClusterIpService(component, "dns", pods=DNS, ports=BOTH)
    client = Endpoint(Pods("client", "web", {"app": "client"}), (), component)
    client.connect_to(made)
    (ports,) = policies(component)["dns-from-client"]["ingress"][0]["toPorts"]
    assert ports["ports"] == [
        {"port": "53", "protocol": "TCP"},
        {"port": "53", "protocol": "UDP"},
    ]


def test_a_load_balancer_admits_any_client_by_default() -> None:
    component = web(CiliumNetwork())
    LoadBalancer(component, "dns", pods=DNS, ports=[ServicePort(53, 5353, protocol="UDP")])
    (rule,) = policies(component)["dns-from-load-balancer"]["ingress"]
    assert rule == {
        "fromEntities": ["all"],
        "toPorts": [{"ports": [{"port": "5353", "protocol": "UDP"}]}],
    }


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("Local", [{"fromCIDR": ["192.0.2.0/24"]}]),
        ("Cluster", [{"fromCIDR": ["192.0.2.0/24"]}, {"fromEntities": ["host", "remote-node"]}]),
        (None, [{"fromCIDR": ["192.0.2.0/24"]}, {"fromEntities": ["host", "remote-node"]}]),
    ],
)
def test_a_load_balancer_admits_its_sources_and_the_nodes_that_pass_traffic_on(
    policy: Any, expected: list[dict[str, Any]]
) -> None:
    component = web(CiliumNetwork())
    sources = ["192.0.2.0/24"]
    ports = [ServicePort(53)]
    LoadBalancer(component, "dns", pods=DNS, ports=ports, sources=sources, traffic_policy=policy)
    rules = policies(component)["dns-from-load-balancer"]["ingress"]
    assert [{key: rule[key] for key in rule if key != "toPorts"} for rule in rules] == expected
    assert the_service(component)["spec"]["loadBalancerSourceRanges"] == sources


@pytest.mark.parametrize(
    ("address", "labels", "annotations"),
    [
        (ServiceAddress.cilium(), {}, {}),
        (
            ServiceAddress.cilium("10.0.0.1", "2001:db8::1"),
            {},
            {"lbipam.cilium.io/ips": "10.0.0.1,2001:db8::1"},
        ),
        (
            ServiceAddress.cilium(
                labels={"pool": "edge"}, sharing_key="mail", sharing_namespaces=["*"]
            ),
            {"pool": "edge"},
            {
                "lbipam.cilium.io/sharing-key": "mail",
                "lbipam.cilium.io/sharing-cross-namespace": "*",
            },
        ),
        (
            ServiceAddress.metallb("10.0.0.1", sharing_key="mail"),
            {},
            {
                "metallb.io/loadBalancerIPs": "10.0.0.1",
                "metallb.io/allow-shared-ip": "mail",
            },
        ),
        (
            ServiceAddress.hetzner(
                location="hel1", size="lb11", name="mail", proxy_protocol=True, private=True
            ),
            {},
            {
                "load-balancer.hetzner.cloud/location": "hel1",
                "load-balancer.hetzner.cloud/type": "lb11",
                "load-balancer.hetzner.cloud/name": "mail",
                "load-balancer.hetzner.cloud/uses-proxyprotocol": "true",
                "load-balancer.hetzner.cloud/use-private-ip": "true",
            },
        ),
        (ServiceAddress.annotated({"example.com/lb": "a"}), {}, {"example.com/lb": "a"}),
    ],
)
def test_an_address_is_metadata_for_its_controller(
    address: ServiceAddress, labels: Mapping[str, str], annotations: Mapping[str, str]
) -> None:
    component = web()
    LoadBalancer(component, "mail", pods=DNS, ports=[ServicePort(25)], address=address)
    metadata = the_service(component)["metadata"]
    assert metadata.get("labels", {}) == labels
    assert metadata.get("annotations", {}) == annotations
    assert faults(component) == []


def test_an_address_may_have_the_class_of_its_controller() -> None:
    component = web()
    address = ServiceAddress.annotated({}, load_balancer_class="example.com/lb")
    LoadBalancer(component, "mail", pods=DNS, ports=[ServicePort(25)], address=address)
    assert the_service(component)["spec"]["loadBalancerClass"] == "example.com/lb"


def test_a_service_waits_for_the_pool_that_it_names() -> None:
    cluster = new_cluster(groups=GROUPS)
    component, pools = new_component(cluster), new_component(cluster, "pools")
    pool = MetalLbAddressPool(pools, "lab", blocks=["10.0.3.2-10.0.3.9"])
    address = pool.address("10.0.3.4")
    LoadBalancer(component, "mail", pods=DNS, ports=[ServicePort(25)], address=address)
    assert the_service(component)["metadata"]["annotations"] == {
        "metallb.io/address-pool": "lab",
        "metallb.io/loadBalancerIPs": "10.0.3.4",
    }
    assert order(cluster)["web"] == ["pools"]


def test_a_service_has_the_labels_that_its_pool_selects() -> None:
    component = web()
    chosen = {"pool": "edge"}
    pool = CiliumAddressPool(component, "edge", blocks=["10.0.0.0/28"], services=chosen)
    LoadBalancer(component, "mail", pods=DNS, ports=[ServicePort(25)], address=pool.address())
    assert the_service(component)["metadata"]["labels"] == chosen


def test_every_service_is_advertised_without_a_selector() -> None:
    component = web()
    CiliumBgp(component, "all", asn=64512, peers=[BgpPeer(64501, "10.0.0.1")])
    (found,) = objects(component, "CiliumBGPAdvertisement")
    (announced,) = found["spec"]["advertisements"]
    assert announced["selector"]["matchExpressions"][0]["operator"] == "NotIn"
    (config,) = objects(component, "CiliumBGPPeerConfig")
    (family,) = config["spec"]["families"]
    assert family["advertisements"]["matchLabels"] == found["metadata"]["labels"]


def _mesh(network: object) -> Cluster:
    return new_cluster(groups=GROUPS, offers=[network])


def test_pods_of_another_cluster_are_selected_by_its_name() -> None:
    cluster = _mesh(CiliumNetwork())
    component = new_component(cluster, "metrics")
    agents = Pods("agents", "metrics", {"app": "agent"}, cluster="apps")
    insert = Endpoint(Pods("insert", "metrics", {"app": "insert"}), (), component)
    insert.allow(Flow.from_pods(agents, 8480))
    (rule,) = policies(component)["insert-from-agents"]["ingress"]
    assert rule["fromEndpoints"][0]["matchLabels"] == {
        "k8s:io.cilium.k8s.policy.cluster": "apps",
        "k8s:io.kubernetes.pod.namespace": "metrics",
        "app": "agent",
    }
    cluster.run_checks()


def _remote_peer(_: Component) -> None:
    component = new_component(_mesh(KubernetesNetwork()), "metrics")
    agents = Pods("agents", "metrics", {"app": "agent"}, cluster="apps")
    Endpoint(Pods("insert", "metrics"), (), component).allow(Flow.from_pods(agents, 8480))


def _remote_policy(_: Component) -> None:
    component = new_component(_mesh(CiliumNetwork()), "metrics")
    agents = Pods("agents", "metrics", {"app": "agent"}, cluster="apps")
    Endpoint(agents, (), component).allow(Flow.to_internet(443))


def _balance(component: Component, **changes: Any) -> object:
    given: dict[str, Any] = {"pods": DNS, "ports": [ServicePort(53)]}
    return LoadBalancer(component, "dns", **(given | changes))


def _any(value: object) -> Any:
    return value


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda _: ServicePort(0), InvalidValue, r"NetworkPort\(0\): is not within 1-65535"),
        (lambda _: ServicePort(80, 70000), InvalidValue, "is not within 1-65535"),
        (lambda _: ServicePort(80, "HTTP"), InvalidValue, "is not a valid port name"),
        (
            lambda _: ServicePort(80, name="WEB"),
            InvalidValue,
            "port 'WEB': is not a valid port name",
        ),
        (lambda _: ServicePort(80, node_port=80), InvalidValue, "is not within 30000-32767"),
        (lambda web: _balance(web, ports=[]), InvalidValue, "Service 'dns': has no port"),
        (
            lambda web: _balance(web, ports=[ServicePort(53), ServicePort(54)]),
            InvalidValue,
            r"has 2 ports, of which 53 has no name[\s\S]*ServicePort\(53, name='...'\)",
        ),
        (
            lambda web: _balance(web, ports=[ServicePort(1, name="a"), ServicePort(2, name="a")]),
            InvalidValue,
            "has name 'a' twice",
        ),
        (
            lambda web: _balance(web, ports=[ServicePort(1, name="a"), ServicePort(1, name="b")]),
            InvalidValue,
            "has port '1/TCP' twice",
        ),
        (
            lambda web: _balance(
                web,
                ports=[ServicePort(n, name=f"p{n}", node_port=30000) for n in (1, 2)],
            ),
            InvalidValue,
            "has node_port '30000/TCP' twice",
        ),
        (lambda web: _balance(web, ports=[_any(80)]), InvalidValue, r"write ServicePort\(80\)"),
        (
            lambda web: _balance(web, pods=Pods("all", "web")),
            InvalidValue,
            "selects every pod of the namespace",
        ),
        (lambda web: _balance(web, sources=["10.0.0.1/8"]), InvalidValue, "block '10.0.0.1/8'"),
        (
            lambda web: ClusterIpService(
                web, "dns", pods=DNS, ports=[ServicePort(53, node_port=30053)]
            ),
            InvalidValue,
            "has no ports on nodes, but node_port 30053",
        ),
        (
            lambda web: ClusterIpService(web, "dns", pods=DNS, ports=[ServicePort(53)]).port(54),
            InvalidReference,
            "Service web/dns: has no port 54; it has 53",
        ),
        (lambda web: MeshService(web, "far", ports=[]), InvalidValue, "Service 'far': has no port"),
        (
            lambda web: MeshService(web, "far", ports=[ServicePort(53)]).port(54),
            InvalidReference,
            "Service web/far: has no port 54; it has 53",
        ),
        (
            lambda web: HeadlessService(web, "dns", pods=DNS, mesh=GlobalService()),
            InvalidValue,
            r"is headless[\s\S]*endpoint_slices=True",
        ),
        (
            lambda web: ExternalNameService(web, "x", host=Host("*.example.com")),
            InvalidValue,
            "must not be a wildcard",
        ),
        (
            lambda web: ExternalNameService(web, "x", host=_any("example.com")),
            InvalidValue,
            "write Host",
        ),
        (lambda _: GlobalService(affinity=_any("near")), InvalidValue, "must be one of local"),
        (lambda _: ServiceAddress.cilium("10.0.0.256"), InvalidValue, "address '10.0.0.256'"),
        (
            lambda _: ServiceAddress.cilium(sharing_namespaces=["*"]),
            InvalidValue,
            "shares with namespaces without a key",
        ),
        (
            lambda web: ServiceAddress.metallb(pool=config_map(web).ref),
            InvalidReference,
            "is not an IPAddressPool",
        ),
        (
            lambda web: CiliumAddressPool(web, "a", blocks=["10.0.0.1-10.0.0.9"]).address(
                "10.0.0.10"
            ),
            InvalidValue,
            "address '10.0.0.10': is not in CiliumAddressPool 'a', which has 10.0.0.1-10.0.0.9",
        ),
        (
            lambda web: MetalLbAddressPool(web, "a", blocks=["10.0.0.0/30"]).address("10.0.0.4"),
            InvalidValue,
            "is not in MetalLbAddressPool 'a'",
        ),
        (
            lambda web: CiliumAddressPool(web, "a", blocks="10.0.0.0/24"),
            InvalidValue,
            r"are text, not a list[\s\S]*write \['10.0.0.0/24'\]",
        ),
        (lambda web: CiliumAddressPool(web, "a", blocks=[]), InvalidValue, "has no addresses"),
        (
            lambda web: CiliumAddressPool(web, "a", blocks=["10.0.0.9-10.0.0.1"]),
            InvalidValue,
            "which is not after 10.0.0.9",
        ),
        (
            lambda web: CiliumAddressPool(web, "a", blocks=["10.0.0.1/24"]),
            InvalidValue,
            "addresses '10.0.0.1/24'",
        ),
        (
            lambda web: CiliumAddressPool(web, "a", blocks=["10.0.0.0/24", "10.0.0.9"]),
            InvalidValue,
            "has 10.0.0.0/24 and 10.0.0.9, which overlap",
        ),
        (
            lambda web: CiliumL2Announcements(web, "a", of=[]),
            InvalidValue,
            "announces no address",
        ),
        (
            lambda web: MetalLbL2Announcements(web, "a", pools=[]),
            InvalidValue,
            "announces no pool",
        ),
        (
            lambda web: MetalLbL2Announcements(web, "a", pools=[config_map(web).ref]),
            InvalidReference,
            "ConfigMap web/settings: is not an IPAddressPool",
        ),
        (lambda _: BgpPeer(0, "10.0.0.1"), InvalidValue, "AS number 0 of BgpPeer"),
        (lambda _: BgpPeer(1, "router"), InvalidValue, "address 'router' of a BgpPeer"),
        (
            lambda _: BgpSession(hold_seconds=9),
            InvalidValue,
            "keep_alive_seconds 30: is not shorter than the hold time of 9 seconds",
        ),
        (lambda _: BgpSession(families=[]), InvalidValue, "announces no address family"),
        (lambda web: CiliumBgp(web, "a", asn=1, peers=[]), InvalidValue, "has no peer"),
        (_remote_peer, InvalidValue, "are in cluster 'apps', which a NetworkPolicy cannot select"),
        (_remote_policy, InvalidReference, "whose policies are not in cluster 'c1'"),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    component = web()
    with pytest.raises(error, match=rf"test_service\.py:\d+[\s\S]*{message}"):
        act(component)


def test_an_alias_of_another_service_waits_for_it() -> None:
    cluster = new_cluster()
    component, other = new_component(cluster), new_component(cluster, "other")
    pods = Pods("dns", "other", {"app": "dns"})
    inside = ClusterIpService(other, "dns", pods=pods, ports=[ServicePort(53)])
    ExternalNameService(component, "alias", host=inside.port(53))
    assert the_service(component)["spec"]["externalName"] == "dns.other.svc.cluster.local"
    assert order(cluster)["web"] == ["other"]


def test_a_port_of_a_service_is_that_of_its_pods_in_policies() -> None:
    assert ServicePort(80).pod_port == NetworkPort(80)
    assert ServicePort(80, 8080).pod_port == NetworkPort(8080)
    assert ServicePort(53, "dns", protocol="UDP").pod_port == NamedPort("dns", "UDP")


PORTS = st.builds(
    ServicePort,
    st.integers(1, 65535),
    st.none() | st.integers(1, 65535) | st.sampled_from(["http", "dns-tcp"]),
    protocol=st.sampled_from(["TCP", "UDP"]),
    node_port=st.none() | st.integers(30000, 32767),
)


@given(ports=st.lists(PORTS, min_size=1, max_size=4))
def test_the_api_server_accepts_every_accepted_service(ports: list[ServicePort]) -> None:
    component = web()
    named = [
        ServicePort(each.port, each.target, f"p{index}", each.protocol, node_port=each.node_port)
        for index, each in enumerate(ports)
    ]
    try:
        LoadBalancer(component, "drawn", pods=DNS, ports=named)
    except InvalidValue:
        return
    assert faults(component) == []
