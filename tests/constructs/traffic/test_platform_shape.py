"""Ways into three shapes of platforms: BGP and a mesh, MetalLB and Ingresses, L2 and a tunnel.

Shapes, ports and ranges are those of real platforms; hosts and secrets are made up.
"""

from __future__ import annotations

from typing import Any

from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Host, Port, Reference
from kubestrata.constructs import (
    Certificate,
    CiliumNetwork,
    Endpoint,
    Flow,
    Gateway,
    HelmRelease,
    KubernetesNetwork,
    OpenNetwork,
    Pods,
    SecretReference,
)
from kubestrata.constructs.access import (
    ClusterRole,
    Permission,
    Role,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.constructs.traffic import (
    BgpPeer,
    BgpSession,
    CiliumAddressPool,
    CiliumBgp,
    CiliumGatewayClass,
    CiliumL2Announcements,
    ClusterIpService,
    ExternalNameService,
    GatewayExposure,
    GlobalService,
    HeadlessService,
    HttpsRedirect,
    Ingress,
    IngressController,
    IngressPath,
    IngressRule,
    IngressTls,
    Listener,
    LoadBalancer,
    MetalLbAddressPool,
    MetalLbL2Announcements,
    NginxAuth,
    NginxSettings,
    NginxTimeouts,
    NodePortService,
    Route,
    RoutesFrom,
    ServiceAddress,
    ServicePort,
    TcpRoute,
)
from kubestrata.core.namespace import Namespace
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, new_cluster, new_component, order

DOMAIN = Host("example.com")
GROUPS = ("cert-manager.io", "cilium.io", "gateway.networking.k8s.io", "metallb.io")


def new_platform(*offers: object, name: str = "infra") -> Cluster:
    return new_cluster(name, groups=GROUPS, offers=offers)


def secret(component: Component, name: str) -> SecretReference:
    return SecretReference(Reference(component, "", "Secret", name, component.name))


def gateway_of(component: Component, *, address: str, listeners: list[Listener]) -> Gateway:
    return Gateway(
        component,
        "external",
        gateway_class=CiliumGatewayClass(component, "cilium").ref,
        listeners=listeners,
        exposure=GatewayExposure.addresses(address),
    )


def test_addresses_by_bgp_and_gateways_with_fixed_addresses(manifests: SnapshotAssertion) -> None:
    network = new_component(new_platform(), "network")
    CiliumAddressPool(network, "infra-pool", blocks=["10.25.11.100-10.25.11.119"])
    CiliumBgp(
        network,
        "bgp",
        asn=64512,
        peers=[BgpPeer(64501, "10.25.11.1")],
        session=BgpSession(hold_seconds=9, keep_alive_seconds=3, restart_seconds=120, multihop=1),
    )
    certificate = secret(network, "wildcard-tls")
    everywhere = RoutesFrom.everywhere()
    gateway = gateway_of(
        network,
        address="10.25.11.110",
        listeners=[
            Listener.http(DOMAIN.wildcard, routes=everywhere),
            Listener.https(DOMAIN.wildcard, certificate=certificate, routes=everywhere),
        ],
    )
    HttpsRedirect(network, "https", gateway=gateway.listener("http"))
    assert rendered(network) == manifests
    assert faults(network) == []


def test_a_cache_is_shared_by_the_clusters_of_a_mesh() -> None:
    both: list[dict[str, Any]] = []
    for name in ("infra", "apps"):
        component = new_component(new_platform(CiliumNetwork(), name=name), "cache")
        pods = Pods("cache", "cache", {"app": "cache", "role": "master"})
        made = ClusterIpService(
            component,
            "cache-global",
            pods=pods,
            ports=[ServicePort(6379, name="redis")],
            mesh=GlobalService(),
        )
        client = Pods("shop", "shop", {"app": "shop"}, cluster="apps" if name == "infra" else None)
        made.endpoint.allow(Flow.from_pods(client, 6379))
        assert faults(component) == []
        both += objects(component, "Service")
    one, other = both
    assert one == other
    assert one["metadata"]["annotations"] == {
        "service.cilium.io/global": "true",
        "service.cilium.io/shared": "true",
    }


def test_members_of_a_cluster_find_each_other_before_they_are_ready() -> None:
    component = new_component(new_platform(), "sso")
    pods = Pods("sso", "sso", {"app": "sso"})
    names = {7800: "ping", 8080: "http", 8443: "https"}
    ports = [ServicePort(number, name=name) for number, name in names.items()]
    HeadlessService(component, "sso-headless", pods=pods, ports=ports, not_ready=True)
    (found,) = objects(component, "Service")
    assert found["spec"]["clusterIP"] == "None"
    assert found["spec"]["publishNotReadyAddresses"] is True
    assert faults(component) == []


def nginx(cluster: Cluster) -> IngressController:
    entry = new_component(cluster, "ingress-system", layer="infrastructure")
    release = HelmRelease(entry, "ingress-nginx", chart=chart("ingress-nginx"))
    issuer = Reference(entry, "cert-manager.io", "ClusterIssuer", "letsencrypt-prod")
    kind = release.makes("networking.k8s.io", "IngressClass", "nginx", namespaced=False)
    pods = release.some_pods("ingress-nginx", {"app.kubernetes.io/component": "controller"})
    settings = NginxSettings(https="with-certificate")
    tls = IngressTls.issued(issuer)
    return IngressController(kind, DOMAIN, pods, tls=tls, settings=settings)


def test_a_registry_has_paths_to_two_services(manifests: SnapshotAssertion) -> None:
    cluster = new_platform(KubernetesNetwork())
    controller = nginx(cluster)
    component = new_component(cluster, "harbor")
    release = HelmRelease(component, "harbor", chart=chart("harbor"))
    core = release.endpoint(8080).behind(release.service("harbor-core", 80))
    portal = release.endpoint(8080).behind(release.service("harbor-portal", 80))
    paths = [
        *(IngressPath.prefix(each, core) for each in ("/api/", "/service/", "/v2/", "/c/")),
        IngressPath.prefix("/", portal),
    ]
    Ingress(
        component,
        "harbor",
        controller=controller,
        rules=[IngressRule.of(DOMAIN.sub("registry"), paths=paths)],
        settings=NginxSettings(body_size="0", timeouts=NginxTimeouts(read_seconds=900)),
    )
    assert rendered(component) == manifests
    assert faults(component) == []
    assert order(cluster)["harbor"] == ["ingress-system"]


def test_pages_behind_forward_authentication(manifests: SnapshotAssertion) -> None:
    cluster = new_platform(OpenNetwork())
    controller = nginx(cluster)
    component = new_component(cluster, "kagent")
    release = HelmRelease(component, "kagent", chart=chart("kagent"))
    host = DOMAIN.sub("kagent")
    outpost = ExternalNameService(
        component,
        "authentik-outpost-proxy",
        host=Host("outpost.authentik.svc.cluster.local"),
        ports=[ServicePort(9000)],
    )
    auth = NginxAuth.external(
        "http://outpost.authentik.svc.cluster.local:9000/outpost.goauthentik.io/auth/nginx",
        sign_in=f"https://{host}/outpost.goauthentik.io/start?rd=$escaped_request_uri",
        response_headers=["Set-Cookie", "X-authentik-username", "X-authentik-groups"],
        snippet="proxy_set_header X-Forwarded-Host $http_host;",
    )
    paths = [
        IngressPath.prefix("/outpost.goauthentik.io", outpost.port(9000)),
        IngressPath.prefix("/", release.service("kagent-ui", 8080)),
    ]
    Ingress(
        component,
        "kagent",
        controller=controller,
        rules=[IngressRule.of(host, paths=paths)],
        settings=NginxSettings(auth=auth),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_chat_serves_the_apex_and_one_more_host() -> None:
    cluster = new_platform()
    controller = nginx(cluster)
    component = new_component(cluster, "matrix")
    to = HelmRelease(component, "matrix", chart=chart("matrix")).service("matrix-synapse", 8008)
    rule = IngressRule.all_of(DOMAIN.sub("matrix"), DOMAIN, to=to)
    tls = IngressTls.issued(
        Reference(component, "cert-manager.io", "ClusterIssuer", "letsencrypt-prod"),
        secret_name="matrix-synapse-tls",
    )
    settings = NginxSettings(body_size="50m")
    Ingress(component, "matrix", controller=controller, rules=[rule], tls=tls, settings=settings)
    (found,) = objects(component, "Ingress")
    hosts = ["matrix.example.com", "example.com"]
    assert found["spec"]["tls"] == [{"hosts": hosts, "secretName": "matrix-synapse-tls"}]
    assert [rule["host"] for rule in found["spec"]["rules"]] == hosts


def test_a_page_with_tls_of_its_own_has_one_owner_of_its_certificate() -> None:
    cluster = new_platform()
    controller = nginx(cluster)
    component = new_component(cluster, "vault")
    assert controller.tls is not None
    assert controller.tls.issuer is not None
    host = DOMAIN.sub("vault")
    issuer = controller.tls.issuer
    certificate = Certificate(component, "vault-ingress", hosts=[host], issuer=issuer)
    to = HelmRelease(component, "vault", chart=chart("vault")).service("instance", 8200)
    Ingress(
        component,
        "vault",
        controller=controller,
        rules=[IngressRule.all_of(host, to=to)],
        tls=IngressTls.secret(certificate.secret),
        settings=NginxSettings(backend_protocol="HTTPS"),
    )
    (found,) = objects(component, "Ingress")
    assert found["metadata"]["annotations"] == {
        "nginx.ingress.kubernetes.io/ssl-redirect": "true",
        "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
    }


def test_dns_has_an_address_of_a_metallb_pool(manifests: SnapshotAssertion) -> None:
    cluster = new_platform(KubernetesNetwork())
    system = new_component(cluster, "metallb-system", layer="infrastructure")
    entry = MetalLbAddressPool(system, "ingress-pool", blocks=["10.2.3.2"], automatic=False)
    dns = MetalLbAddressPool(system, "dns-pool", blocks=["10.2.3.3"], automatic=False)
    rest = MetalLbAddressPool(system, "services-pool", blocks=["10.2.3.4-10.2.3.20"])
    pools = [entry.ref, dns.ref, rest.ref]
    MetalLbL2Announcements(system, "l2-advertisement", pools=pools, interfaces=["eth0"])
    component = new_component(cluster, "dns-system")
    pods = Pods("powerdns", "dns-system", {"app": "powerdns"})
    LoadBalancer(
        component,
        "powerdns-dns",
        pods=pods,
        ports=[
            ServicePort(53, "dns-tcp", "dns-tcp"),
            ServicePort(53, "dns-udp", "dns-udp", "UDP"),
        ],
        address=dns.address("10.2.3.3"),
        traffic_policy="Cluster",
    )
    ssh = Pods("gitea", "dns-system", {"app": "gitea"})
    NodePortService(component, "ssh", pods=ssh, ports=[ServicePort(22, 2222, node_port=30501)])
    assert rendered(component) == manifests
    assert faults(system) == faults(component) == []
    assert order(cluster)["dns-system"] == ["metallb-system"]


def test_a_tunnel_reaches_the_gateway_that_has_an_address_by_l2(
    manifests: SnapshotAssertion,
) -> None:
    cluster = new_platform(CiliumNetwork())
    entry = new_component(cluster, "gateway", layer="infrastructure")
    CiliumAddressPool(entry, "service-pool", blocks=["10.0.95.240-10.0.95.250"])
    CiliumL2Announcements(entry, "default", of=["external", "load-balancer"])
    certificate = secret(entry, "cert")
    everywhere = RoutesFrom.everywhere()
    gateway = gateway_of(
        entry,
        address="10.0.95.240",
        listeners=[
            Listener.https(DOMAIN, certificate=certificate, routes=everywhere, name="apex"),
            Listener.https(
                DOMAIN.wildcard, certificate=certificate, routes=everywhere, name="wildcard"
            ),
            Listener.tcp(Port(25), routes=everywhere, name="smtp"),
        ],
    )
    component = new_component(cluster, "tunnel")
    pods = Pods("cloudflared", "tunnel", {"app": "cloudflared"})
    tunnel = Endpoint(pods, (), component)
    tunnel.allow(Flow.to_anywhere(), policy="cloudflared")
    web = Pods("web", "tunnel", {"app": "web"})
    names = {3000: "http", 25: "smtp"}
    ports = [ServicePort(number, name=name) for number, name in names.items()]
    service = ClusterIpService(component, "web", pods=web, ports=ports)
    listener = gateway.listener("apex")
    Route(component, "web", host=DOMAIN, gateway=listener, to=service.port(3000))
    TcpRoute(component, "mail", port=gateway.port("smtp"), to=service.port(25))
    assert rendered(component) == manifests
    assert faults(entry) == faults(component) == []
    cluster.run_checks()


def test_mail_has_a_load_balancer_of_the_cloud() -> None:
    component = new_component(new_platform(CiliumNetwork()), "mail")
    names = {25: "smtp", 465: "submissions", 587: "submission", 993: "imaps", 4190: "sieve"}
    LoadBalancer(
        component,
        "mail",
        pods=Pods("mail", "mail", {"app": "mail"}),
        ports=[ServicePort(number, name=name) for number, name in names.items()],
        address=ServiceAddress.hetzner(location="hel1", size="lb11", proxy_protocol=True),
    )
    (found,) = objects(component, "Service")
    assert [each["port"] for each in found["spec"]["ports"]] == list(names)
    assert faults(component) == []


def test_operators_and_stores_have_the_permissions_that_they_use(
    manifests: SnapshotAssertion,
) -> None:
    component = new_component(new_platform(), "access")
    vault = component.declare(Namespace("vault", pod_security="baseline"))
    reader = ServiceAccount(component, "vault-token-reader")
    keys = Permission.read("secrets", group="", names=["instance-unseal-keys"])
    Role(
        component,
        "vault-secret-reader",
        permissions=[keys],
        subjects=[RoleSubject.account(reader)],
        namespace=vault,
    )
    store = ServiceAccount(component, "store-reader")
    own = Permission.of(["create"], "selfsubjectrulesreviews", group="authorization.k8s.io")
    Role(
        component,
        "store",
        permissions=[Permission.read("secrets", group=""), own],
        subjects=[RoleSubject.account(store)],
    )
    dns = ServiceAccount(component, "external-dns", token=True)
    ClusterRole(
        component,
        "external-dns",
        permissions=[
            Permission.read("namespaces", group=""),
            Permission.read("gateways", "httproutes", group="gateway.networking.k8s.io"),
            Permission.read("ingresses", group="networking.k8s.io"),
        ],
        subjects=[RoleSubject.account(dns)],
    )
    runner = ServiceAccount(component, "runner")
    jobs = ("configmaps", "persistentvolumeclaims", "pods", "pods/exec", "secrets", "services")
    Role(
        component,
        "runner",
        permissions=[Permission.write(*jobs, group="")],
        subjects=[RoleSubject.account(runner)],
    )
    assert rendered(component) == manifests
    assert faults(component) == []
