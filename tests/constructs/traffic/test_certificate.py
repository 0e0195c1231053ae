"""Certificates and issuers."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Duration, Host
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.secret import (
    ReflectedTo,
    SecretKey,
    SecretReference,
    SecretReflector,
    VaultAppRole,
    VaultLogin,
    VaultServiceAccount,
    VaultToken,
)
from kubestrata.constructs.traffic import (
    LETS_ENCRYPT_STAGING,
    AcmeIssuer,
    AuthorityNames,
    Certificate,
    DnsSolver,
    InternalAuthority,
    Lifetime,
    PrivateKey,
    VaultIssuer,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, new_cluster, new_component, order

HOST = Host("web.example.com")


def signer() -> Component:
    return new_component(new_cluster(groups=("cert-manager.io",)), "signer", layer="security")


def token(component: Component) -> SecretKey:
    return SecretReference(k8s.Secret(component, "token").ref).key("token")


def test_acme_issuers(manifests: SnapshotAssertion) -> None:
    component = signer()
    key, zones = token(component), [Host("example.com")]
    solvers = [
        DnsSolver.route53(region="eu-west-3", zones=zones, hosted_zone="Z1"),
        DnsSolver.cloudflare(token=key, zones=[Host("example.net")]),
        DnsSolver.digital_ocean(token=key, zones=[Host("example.org")]),
        DnsSolver.webhook(group="acme.example.com", solver="pdns", config={"host": "dns"}),
    ]
    AcmeIssuer(component, "letsencrypt", email="ops@example.com", solvers=solvers)
    AcmeIssuer(
        component,
        "staging",
        email="ops@example.com",
        server=LETS_ENCRYPT_STAGING,
        solvers=solvers[:1],
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_vault_issuers(manifests: SnapshotAssertion) -> None:
    component = signer()
    account = k8s.ServiceAccount(component, "signer").ref
    key = token(component)
    logins: dict[str, VaultLogin] = {
        "approle": VaultAppRole("1234", key),
        "account": VaultServiceAccount("web", account),
        "token": VaultToken(key),
    }
    for name, login in logins.items():
        VaultIssuer(
            component,
            name,
            server="https://vault.example.com:8200",
            path="pki/sign/web",
            namespace="admin/pki" if name == "approle" else None,
            login=login,
            ca="Q0E=" if name == "approle" else key,
        )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_internal_authority(manifests: SnapshotAssertion) -> None:
    component = signer()
    InternalAuthority(component, "internal", common_name="Example internal")
    assert rendered(component) == manifests
    assert faults(component) == []


def test_certificate_full(manifests: SnapshotAssertion) -> None:
    component = signer()
    copier = new_component(component.cluster, "reflector", layer="infrastructure")
    release = HelmRelease(copier, "reflector", chart=chart("reflector"))
    component.cluster.offer(SecretReflector(release.resource.ref))
    web = new_component(component.cluster).home_namespace
    authority = InternalAuthority(component, "internal", common_name="Example internal")
    made = Certificate(
        component,
        "wildcard",
        hosts=[Host("example.com"), Host("*.example.com")],
        issuer=authority.ref,
        common_name=Host("*.example.com"),
        secret_name="shared-tls",
        lifetime=Lifetime(Duration("2160h"), Duration("720h")),
        key=PrivateKey("ECDSA", 256),
        usages=["digital signature", "server auth"],
        copies=ReflectedTo([web]),
    )
    assert rendered(component) == manifests
    assert faults(component) == []
    assert made.secret.copy_in(web).ref.object_namespace == "web"


def minimal(component: Component) -> Certificate:
    issuer = AcmeIssuer(
        component,
        "letsencrypt",
        email="ops@example.com",
        solvers=[DnsSolver.route53(region="eu-west-3")],
    )
    return Certificate(component, "web", hosts=[HOST], issuer=issuer.ref)


def test_a_certificate_has_a_new_key_each_time_and_names_its_issuer() -> None:
    component = signer()
    minimal(component)
    (found,) = objects(component, "Certificate")
    assert found["spec"] == {
        "dnsNames": ["web.example.com"],
        "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"},
        "privateKey": {"rotationPolicy": "Always"},
        "secretName": "web-tls",
    }


def test_the_secret_of_a_certificate_has_its_keys_and_its_users_wait() -> None:
    component = signer()
    secret = minimal(component).secret
    assert secret.keys == frozenset({"ca.crt", "tls.crt", "tls.key"})
    user = new_component(component.cluster)
    k8s.ConfigMap(user, "settings", data={"secret": secret.name})
    assert order(component.cluster)["web"] == ["signer"]


def test_an_authority_keeps_the_key_that_others_trust() -> None:
    component = signer()
    InternalAuthority(component, "internal", common_name="Example internal")
    (found,) = objects(component, "Certificate")
    assert found["spec"]["privateKey"]["rotationPolicy"] == "Never"
    issuers = {each["metadata"]["name"]: each["spec"] for each in _issuers(component)}
    assert issuers == {
        "internal": {"ca": {"secretName": "internal-tls"}},
        "internal-root": {"selfSigned": {}},
    }


def _issuers(component: Component) -> list[dict[str, Any]]:
    return objects(component, "ClusterIssuer")


def test_invalid_issuers_and_certificates_are_refused() -> None:
    component = signer()
    with pytest.raises(
        InvalidReference, match=r"test_certificate\.py:\d+: Namespace signer: is not a valid issuer"
    ):
        Certificate(component, "web", hosts=[HOST], issuer=component.home_namespace)
    with pytest.raises(InvalidValue, match=r"AcmeIssuer 'a': has no solver"):
        AcmeIssuer(component, "a", email="ops@example.com", solvers=[])
    authority = InternalAuthority(component, "internal", common_name="Example internal")
    with pytest.raises(InvalidValue, match=r"Certificate 'none': has no host"):
        Certificate(component, "none", hosts=[], issuer=authority.ref)
    other = Host("other.example.com")
    with pytest.raises(InvalidValue, match=r"'other\.example\.com' .*: is not one of its hosts"):
        Certificate(component, "o", hosts=[HOST], issuer=authority.ref, common_name=other)
    long = Host(f"{'a' * 60}.example.com")
    with pytest.raises(InvalidValue, match="has 72 characters; at most 64 are allowed"):
        Certificate(component, "l", hosts=[long], issuer=authority.ref, common_name=long)


def test_an_authority_keeps_the_names_and_the_key_that_it_has() -> None:
    component = new_component(new_cluster(groups=("cert-manager.io",)))
    authority = InternalAuthority(
        component,
        "internal",
        common_name="root",
        key=PrivateKey("RSA", 4096),
        names=AuthorityNames(certificate="root", secret="root-secret", root_issuer="bootstrap"),
    )
    (certificate,) = objects(component, "Certificate")
    assert certificate["metadata"]["name"] == "root"
    assert certificate["spec"]["privateKey"] == {
        "algorithm": "RSA",
        "size": 4096,
        "rotationPolicy": "Never",
    }
    issuers = {
        each["metadata"]["name"]: each["spec"] for each in objects(component, "ClusterIssuer")
    }
    assert issuers == {
        "bootstrap": {"selfSigned": {}},
        "internal": {"ca": {"secretName": "root-secret"}},
    }
    assert authority.secret.name == "root-secret"
