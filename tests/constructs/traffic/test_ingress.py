"""Ingresses, their settings for ingress-nginx, and their network policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Host, Reference, ServiceReference
from kubestrata.constructs import (
    Certificate,
    CiliumNetwork,
    HelmRelease,
    KubernetesNetwork,
    Pods,
    SecretReference,
)
from kubestrata.constructs.network import Entity, Network, ServiceEndpoint
from kubestrata.constructs.traffic import (
    ControllerAnnotations,
    DnsRecord,
    Ingress,
    IngressController,
    Ingresses,
    IngressPath,
    IngressRule,
    IngressTls,
    NginxAuth,
    NginxBuffers,
    NginxCanary,
    NginxSettings,
    NginxTimeouts,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, config_map, new_cluster, new_component, order

DOMAIN = Host("example.com")
SHOP = DOMAIN.sub("shop")
GROUPS = ("cert-manager.io", "cilium.io", "gateway.networking.k8s.io")
CONTROLLER = Pods("nginx", "entry", {"app": "nginx"})


def new_platform(network: Network | None = None) -> Cluster:
    offers = [network] if network is not None else []
    return new_cluster(groups=GROUPS, offers=offers)


def nginx(cluster: Cluster, **changes: Any) -> IngressController:
    entry = new_component(cluster, "entry", layer="infrastructure")
    release = HelmRelease(entry, "nginx", chart=chart("nginx"))
    found = release.makes("networking.k8s.io", "IngressClass", "nginx", namespaced=False)
    given: dict[str, Any] = {
        "ingress_class": found,
        "domain": DOMAIN,
        "proxies": CONTROLLER,
        "tls": IngressTls.issued(Reference(entry, "cert-manager.io", "ClusterIssuer", "public")),
    }
    return IngressController(**(given | changes))


def service(component: Component, name: str = "web", port: int = 80) -> ServiceReference:
    return HelmRelease(component, name, chart=chart(name)).service(name, port)


def endpoint(component: Component, name: str = "web", port: int = 8080) -> ServiceEndpoint:
    release = HelmRelease(component, name, chart=chart(name))
    return release.endpoint(port).behind(release.service(name, 80))


def shop(**changes: Any) -> tuple[Component, IngressController]:
    cluster = new_platform()
    return new_component(cluster), nginx(cluster, **changes)


def policies(component: Component, kind: str = "CiliumNetworkPolicy") -> dict[str, Any]:
    return {
        each["metadata"]["name"]: each["spec"]
        for each in objects(component, kind)
        if each["metadata"]["name"] not in ("allow-dns", "default-deny")
    }


def notes_of(component: Component) -> Mapping[str, str]:
    (found,) = objects(component, "Ingress")
    notes: Mapping[str, str] = found["metadata"].get("annotations", {})
    return notes


def test_ingress_minimal(manifests: SnapshotAssertion) -> None:
    component, controller = shop()
    rule = IngressRule.all_of(SHOP, to=service(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    assert rendered(component) == manifests
    assert faults(component) == []


ALL_SETTINGS = NginxSettings(
    body_size="50m",
    timeouts=NginxTimeouts(connect_seconds=5, read_seconds=600, send_seconds=600),
    buffers=NginxBuffers(size="16k", number=8, responses=False, requests=False),
    auth=NginxAuth.external(
        "http://auth.example.com/check",
        sign_in="https://auth.example.com/start?rd=$escaped_request_uri",
        response_headers=["Set-Cookie", "X-User"],
        snippet="proxy_set_header X-Forwarded-Host $http_host;",
    ),
    canary=NginxCanary.weight(10),
    rewrite="/$2",
    https="with-certificate",
    backend_protocol="HTTPS",
    allowed_sources=["10.0.0.0/8", "2001:db8::/32"],
    further={"limit-rps": "10"},
)


def test_ingress_full(manifests: SnapshotAssertion) -> None:
    component, controller = shop(settings=NginxSettings(https="always"))
    one, other = service(component), service(component, "api", 8080)
    Ingress(
        component,
        "web",
        controller=controller,
        rules=[
            IngressRule.of(
                SHOP,
                DOMAIN,
                paths=[
                    IngressPath.regular_expression("/v1(/|$)(.*)", other),
                    IngressPath.exact("/healthz", other),
                    IngressPath.prefix("/", one),
                ],
            ),
            IngressRule.all_of(DOMAIN.sub("api"), to=other),
        ],
        tls=IngressTls.issued(
            Reference(component, "cert-manager.io", "Issuer", "own", "web"), secret_name="pages"
        ),
        settings=ALL_SETTINGS,
        dns=DnsRecord(ttl=60),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_an_ingress_waits_for_its_class_and_issuer() -> None:
    component, controller = shop()
    rule = IngressRule.all_of(SHOP, to=service(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    assert order(component.cluster)["web"] == ["entry"]


def test_an_ingress_waits_for_an_issuer_that_only_an_annotation_names() -> None:
    cluster = new_platform()
    component = new_component(cluster)
    controller = nginx(cluster, ingress_class="nginx")
    rule = IngressRule.all_of(SHOP, to=service(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    assert order(cluster)["web"] == ["entry"]


def test_a_class_that_nothing_creates_is_given_by_its_name() -> None:
    component, controller = shop(ingress_class="traefik", tls=IngressTls.of_controller())
    rule = IngressRule.all_of(SHOP, to=service(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    (found,) = objects(component, "Ingress")
    assert found["spec"]["ingressClassName"] == "traefik"
    assert found["spec"]["tls"] == [{"hosts": ["shop.example.com"]}]
    assert order(component.cluster)["web"] == []


def test_a_certificate_has_one_owner() -> None:
    component, controller = shop()
    assert controller.tls is not None
    issuer = controller.tls.issuer
    assert issuer is not None
    secret = Certificate(component, "web", hosts=[SHOP], issuer=issuer).secret
    rule = IngressRule.all_of(SHOP, to=service(component))
    tls = IngressTls.secret(secret)
    Ingress(component, "web", controller=controller, rules=[rule], tls=tls)
    (found,) = objects(component, "Ingress")
    assert found["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "web-tls"}]
    assert "annotations" not in found["metadata"]


def test_plain_http_has_another_url() -> None:
    component, controller = shop(tls=IngressTls.none())
    rule = IngressRule.all_of(SHOP, to=service(component))
    made = Ingress(component, "web", controller=controller, rules=[rule])
    (found,) = objects(component, "Ingress")
    assert "tls" not in found["spec"]
    assert made.url == made.reference.url == "http://shop.example.com"


def test_settings_of_the_ingress_are_added_to_those_of_the_controller() -> None:
    defaults = NginxSettings(https="with-certificate", body_size="1m")
    component, controller = shop(tls=IngressTls.of_controller(), settings=defaults)
    rule = IngressRule.all_of(SHOP, to=service(component))
    own = NginxSettings(body_size="0")
    Ingress(component, "web", controller=controller, rules=[rule], settings=own)
    assert notes_of(component) == {
        "nginx.ingress.kubernetes.io/ssl-redirect": "true",
        "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    }


def test_an_option_of_the_ingress_replaces_that_of_the_controller() -> None:
    defaults = NginxSettings(https="always", further={"limit-rps": "10", "limit-rpm": "100"})
    component, controller = shop(tls=IngressTls.of_controller(), settings=defaults)
    rule = IngressRule.all_of(SHOP, to=service(component))
    own = NginxSettings(https="never", further={"limit-rps": "20"})
    Ingress(component, "web", controller=controller, rules=[rule], settings=own)
    assert notes_of(component) == {
        "nginx.ingress.kubernetes.io/ssl-redirect": "false",
        "nginx.ingress.kubernetes.io/limit-rps": "20",
        "nginx.ingress.kubernetes.io/limit-rpm": "100",
    }


def test_another_controller_has_plain_annotations() -> None:
    notes = {"traefik.ingress.kubernetes.io/router.priority": "10"}
    component, controller = shop(ingress_class="traefik", tls=IngressTls.of_controller())
    rule = IngressRule.all_of(SHOP, to=service(component))
    settings = ControllerAnnotations(notes)
    Ingress(component, "web", controller=controller, rules=[rule], settings=settings)
    assert notes_of(component) == notes


@pytest.mark.parametrize(
    ("canary", "expected"),
    [
        (NginxCanary.weight(0), {"canary": "true", "canary-weight": "0"}),
        (NginxCanary.header("x-beta"), {"canary": "true", "canary-by-header": "x-beta"}),
        (
            NginxCanary.header("x-beta", "yes"),
            {"canary": "true", "canary-by-header": "x-beta", "canary-by-header-value": "yes"},
        ),
        (NginxCanary.cookie("_beta"), {"canary": "true", "canary-by-cookie": "_beta"}),
    ],
)
def test_a_canary_is_chosen_by_one_criterion(
    canary: NginxCanary, expected: Mapping[str, str]
) -> None:
    found = NginxSettings(canary=canary).annotations([])
    assert {key.rsplit("/", 1)[1]: value for key, value in found.items()} == expected


def test_basic_authentication_reads_a_secret_of_the_namespace() -> None:
    component, controller = shop(tls=IngressTls.of_controller())
    made = Reference(component, "", "Secret", "users", "web")
    auth = NginxAuth.basic(SecretReference(made, frozenset({"auth"})), realm="Staff")
    rule = IngressRule.all_of(SHOP, to=service(component))
    settings = NginxSettings(auth=auth)
    Ingress(component, "web", controller=controller, rules=[rule], settings=settings)
    assert notes_of(component) == {
        "nginx.ingress.kubernetes.io/auth-type": "basic",
        "nginx.ingress.kubernetes.io/auth-secret": "users",
        "nginx.ingress.kubernetes.io/auth-realm": "Staff",
    }


def test_an_ingress_admits_its_controller_and_opens_its_egress() -> None:
    cluster = new_platform(CiliumNetwork())
    component, controller = new_component(cluster), nginx(cluster)
    rule = IngressRule.all_of(SHOP, to=endpoint(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    (entry,) = [each for each in cluster.components if each.name == "entry"]
    ports = [{"ports": [{"port": "8080", "protocol": "TCP"}]}]
    assert policies(component) == {
        "web-from-ingress": {
            "endpointSelector": {"matchLabels": {"app.kubernetes.io/instance": "web"}},
            "ingress": [
                {
                    "fromEndpoints": [
                        {
                            "matchLabels": {
                                "k8s:io.kubernetes.pod.namespace": "entry",
                                "app": "nginx",
                            }
                        }
                    ],
                    "toPorts": ports,
                }
            ],
        }
    }
    assert policies(entry)["nginx-to-web-web"]["egress"][0]["toPorts"] == ports


def test_each_backend_of_an_ingress_has_one_policy() -> None:
    cluster = new_platform(KubernetesNetwork())
    component, controller = new_component(cluster), nginx(cluster)
    one, other = endpoint(component), endpoint(component, "api", 9000)
    metrics = ServiceEndpoint(one.service, 81, one.endpoint)
    paths = [
        IngressPath.prefix("/", one),
        IngressPath.prefix("/api", other),
        IngressPath.prefix("/metrics", metrics),
    ]
    rule = IngressRule.of(SHOP, paths=paths)
    Ingress(component, "web", controller=controller, rules=[rule])
    found = policies(component, "NetworkPolicy")
    assert {name: spec["ingress"][0]["ports"] for name, spec in found.items()} == {
        "web-from-ingress": [{"port": 8080, "protocol": "TCP"}],
        "web-api-from-ingress": [{"port": 9000, "protocol": "TCP"}],
    }


def test_a_controller_of_the_network_plugin_has_no_pods() -> None:
    cluster = new_platform(CiliumNetwork())
    component = new_component(cluster)
    controller = nginx(cluster, ingress_class="cilium", proxies=Entity("gateway"))
    rule = IngressRule.all_of(SHOP, to=endpoint(component))
    Ingress(component, "web", controller=controller, rules=[rule])
    assert policies(component)["web-from-ingress"]["ingress"][0]["fromEntities"] == ["ingress"]


@pytest.mark.parametrize("visibility", ["private", "public"])
def test_an_ingress_uses_the_controller_of_its_visibility(visibility: Any) -> None:
    component, inside = shop()
    outside = IngressController("outer", Host("example.net"), CONTROLLER, tls=inside.tls)
    component.cluster.offer(Ingresses(public=outside, private=inside))
    to = service(component)
    made = Ingress.at(component, "web", label="shop", to=to, visibility=visibility)
    domain = "example.com" if visibility == "private" else "example.net"
    assert made.url == f"https://shop.{domain}"


def _ingress(component: Component, **changes: Any) -> Ingress:
    controller = changes.pop("controller", None) or nginx(component.cluster)
    rule = IngressRule.all_of(SHOP, to=service(component))
    given: dict[str, Any] = {"controller": controller, "rules": [rule]}
    return Ingress(component, "web", **(given | changes))


def _elsewhere(component: Component) -> Ingress:
    other = new_component(component.cluster, "other")
    return _ingress(component, rules=[IngressRule.all_of(SHOP, to=service(other, "x"))])


def _secret_elsewhere(component: Component) -> Ingress:
    other = new_component(component.cluster, "other")
    secret = SecretReference(Reference(other, "", "Secret", "tls", "other"))
    return _ingress(component, tls=IngressTls.secret(secret))


def _no_tls(component: Component) -> Ingress:
    return _ingress(component, controller=nginx(component.cluster, tls=None))


def _rewrite(component: Component) -> Ingress:
    return _ingress(component, settings=NginxSettings(rewrite="/$2"))


def _any(value: object) -> Any:
    return value


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda web: _ingress(web, rules=[]), InvalidValue, "Ingress 'web': has no rule"),
        (
            lambda web: _ingress(
                web, rules=[IngressRule.all_of(Host("example.net"), to=service(web, "x"))]
            ),
            InvalidValue,
            r"host Host\('example.net'\): is neither 'example.com' nor below it",
        ),
        (
            lambda web: _ingress(web, rules=[IngressRule.all_of(SHOP, SHOP, to=service(web, "x"))]),
            InvalidValue,
            "has host 'shop.example.com' twice",
        ),
        (_no_tls, InvalidValue, r"has no TLS, nor has its controller[\s\S]*IngressTls.issued"),
        (_elsewhere, InvalidReference, "Service other/x: is in namespace 'other'"),
        (_secret_elsewhere, InvalidReference, "Secret other/tls: is in namespace 'other'"),
        (_rewrite, InvalidValue, r"rewrite '/\$2': uses a group, and no path is a regular"),
        (lambda web: IngressPath.prefix("api", service(web)), InvalidValue, "begin with '/'"),
        (lambda web: IngressPath.exact("/a//b", service(web)), InvalidValue, "has '//'"),
        (
            lambda web: IngressPath.prefix("/a[0-9]", service(web)),
            InvalidValue,
            r"use IngressPath.regular_expression",
        ),
        (
            lambda _: IngressPath.prefix("/", _any("web")),
            InvalidValue,
            r"[\s\S]*service.port\(80\)",
        ),
        (
            lambda web: IngressRule.all_of(_any("shop.example.com"), to=service(web)),
            InvalidValue,
            "host 'shop.example.com' of an IngressRule: is a str, where Host is expected",
        ),
        (lambda _: IngressRule.of(SHOP, paths=[]), InvalidValue, "has no path"),
        (lambda web: IngressRule.all_of(to=service(web)), InvalidValue, "has no host"),
        (
            lambda web: IngressRule.of(SHOP, paths=[IngressPath.prefix("/", service(web))] * 2),
            InvalidValue,
            "has path '/' twice",
        ),
        (
            lambda web: IngressTls.issued(config_map(web).ref),
            InvalidReference,
            "is not a valid issuer",
        ),
        (
            lambda web: IngressController(config_map(web).ref, DOMAIN, CONTROLLER),
            InvalidReference,
            "is not an IngressClass",
        ),
        (lambda _: NginxSettings(body_size="50MB"), InvalidValue, r"body_size '50MB'[\s\S]*'50m'"),
        (lambda _: NginxTimeouts(read_seconds=0), InvalidValue, "is not a positive number"),
        (lambda _: NginxBuffers(number=0), InvalidValue, "is not positive"),
        (lambda _: NginxBuffers(size="16kb"), InvalidValue, "buffer size '16kb'"),
        (lambda _: NginxSettings(https=_any("yes")), InvalidValue, "https 'yes': must be one of"),
        (
            lambda _: NginxSettings(backend_protocol=_any("https")),
            InvalidValue,
            "backend_protocol 'https': must be one of",
        ),
        (
            lambda _: NginxSettings(allowed_sources=["10.0.0.1/8"]),
            InvalidValue,
            "allowed source '10.0.0.1/8'",
        ),
        (
            lambda _: NginxSettings(further={"nginx.ingress.kubernetes.io/limit-rps": "1"}),
            InvalidValue,
            r"has the prefix twice[\s\S]*'limit-rps'",
        ),
        (
            lambda _: NginxSettings(body_size="1m", further={"proxy-body-size": "2m"}),
            InvalidValue,
            "has an argument of its own already",
        ),
        (lambda _: NginxAuth.external("auth.example.com"), InvalidValue, "has no scheme"),
        (
            lambda _: NginxAuth.external("http://a", response_headers=["X User"]),
            InvalidValue,
            "is not the name of a header",
        ),
        (lambda _: NginxCanary.header("x beta"), InvalidValue, "header 'x beta' of a canary"),
        (lambda _: NginxCanary.cookie("be ta"), InvalidValue, "is not the name of a cookie"),
        (lambda _: NginxCanary.weight(101), InvalidValue, "is not within 0-100"),
        (
            lambda web: Ingress.at(web, "web", label="web", to=service(web)),
            MissingOffer,
            "Ingresses: cluster c1 provides none",
        ),
        (
            lambda _: Ingresses().with_visibility("public"),
            MissingOffer,
            "public ingress controller: the cluster has none",
        ),
        (lambda _: Ingresses().find(_any("all")), InvalidValue, "is not a valid visibility"),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    component = new_component(new_platform())
    with pytest.raises(error, match=rf"test_ingress\.py:\d+[\s\S]*{message}"):
        act(component)


PATHS = st.from_regex(r"(/[a-z0-9._~-]{1,8}){1,3}/?|/", fullmatch=True)
SETTINGS = st.builds(
    NginxSettings,
    body_size=st.none() | st.from_regex(r"[0-9]{1,4}[kmg]?", fullmatch=True),
    https=st.sampled_from([None, "always", "never", "with-certificate"]),
    backend_protocol=st.sampled_from([None, "HTTPS", "GRPC"]),
    allowed_sources=st.lists(st.sampled_from(["10.0.0.0/8", "192.0.2.1"]), max_size=2),
)


@given(paths=st.lists(PATHS, min_size=1, max_size=4, unique=True), settings=SETTINGS)
def test_the_api_server_accepts_every_accepted_ingress(
    paths: list[str], settings: NginxSettings
) -> None:
    component, controller = shop()
    to = service(component)
    rule = IngressRule.of(SHOP, paths=[IngressPath.prefix(each, to) for each in paths])
    Ingress(component, "web", controller=controller, rules=[rule], settings=settings)
    assert faults(component) == []
