"""Values of a wrong type: an error at the line that wrote them, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from kubestrata import Component, Host, Quantity, Reference
from kubestrata.constructs.acceptance import ChainsawStep, PolicyCase
from kubestrata.constructs.identity import (
    ApplicationModules,
    ClientSecret,
    OidcApplication,
    SingleSignOn,
    StoredLogins,
    TerraformLogins,
)
from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.terraform import TerraformInputs
from kubestrata.constructs.traffic import DnsRecordSet, DnsZone, ForwardAuth, TrustBundle
from kubestrata.constructs.vault import (
    ExternalConfiguration,
    KeyValueEngine,
    RaftStorage,
    Vault,
    VaultKubernetesAuth,
    VaultPolicy,
    VaultRole,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.small_platform import new_cluster, new_component

Case = Callable[[Component, Any], object]
URL = "https://wiki.example.com/callback"
PEM = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"


def modules(scope: Component, **more: Any) -> ApplicationModules:
    given = {"namespace": scope.home_namespace} | more
    return ApplicationModules(path="./{id}", component="login-{id}", layer="apps", **given)


def logins(scope: Component, issuer: str) -> TerraformLogins:
    return TerraformLogins(issuer=issuer, entry="sso/{id}", modules=modules(scope))


def record(scope: Component, values: Any) -> DnsRecordSet:
    domain = Host("example.com")
    zone = DnsZone(scope, "zone", domain=domain, nameservers=[domain.sub("ns1")])
    host = domain.sub("ns1")
    return DnsRecordSet(scope, "ns1", zone=zone, host=host, type="A", values=values)


def vault(scope: Component, patch: Any) -> Vault:
    made = Reference(scope, "", "Secret", "tls", "shop")
    tls = SecretReference(made, frozenset({"ca.crt"}))
    storage = RaftStorage(Quantity("1Gi"))
    return Vault(scope, "vault", certificate=tls, storage=storage, patches=[patch])


CASES: dict[str, tuple[Case, Any, str]] = {
    "secret of Terraform": (
        lambda _, wrong: TerraformInputs(secrets={"token": wrong}),
        "abc",
        "variable 'token' of Terraform: is a str, where SecretKey is expected",
    ),
    "application": (
        lambda scope, wrong: SingleSignOn(scope, wrong, secret=ClientSecret(name="wiki")),
        "wiki",
        "application of a SingleSignOn: is a str, where OidcApplication is expected",
    ),
    "scopes": (
        lambda _, wrong: OidcApplication(id="wiki", redirects=[URL], scopes=wrong),
        "email",
        "scopes of OIDC client 'wiki': is a str, where list or tuple is expected",
    ),
    "stored client": (
        lambda _, wrong: StoredLogins(issuer="https://sso.example.com", clients=[wrong]),
        "wiki",
        r"clients\[0\] of StoredLogins: is a str, where StoredClient or StoredEntry is expected",
    ),
    "no client": (
        lambda _, wrong: StoredLogins(issuer="https://sso.example.com", clients=wrong),
        7,
        "clients of StoredLogins: is a int, where list or tuple is expected",
    ),
    "namespace of modules": (
        lambda scope, wrong: modules(scope, namespace=wrong),
        "shop",
        "namespace of ApplicationModules: is a str, where Reference is expected",
    ),
    "order of modules": (
        lambda scope, wrong: modules(scope, after=wrong),
        "authentik",
        "after of ApplicationModules: is a str, where list or tuple is expected",
    ),
    "issuer": (logins, "sso.example.com", "issuer of TerraformLogins 'sso.example.com': is not a"),
    "headers": (
        lambda _, wrong: ForwardAuth(check="http://gate", sign_in="https://gate", headers=wrong),
        "X-User",
        "headers of ForwardAuth: is a str, where list or tuple is expected",
    ),
    "record": (record, "192.0.2.1", "values of DnsRecordSet 'ns1': is a str, where list"),
    "sources": (
        lambda scope, wrong: TrustBundle(scope, "roots", sources=wrong),
        PEM,
        "sources of TrustBundle 'roots': is a str, where list or tuple is expected",
    ),
    "engine": (
        lambda _, wrong: ExternalConfiguration(engines=[wrong]),
        "kv",
        r"engines\[0\] of ExternalConfiguration: is a str, where KeyValueEngine is expected",
    ),
    "engines of one path": (
        lambda _, wrong: ExternalConfiguration(engines=[wrong, wrong]),
        KeyValueEngine("kv"),
        "path 'kv' of secrets engines: is used twice\n  fix: give one of the two another path",
    ),
    "role": (
        lambda _, wrong: VaultKubernetesAuth(roles=[wrong]),
        "reader",
        r"roles\[0\] of VaultKubernetesAuth: is a str, where VaultRole is expected",
    ),
    "account": (
        lambda _, wrong: VaultRole("reader", accounts=[wrong], policies=[]),
        "reader",
        r"accounts\[0\] of VaultRole 'reader': is a str, where Reference is expected",
    ),
    "policy": (lambda _, wrong: VaultPolicy("reader", wrong), " ", "'reader': has no rules"),
    "patch": (vault, "servers: 5", r"patches\[0\]: is a str, where TypedPatch is expected"),
    "fields": (
        lambda _, wrong: ChainsawStep.expect("labels", wrong),
        {"kind": "ConfigMap"},
        "object of step 'labels': has no apiVersion or no kind",
    ),
    "absent fields": (
        lambda _, wrong: ChainsawStep.expect_none("labels", wrong),
        "ConfigMap",
        "object of step 'labels': has no apiVersion or no kind",
    ),
    "copy": (
        lambda _, wrong: ChainsawStep.apply_copy(wrong, name="copy"),
        "ConfigMap",
        "source of copy 'copy': is a str, where Reference is expected",
    ),
    "examined": (
        lambda _, wrong: PolicyCase.passed("team", wrong),
        "ConfigMap",
        "object of rule 'team': is a str, where Reference or Mapping is expected",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_value_of_a_wrong_type_is_an_error_at_its_line(name: str) -> None:
    make, wrong, message = CASES[name]
    scope = new_component(new_cluster(), "shop")
    with pytest.raises(InvalidValue, match=message) as raised:
        make(scope, cast("Any", wrong))
    assert "test_wrong_type.py:" in str(raised.value)


def test_an_application_of_a_provider_without_clients_must_be_added() -> None:
    wiki = OidcApplication(id="wiki", redirects=[URL])
    scope = new_component(new_cluster(), "shop")
    provider = StoredLogins(issuer="https://sso.example.com", clients=[])
    with pytest.raises(InvalidReference, match="which has none\n  fix: add it to clients="):
        SingleSignOn(scope, wiki, secret=ClientSecret(name="wiki"), provider=provider)
