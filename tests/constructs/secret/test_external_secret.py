"""Secrets from stores and generators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Cluster, Component, Duration, Platform, Reference
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.secret import (
    ExternalSecret,
    ExternalSecretsApi,
    GeneratedPassword,
    PasswordFormat,
    ReflectedTo,
    Refresh,
    RemoteKey,
    SecretReflector,
    SecretSource,
    SecretStoreReference,
    SecretTemplate,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from kubestrata.rules.catalogue import rules_of
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.synthesis import synthesize
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, new_cluster, new_component, order

GROUPS = ("external-secrets.io", "generators.external-secrets.io")
LOGIN = SecretSource.keys({"user": RemoteKey("web", "user"), "password": RemoteKey("web", "pw")})


def cluster_with_store() -> tuple[Cluster, Component]:
    cluster = new_cluster(groups=GROUPS)
    store = new_component(cluster, "store", layer="security")
    ref = Reference(store, "external-secrets.io", "ClusterSecretStore", "vault")
    k8s.ConfigMap(store, "settings", data={"a": "b"})
    cluster.offer(SecretStoreReference(ref))
    return cluster, new_component(cluster)


def with_reflector(cluster: Cluster) -> Reference:
    copier = new_component(cluster, "reflector", layer="infrastructure")
    release = HelmRelease(copier, "reflector", chart=chart("reflector"))
    cluster.offer(SecretReflector(release.resource.ref))
    return new_component(cluster, "mail").home_namespace


def spec(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "ExternalSecret")
    value: dict[str, Any] = found["spec"]
    return value


def test_external_secret_minimal(manifests: SnapshotAssertion) -> None:
    _, component = cluster_with_store()
    ExternalSecret(component, "login", source=SecretSource.all_of("web/login"))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_external_secret_full(manifests: SnapshotAssertion) -> None:
    cluster, component = cluster_with_store()
    mail = with_reflector(cluster)
    ExternalSecret(
        component,
        "login",
        source=SecretSource.all_of("web/extra", keys=["token"]).plus(LOGIN),
        template=SecretTemplate(
            data={"uri": "https://{{ .user }}:{{ .password | urlquery }}@example.com"},
            type="Opaque",
            labels={"team": "web"},
            annotations={"note": "made"},
            keeps="all",
        ),
        refresh=Refresh.every("20m"),
        copies=ReflectedTo([mail]),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_generated_passwords(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster(groups=GROUPS))
    made = GeneratedPassword(
        component,
        "admin",
        keys=["password", "cookie-secret"],
        format=PasswordFormat(length=40, symbols=4),
    )
    assert rendered(component) == manifests
    assert faults(component) == []
    assert made.secret.keys == frozenset({"cookie-secret", "password"})


def test_the_secret_stays_when_its_external_secret_goes() -> None:
    _, component = cluster_with_store()
    ExternalSecret(component, "login", source=LOGIN)
    assert spec(component)["target"] == {
        "name": "login",
        "creationPolicy": "Owner",
        "deletionPolicy": "Retain",
    }
    assert spec(component)["refreshInterval"] == "1h"


def test_generated_values_are_never_refreshed() -> None:
    component = new_component(new_cluster(groups=GROUPS))
    GeneratedPassword(component, "admin")
    found = spec(component)
    assert (found["refreshPolicy"], found["refreshInterval"]) == ("CreatedOnce", "8760h")
    assert "secretStoreRef" not in found


@pytest.mark.parametrize(
    ("source", "template", "keys"),
    [
        (SecretSource.all_of("a"), None, None),
        (SecretSource.all_of("a", keys=["b"]), None, {"b"}),
        (LOGIN, None, {"user", "password"}),
        (LOGIN.plus(SecretSource.all_of("a")), None, None),
        (LOGIN, SecretTemplate({"uri": "{{ .user }}"}), {"uri"}),
        (LOGIN, SecretTemplate({"uri": "{{ .user }}"}, keeps="all"), {"uri", "user", "password"}),
        (SecretSource.all_of("a"), SecretTemplate({"uri": "{{ .any }}"}), {"uri"}),
    ],
)
def test_every_key_that_is_known_can_be_named(
    source: SecretSource, template: SecretTemplate | None, keys: set[str] | None
) -> None:
    _, component = cluster_with_store()
    secret = ExternalSecret(component, "login", source=source, template=template).secret
    assert secret.keys == keys


def test_a_key_that_is_not_there_is_refused() -> None:
    _, component = cluster_with_store()
    secret = ExternalSecret(component, "login", source=LOGIN).secret
    with pytest.raises(InvalidReference, match=r"test_external_secret\.py:\d+.*no key 'token'"):
        secret.key("token")


def test_users_of_a_secret_wait_for_it_and_it_waits_for_the_store() -> None:
    cluster, component = cluster_with_store()
    secret = ExternalSecret(component, "login", source=LOGIN).secret
    user = new_component(cluster, "user")
    k8s.ConfigMap(user, "settings", data={"secret": secret.name})
    assert order(cluster) == {"store": [], "user": ["web"], "web": ["store"]}


def test_users_of_a_copy_wait_for_the_original_and_that_for_reflector() -> None:
    cluster, component = cluster_with_store()
    mail = with_reflector(cluster)
    secret = ExternalSecret(component, "login", source=LOGIN, copies=ReflectedTo([mail])).secret
    copy = secret.copy_in(mail)
    copy.require_namespace("mail")
    reader = new_component(cluster, "reader", namespace=mail)
    k8s.ConfigMap(reader, "settings", data={"secret": copy.name})
    assert copy.keys == secret.keys
    assert order(cluster)["reader"] == ["web"]
    assert order(cluster)["web"] == ["mail", "reflector", "store"]


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda web: ExternalSecret(web, "a", source=LOGIN).secret.copy_in(web.home_namespace),
            InvalidReference,
            r"test_external_secret\.py:\d+.*not copied to namespace 'web'.*\n  fix: pass copies=",
        ),
        (
            lambda web: ExternalSecret(
                web, "a", source=LOGIN, copies=ReflectedTo([web.home_namespace])
            ),
            MissingOffer,
            r"test_external_secret\.py:\d+.*SecretReflector",
        ),
        (
            lambda web: ExternalSecret(
                web, "a", source=LOGIN, template=SecretTemplate({"uri": "{{ .usr }}"})
            ),
            InvalidReference,
            r"test_external_secret\.py:\d+: template of key 'uri': uses 'usr', .* password, user",
        ),
        (
            lambda _: SecretSource.keys({}),
            InvalidValue,
            r"test_external_secret\.py:\d+: SecretSource: has no key",
        ),
        (
            lambda _: SecretSource.all_of("a", keys=["b/c"]),
            InvalidValue,
            r"test_external_secret\.py:\d+: key 'b/c' of a Secret",
        ),
        (
            lambda web: SecretSource.generated(web.home_namespace, keys=["a"]),
            InvalidReference,
            r"test_external_secret\.py:\d+: Namespace web: is not a valid generator",
        ),
        (
            lambda _: PasswordFormat(length=8),
            InvalidValue,
            r"test_external_secret\.py:\d+: length 8: is not a safe length",
        ),
        (
            lambda _: PasswordFormat(length=16, digits=10, symbols=7),
            InvalidValue,
            r"test_external_secret\.py:\d+: a password of 16: has 10 digits and 7 symbols",
        ),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    _, component = cluster_with_store()
    with pytest.raises(error, match=message):
        act(component)


def test_a_store_that_does_not_admit_the_namespace_is_refused() -> None:
    cluster, component = cluster_with_store()
    ref = cluster.ask(SecretStoreReference).ref
    with pytest.raises(InvalidReference, match="does not admit namespace 'web'; it admits mail"):
        ExternalSecret(
            component, "a", source=LOGIN, store=SecretStoreReference(ref, namespaces=("mail",))
        )


def test_a_missing_store_is_reported_with_a_fix() -> None:
    component = new_component(new_cluster(groups=GROUPS))
    with pytest.raises(MissingOffer, match=r"SecretStoreReference[\s\S]*fix: call offer"):
        ExternalSecret(component, "a", source=LOGIN)


def test_a_store_for_generated_values_is_refused() -> None:
    cluster, component = cluster_with_store()
    store = cluster.ask(SecretStoreReference)
    generator = GeneratedPassword(component, "admin").generator
    with pytest.raises(InvalidReference, match="all values are generated"):
        ExternalSecret(
            component,
            "a",
            source=SecretSource.generated(generator.ref, keys=["password"]),
            store=store,
        )


def test_a_plain_secret_is_a_violation_at_the_line_that_makes_it() -> None:
    platform = Platform()
    component = new_component(new_cluster(platform=platform))
    k8s.Secret(component, "login", string_data={"password": "hunter2hunter2"})
    (tree,) = trees_of(synthesize(platform))
    violations = [(rule.id, each) for rule in rules_of("secrets") for each in rule.check(tree)]
    ((rule, found),) = violations
    assert (rule, found.message) == ("X01", "has password in plain text")
    text = Path(__file__).read_text()
    line = text[: text.index("k8s.Secret(component")].count("\n") + 1
    assert Path(found.place.file).name == Path(__file__).name
    assert found.place.line == line


def test_an_older_api_has_no_refresh_policy(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster(groups=GROUPS, offers=[ExternalSecretsApi("v1beta1")]))
    GeneratedPassword(component, "once")
    GeneratedPassword(component, "daily", refresh=Refresh.every("24h"))
    assert rendered(component) == manifests


def test_an_older_api_refuses_a_refresh_on_changes() -> None:
    component = new_component(new_cluster(groups=GROUPS, offers=[ExternalSecretsApi("v1beta1")]))
    on_change = Refresh(Duration("1h"), "OnChange")
    with pytest.raises(InvalidValue, match=r"v0\.16"):
        GeneratedPassword(component, "session", refresh=on_change)


def test_a_generated_password_has_the_characters_that_are_declared() -> None:
    component = new_component(new_cluster(groups=GROUPS))
    wanted = PasswordFormat(24, digits=4, symbols=2, symbol_characters="!@")
    GeneratedPassword(component, "session", format=wanted, generator_name="made")
    (generator,) = objects(component, "Password")
    assert generator["metadata"]["name"] == "made"
    assert generator["spec"] == {
        "length": 24,
        "digits": 4,
        "symbols": 2,
        "symbolCharacters": "!@",
        "noUpper": False,
        "allowRepeat": True,
    }


def test_characters_without_symbols_are_refused() -> None:
    with pytest.raises(InvalidValue, match="has no symbols to choose"):
        PasswordFormat(symbol_characters="!@")
