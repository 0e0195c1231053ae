"""Keycloak and its realms."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubeapis.keycloak import v2alpha1
from kubestrata import Component, Host, Image, Quantity, Reference, ServiceReference
from kubestrata.constructs import (
    Availability,
    ConfigFiles,
    Endpoint,
    FileContent,
    GatewayReference,
    Pods,
    Route,
)
from kubestrata.constructs.identity import (
    Keycloak,
    KeycloakDatabase,
    KeycloakListeners,
    KeycloakOperator,
    KeycloakPool,
    KeycloakProbe,
    KeycloakRealm,
    KeycloakSpec,
    OidcClient,
    RealmLifetimes,
    RealmLockout,
    RealmLogin,
    RealmSpec,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.workload import Resources
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from kubestrata.core.patch import TypedPatch
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import secret, world
from tests.small_platform import new_cluster, new_component, order

HOST = Host("sso.example.com")


def database(component: Component, *, pool: KeycloakPool | None = None) -> KeycloakDatabase:
    namespace = component.home_namespace.object_name
    service = ServiceReference(Reference(component, "", "Service", "pooler", namespace), 5432)
    login = secret(component, "keycloak-db", "username", "password")
    return KeycloakDatabase(service, "keycloak", login, pool or KeycloakPool())


def keycloak(component: Component, **more: Any) -> Keycloak:
    return Keycloak(component, "sso", host=HOST, database=database(component), **more)


def client(component: Component, id: str = "shop", **more: Any) -> OidcClient:
    key = secret(component, f"{id}-login", "client-secret").key("client-secret")
    return OidcClient(id=id, redirects=[f"https://{id}.example.com/callback"], secret=key, **more)


def test_keycloak_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    keycloak(shop)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_keycloak_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    content = [FileContent.text("cache.xml", "<infinispan/>\n")]
    Keycloak(
        shop,
        "sso",
        host=HOST,
        database=database(shop, pool=KeycloakPool(initial=2, min=2, max=9)),
        listeners=KeycloakListeners.behind_proxy(
            "forwarded", certificate=secret(shop, "sso-tls", "tls.crt", "tls.key")
        ),
        administrator=secret(shop, "admin", "username", "password"),
        cache=ConfigFiles(shop, "cache", content=content).reference.key("cache.xml"),
        spec=KeycloakSpec(
            replicas=3,
            image=Image("registry.example.com/keycloak:26.4.5"),
            start_optimized=True,
            features=["token-exchange"],
            disabled_features=["impersonation"],
            options={"metrics-enabled": "true"},
            resources=Resources(cpu=Quantity("1"), memory=Quantity("2Gi"), cpu_limit=Quantity("2")),
            availability=Availability(anti_affinity="required", priority="platform"),
            startup=KeycloakProbe(period_seconds=10, failures=60),
            liveness=KeycloakProbe(period_seconds=30, failures=3),
            readiness=KeycloakProbe(period_seconds=10, failures=3),
            monitoring=False,
        ),
    )
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_realm_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    KeycloakRealm(shop, "people", realm="people", keycloak=keycloak(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_realm_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    cli = OidcClient(
        id="cli", redirects=["http://localhost:8000/callback"], secret=None, scopes=["roles"]
    )
    KeycloakRealm(
        shop,
        "people-import",
        realm="people",
        keycloak=keycloak(shop),
        clients=[client(shop, "shop", name="The shop"), cli],
        spec=RealmSpec(
            display_name="People",
            ssl_required="all",
            login=RealmLogin(registration=True, verify_email=False, remember_me=True),
            lockout=RealmLockout(failures=3),
            lifetimes=RealmLifetimes(access_token_seconds=60),
            roles=["user"],
        ),
    )
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_one_pod_has_no_budget_and_no_cluster_of_its_own() -> None:
    shop, _ = world()
    keycloak(shop, spec=KeycloakSpec(replicas=1, monitoring=False))
    assert objects(shop, "PodDisruptionBudget") == []
    names = {each["metadata"]["name"] for each in objects(shop, "CiliumNetworkPolicy")}
    assert names == {"allow-dns", "default-deny"}


def test_the_operators_policy_is_left_alone_without_a_network() -> None:
    alone = new_component(new_cluster())
    keycloak(alone, spec=KeycloakSpec(monitoring=False))
    assert "networkPolicy" not in objects(alone, "Keycloak")[0]["spec"]


def test_a_route_leads_to_the_plain_port_and_admits_the_gateway() -> None:
    shop, _ = world()
    made = keycloak(shop)
    gateway = Reference(shop, "gateway.networking.k8s.io", "Gateway", "public", "shop")
    public = GatewayReference(gateway, "https", Host("example.com"))
    Route(shop, "sso", host=HOST, gateway=public, to=made.service)
    (route,) = objects(shop, "HTTPRoute")
    (backend,) = route["spec"]["rules"][0]["backendRefs"]
    assert backend["name"] == "sso-service"
    assert backend["port"] == 8080
    assert made.service.host == "sso-service.shop.svc.cluster.local"
    assert made.issuer_base == "https://sso.example.com/realms/"


@pytest.mark.parametrize(("keys", "scheme"), [((), None), (("tls.crt", "tls.key"), "https")])
def test_metrics_are_read_by_tls_if_there_is_a_certificate(
    keys: tuple[str, ...], scheme: str | None
) -> None:
    shop, _ = world()
    certificate = secret(shop, "sso-tls", *keys) if keys else None
    keycloak(shop, listeners=KeycloakListeners.behind_proxy(certificate=certificate))
    (scrape,) = objects(shop, "VMPodScrape")
    (endpoint,) = scrape["spec"]["podMetricsEndpoints"]
    assert endpoint.get("scheme") == scheme


def test_https_listens_with_the_certificate_only() -> None:
    shop, _ = world()
    tls = secret(shop, "sso-tls", "tls.crt", "tls.key")
    made = keycloak(shop, listeners=KeycloakListeners.https(tls))
    assert made.service.port == 8443
    assert made.endpoint.ports == (NetworkPort(8443),)
    assert objects(shop, "Keycloak")[0]["spec"]["http"] == {"tlsSecret": "sso-tls"}


def test_the_job_that_imports_a_realm_reaches_the_database_too() -> None:
    shop, _ = world()
    pooler = Endpoint(
        Pods("pooler", "shop", {"cnpg.io/poolerName": "a"}), (NetworkPort(5432),), shop
    )
    made = keycloak(shop)
    made.connect_to(pooler)
    KeycloakRealm(shop, "people", realm="people", keycloak=made).connect_to(pooler)
    names = {each["metadata"]["name"] for each in objects(shop, "CiliumNetworkPolicy")}
    assert {
        "sso-to-pooler",
        "keycloak-realm-import-to-pooler",
        "pooler-from-sso",
        "pooler-from-keycloak-realm-import",
    } <= names


def test_a_keycloak_waits_for_its_operator() -> None:
    cluster = new_cluster(groups=("k8s.keycloak.org",))
    operator = new_component(cluster, "operator", layer="infrastructure")
    cluster.offer(KeycloakOperator(Pods("keycloak-operator", "operator", {"a": "b"}), operator))
    keycloak(new_component(cluster, "sso"), spec=KeycloakSpec(monitoring=False))
    assert order(cluster)["sso"] == ["operator"]


def test_a_secret_of_another_namespace_is_refused() -> None:
    shop, _ = world()
    other = new_component(shop.cluster, "other")
    with pytest.raises(InvalidReference, match="copy it to 'shop'"):
        keycloak(shop, administrator=secret(other, "admin", "username", "password"))
    made = Keycloak(shop, "again", host=HOST, database=database(shop))
    clients = [client(other)]
    with pytest.raises(InvalidReference, match="copy it to 'shop'"):
        KeycloakRealm(shop, "people", realm="people", keycloak=made, clients=clients)


def test_a_login_without_its_keys_is_refused() -> None:
    shop, _ = world()
    with pytest.raises(InvalidReference, match="has no key 'password'"):
        keycloak(shop, administrator=secret(shop, "admin", "KEYCLOAK_ADMIN"))
    service = database(shop).service
    with pytest.raises(InvalidReference, match="has no key 'password'"):
        KeycloakDatabase(service, "keycloak", secret(shop, "db", "username"))


def test_a_realm_is_in_the_namespace_of_its_keycloak() -> None:
    shop, _ = world()
    other = new_component(shop.cluster, "other")
    with pytest.raises(InvalidReference, match="create it in the component of its Keycloak"):
        KeycloakRealm(other, "people", realm="people", keycloak=keycloak(shop))


def test_applications_have_no_clients_in_the_realm_master() -> None:
    shop, _ = world()
    with pytest.raises(InvalidValue, match="a realm of their own"):
        KeycloakRealm(shop, "master", realm="master", keycloak=keycloak(shop))


def test_two_clients_do_not_share_a_secret_by_their_names() -> None:
    shop, _ = world()
    clients = [client(shop, "shop-web"), client(shop, "shop.web")]
    with pytest.raises(DuplicateObject, match="the same letters as 'shop-web'"):
        KeycloakRealm(shop, "people", realm="people", keycloak=keycloak(shop), clients=clients)


def test_a_realm_knows_its_issuer() -> None:
    shop, _ = world()
    realm = KeycloakRealm(shop, "people", realm="people", keycloak=keycloak(shop))
    assert realm.issuer == "https://sso.example.com/realms/people"


def test_a_setting_is_made_in_one_place() -> None:
    with pytest.raises(InvalidValue, match="write listeners= instead"):
        KeycloakSpec(options={"proxy-headers": "xforwarded"})
    with pytest.raises(InvalidValue, match="which disabled_features has, too"):
        KeycloakSpec(features=["docker"], disabled_features=["docker"])
    with pytest.raises(InvalidValue, match="must have min and initial from 0 to max"):
        KeycloakPool(min=30)


def test_lifetimes_do_not_contradict_each_other() -> None:
    with pytest.raises(InvalidValue, match="outlives its session"):
        RealmLifetimes(access_token_seconds=3600)
    with pytest.raises(InvalidValue, match="is more than session_seconds"):
        RealmLifetimes(session_idle_seconds=72000)
    with pytest.raises(InvalidValue, match="more than longest_wait_seconds"):
        RealmLockout(wait_seconds=1000)


def test_settings_without_a_field_can_be_patched() -> None:
    shop, _ = world()
    tracing = v2alpha1.KeycloakSpecTracing(enabled=True)
    patch = TypedPatch(v2alpha1.KeycloakSpec, lambda spec: replace(spec, tracing=tracing))
    keycloak(shop, patches=[patch])
    assert objects(shop, "Keycloak")[0]["spec"]["tracing"] == {"enabled": True}


@pytest.mark.parametrize("name", ["", "two words", "a/b"])
def test_the_name_of_a_realm_is_part_of_its_address(name: str) -> None:
    shop, _ = world()
    with pytest.raises(InvalidValue, match="is not a name for addresses"):
        KeycloakRealm(shop, "people", realm=name, keycloak=keycloak(shop))


def test_wrong_settings_are_errors() -> None:
    shop, _ = world()
    with pytest.raises(InvalidValue, match="is a wildcard, and Keycloak has one address"):
        Keycloak(shop, "sso", host=Host("*.example.com"), database=database(shop))
    with pytest.raises(InvalidValue, match="which is not the name of an option"):
        KeycloakSpec(options={"KC_LOG_LEVEL": "info"})
    with pytest.raises(InvalidValue, match="name 'user' twice"):
        RealmSpec(roles=["user", "user"])
    with pytest.raises(InvalidReference, match=r"tls\.crt"):
        KeycloakListeners.behind_proxy(certificate=secret(shop, "sso", "ca.crt"))
