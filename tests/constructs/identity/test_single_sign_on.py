"""Single sign-on as one declaration, with its back ends."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Host
from kubestrata.constructs.identity import (
    ApplicationModules,
    BlueprintLogins,
    ClientSecret,
    DomainProxy,
    OidcApplication,
    SingleSignOn,
    StoredClient,
    StoredEntry,
    StoredLogins,
    TerraformLogins,
)
from kubestrata.constructs.secret import (
    AwsSecretsManager,
    ClusterStore,
    ReflectedTo,
    RemoteKey,
    SecretReflector,
    SecretTemplate,
)
from kubestrata.constructs.terraform import TerraformInputs
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import secret
from tests.small_platform import new_cluster, new_component, order

WIKI = OidcApplication(id="wiki", redirects=["https://wiki.example.com/callback"])
ENTRY = RemoteKey("sso/wiki", "secret")
KEYS = ClientSecret(name="wiki-login", id_key="key", secret_key="secret")


def world() -> tuple[Component, Component]:
    """Return the component of an application, and that of the provider, with a store."""
    cluster = new_cluster(groups=("external-secrets.io", "infra.contrib.fluxcd.io"))
    identity = new_component(cluster, "identity")
    provider = AwsSecretsManager(region="eu-west-3")
    cluster.offer(ClusterStore(identity, "aws", provider=provider).store)
    return new_component(cluster, "wiki"), identity


def stored(*clients: StoredClient) -> StoredLogins:
    return StoredLogins(issuer="https://sso.example.com/realms/people", clients=clients)


def modules(identity: Component, **more: Any) -> ApplicationModules:
    given: dict[str, Any] = {
        "path": "./terraform/login/{id}",
        "component": "login-{id}",
        "layer": "security",
        "namespace": identity.home_namespace,
    }
    return ApplicationModules(**{**given, **more})


def by_terraform(identity: Component, **more: Any) -> TerraformLogins:
    return TerraformLogins(
        issuer="https://auth.example.com/application/o/{id}/",
        entry="sso/{id}",
        modules=modules(identity, **more),
    )


def test_stored_login_minimal(manifests: SnapshotAssertion) -> None:
    wiki, _ = world()
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=stored(StoredClient(WIKI, ENTRY)))
    assert rendered(wiki) == manifests
    assert faults(wiki) == []


def test_stored_login_full(manifests: SnapshotAssertion) -> None:
    wiki, identity = world()
    wiki.cluster.offer(SecretReflector(identity.home_namespace))
    client = StoredClient(WIKI, ENTRY, RemoteKey("sso/wiki", "id"))
    wanted = ClientSecret(
        name="wiki-login",
        template=SecretTemplate({"oidc.yaml": "id: {{ .client_id }}"}, keeps="all"),
        copies=ReflectedTo([identity.home_namespace]),
    )
    SingleSignOn(wiki, WIKI, secret=wanted, provider=stored(client))
    assert rendered(wiki) == manifests
    assert faults(wiki) == []


def test_terraform_login(manifests: SnapshotAssertion) -> None:
    wiki, identity = world()
    token = secret(identity, "provider", "token").key("token")
    inputs = TerraformInputs(values={"url": "http://provider"}, secrets={"token": token})
    provider = by_terraform(identity, inputs=inputs, after=[identity])
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=provider)
    (applied,) = [each for each in wiki.cluster.components if each.name == "login-wiki"]
    assert rendered(applied) + rendered(wiki) == manifests
    assert faults(wiki) + faults(applied) == []


def test_the_order_is_provider_then_client_then_application() -> None:
    wiki, identity = world()
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=by_terraform(identity, after=[identity]))
    edges = order(wiki.cluster)
    assert "identity" in edges["login-wiki"]
    assert "login-wiki" in edges["wiki"]


def test_the_cluster_provides_the_provider() -> None:
    wiki, _ = world()
    wiki.cluster.offer(stored(StoredClient(WIKI, ENTRY)))
    login = SingleSignOn(wiki, WIKI, secret=KEYS).login
    assert login.issuer == "https://sso.example.com/realms/people"


def test_a_cluster_without_a_provider_says_so() -> None:
    wiki, _ = world()
    with pytest.raises(MissingOffer, match="LoginProvider"):
        SingleSignOn(wiki, WIKI, secret=KEYS)


def test_a_login_has_what_the_configuration_needs() -> None:
    wiki, identity = world()
    login = SingleSignOn(wiki, WIKI, secret=KEYS, provider=by_terraform(identity)).login
    assert login.client_id == "wiki"
    address = "https://auth.example.com/application/o/wiki/.well-known/openid-configuration"
    assert login.discovery_url == address
    assert (login.id.key, login.password.key) == ("key", "secret")
    assert login.secret.name == "wiki-login"


def test_an_id_that_the_store_lacks_is_written_into_the_secret() -> None:
    wiki, _ = world()
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=stored(StoredClient(WIKI, ENTRY)))
    (made,) = objects(wiki, "ExternalSecret")
    target = made["spec"]["target"]["template"]
    assert target["data"] == {"key": "wiki"}
    assert target["mergePolicy"] == "Merge"


def test_an_application_that_is_not_registered_is_refused() -> None:
    wiki, _ = world()
    other = OidcApplication(id="wikis", redirects=["https://wiki.example.com/callback"])
    with pytest.raises(InvalidReference, match="which has wiki"):
        SingleSignOn(wiki, other, secret=KEYS, provider=stored(StoredClient(WIKI, ENTRY)))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"redirects": ["https://wiki.example.com/other"]}, "has redirects"),
        ({"scopes": ["groups"]}, "has scopes"),
        ({"pkce": None}, "has pkce"),
    ],
)
def test_an_application_logs_in_as_it_is_registered(changed: dict[str, Any], why: str) -> None:
    wiki, _ = world()
    given: dict[str, Any] = {"id": "wiki", "redirects": WIKI.redirects}
    other = OidcApplication(**{**given, **changed})
    with pytest.raises(InvalidReference, match=why):
        SingleSignOn(wiki, other, secret=KEYS, provider=stored(StoredClient(WIKI, ENTRY)))


def test_an_application_may_have_its_id_in_its_configuration() -> None:
    wiki, _ = world()
    wanted = ClientSecret(name="wiki-login", id_key=None, secret_key="secret")
    login = SingleSignOn(
        wiki, WIKI, secret=wanted, provider=stored(StoredClient(WIKI, ENTRY))
    ).login
    (made,) = objects(wiki, "ExternalSecret")
    assert [each["secretKey"] for each in made["spec"]["data"]] == ["secret"]
    assert "template" not in made["spec"]["target"]
    with pytest.raises(InvalidReference, match="has no key with the client's id"):
        _ = login.id


def test_a_secret_may_be_a_copy_of_an_entry() -> None:
    wiki, _ = world()
    entry = StoredEntry(WIKI, "wiki/environment", more=["ISSUER"])
    provider = StoredLogins(issuer="https://sso.example.com", clients=[entry])
    login = SingleSignOn(wiki, WIKI, secret=KEYS, provider=provider).login
    (made,) = objects(wiki, "ExternalSecret")
    assert made["spec"]["dataFrom"] == [{"extract": {"key": "wiki/environment"}}]
    assert (login.id.key, login.password.key) == ("key", "secret")
    assert login.secret.key("ISSUER").key == "ISSUER"


def test_the_issuer_is_known_before_an_application_is_registered() -> None:
    wiki, identity = world()
    each = [
        stored(StoredClient(WIKI, ENTRY)),
        by_terraform(identity),
        blueprints(identity),
    ]
    assert [provider.issuer_of(WIKI) for provider in each] == [
        "https://sso.example.com/realms/people",
        "https://auth.example.com/application/o/wiki/",
        "https://auth.example.com/application/o/wiki/",
    ]
    assert [name for name in wiki.rendered() if "ExternalSecret" in str(name)] == []


def test_a_client_is_registered_once() -> None:
    client = StoredClient(WIKI, ENTRY)
    with pytest.raises(InvalidValue, match="is registered twice"):
        stored(client, client)


@pytest.mark.parametrize("text", ["path", "component"])
def test_each_application_has_its_own_module(text: str) -> None:
    _, identity = world()
    with pytest.raises(InvalidValue, match="the same for every application"):
        by_terraform(identity, **{text: "login"})


def test_each_application_has_its_own_entry_in_the_store() -> None:
    _, identity = world()
    with pytest.raises(InvalidValue, match="the same for every application"):
        TerraformLogins(issuer="https://x.example.com", entry="sso", modules=modules(identity))


def test_a_component_of_a_module_may_have_another_name() -> None:
    wiki, identity = world()
    provider = by_terraform(identity, names={"wiki": "wiki-sso"})
    login = SingleSignOn(wiki, WIKI, secret=KEYS, provider=provider).login
    assert login.registered is not None
    assert login.registered.object_name == "wiki-sso"
    assert "wiki-sso" in order(wiki.cluster)["wiki"]


def test_a_module_may_wait_for_its_application() -> None:
    wiki, identity = world()
    pods = new_component(wiki.cluster, "wiki-pods")
    provider = by_terraform(identity).also_after(pods)
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=provider)
    assert "wiki-pods" in order(wiki.cluster)["login-wiki"]


def test_terraform_gets_the_origin_of_the_application() -> None:
    wiki, identity = world()
    SingleSignOn(wiki, WIKI, secret=KEYS, provider=by_terraform(identity))
    (applied,) = [each for each in wiki.cluster.components if each.name == "login-wiki"]
    (made,) = objects(applied, "Terraform")
    assert made["spec"]["vars"] == [{"name": "wiki_url", "value": "https://wiki.example.com"}]


def blueprints(identity: Component) -> BlueprintLogins:
    key = secret(identity, "clients", "wiki").key("wiki")
    cli = OidcApplication(id="cli", redirects=["http://localhost:8000/callback"], scopes=[])
    return BlueprintLogins(Host("auth.example.com"), [WIKI.client(key), cli.client(None)])


def test_blueprint_login(manifests: SnapshotAssertion) -> None:
    wiki, identity = world()
    provider = blueprints(identity)
    config = provider.write(identity, "blueprints")
    assert rendered(identity) == manifests
    assert faults(identity) == []
    assert sorted(config.keys) == ["cli.yaml", "wiki.yaml"]
    assert [(name, key.key) for name, key in provider.environment.items()] == [
        ("WIKI_CLIENT_SECRET", "wiki")
    ]
    mine = secret(wiki, "wiki-login", "client_id", "client_secret")
    wanted = ClientSecret(name="wiki-login", existing=mine)
    login = SingleSignOn(wiki, WIKI, secret=wanted, provider=provider).login
    assert login.issuer == "https://auth.example.com/application/o/wiki/"
    assert login.secret is mine


def test_authentik_creates_no_secret_of_an_application() -> None:
    wiki, identity = world()
    with pytest.raises(InvalidReference, match="is not created by Authentik"):
        SingleSignOn(wiki, WIKI, secret=KEYS, provider=blueprints(identity))


def test_an_existing_secret_is_in_the_namespace_of_its_application() -> None:
    wiki, identity = world()
    wanted = ClientSecret(name="x", existing=secret(identity, "x", "client_id", "client_secret"))
    with pytest.raises(InvalidReference, match="is in namespace 'identity'"):
        SingleSignOn(wiki, WIKI, secret=wanted, provider=blueprints(identity))


def test_a_scope_that_authentik_does_not_map_is_refused() -> None:
    _, identity = world()
    groups = OidcApplication(id="wiki", redirects=WIKI.redirects, scopes=["groups"])
    provider = BlueprintLogins(Host("auth.example.com"), [groups.client(None)])
    with pytest.raises(InvalidValue, match="is not mapped by Authentik itself"):
        provider.write(identity, "blueprints")


def test_proxy_of_a_domain(manifests: SnapshotAssertion) -> None:
    _, identity = world()
    proxy = DomainProxy(host=Host("auth.example.com"), domain=Host("example.com"))
    config = proxy.write(identity, "proxy")
    assert rendered(identity) == manifests
    assert faults(identity) == []
    assert sorted(config.keys) == ["domain-proxy.yaml"]


def test_proxy_of_a_domain_as_a_middleware_of_traefik() -> None:
    proxy = DomainProxy(host=Host("auth.example.com"), domain=Host("example.com"))
    auth = proxy.before("http://authentik.identity", "traefik")
    assert auth.sign_in == "https://auth.example.com/outpost.goauthentik.io/start"
    assert auth.middleware == {
        "forwardAuth": {
            "address": "http://authentik.identity/outpost.goauthentik.io/auth/traefik",
            "authResponseHeaders": [
                "Set-Cookie",
                "X-authentik-username",
                "X-authentik-groups",
                "X-authentik-email",
                "X-authentik-name",
                "X-authentik-uid",
            ],
        }
    }


def test_proxy_is_in_the_domain_whose_cookie_it_sets() -> None:
    with pytest.raises(InvalidValue, match=r"is not in the domain example\.com"):
        DomainProxy(host=Host("auth.example.org"), domain=Host("example.com"))
