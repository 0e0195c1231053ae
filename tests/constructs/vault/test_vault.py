"""Vault of Bank-Vaults: its servers, permissions, and configuration."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Duration, Host, Quantity, Reference
from kubestrata.constructs import (
    CiliumNetwork,
    ConfigFiles,
    FileContent,
    HelmComponent,
    SecretReference,
)
from kubestrata.constructs.traffic import Certificate, InternalAuthority
from kubestrata.constructs.vault import (
    ExternalConfiguration,
    KeyValueEngine,
    RaftStorage,
    UnsealKeys,
    Vault,
    VaultKubernetesAuth,
    VaultListener,
    VaultOperator,
    VaultPolicy,
    VaultRole,
    VaultSpec,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, files, new_cluster, new_component, order

GROUPS = ("cert-manager.io",)
STORAGE = RaftStorage(Quantity("10Gi"))
READ = VaultPolicy("shop", 'path "kv/data/shop/*" { capabilities = ["read"] }')


def operator(cluster: Cluster) -> HelmComponent:
    """An operator that brings the CRD."""
    made = HelmComponent(
        cluster,
        "vault-operator",
        layer="security",
        namespace=new_component(cluster, "system").home_namespace,
        chart=chart("vault-operator", provides=("vault.banzaicloud.com",)),
    )
    cluster.offer(VaultOperator(made.release.pods, made))
    return made


def certificate(component: Component) -> SecretReference:
    authority = InternalAuthority(component, "internal", common_name="internal")
    hosts = [Host("vault.web.svc")]
    return Certificate(component, "server", hosts=hosts, issuer=authority.ref).secret


def new_vault(component: Component, **options: Any) -> Vault:
    return Vault(component, "vault", certificate=certificate(component), storage=STORAGE, **options)


def test_vault_minimal(manifests: SnapshotAssertion) -> None:
    cluster = new_cluster(groups=GROUPS)
    operator(cluster)
    component = new_component(cluster)
    new_vault(component)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_vault_full(manifests: SnapshotAssertion) -> None:
    cluster = new_cluster(groups=GROUPS, offers=[CiliumNetwork()])
    operator(cluster)
    component = new_component(cluster)
    account = Reference(component, "", "ServiceAccount", "shop", "web")
    role = VaultRole("shop", [account], [READ], Duration("30m"))
    storage = Reference(component, "storage.k8s.io", "StorageClass", "fast")
    Vault(
        component,
        "vault",
        certificate=certificate(component),
        storage=RaftStorage(Quantity("20Gi"), storage, "/data"),
        spec=VaultSpec(servers=5, cpu_limit=Quantity("1"), service_type="NodePort", ui=False),
        listener=VaultListener(verifies_clients=True),
        unseal=UnsealKeys(3, 2, keeps_root_token=False),
        configuration=ExternalConfiguration(
            auth=[VaultKubernetesAuth(roles=[role])],
            engines=[KeyValueEngine("kv", 1, "Of the shop.")],
        ),
    )
    assert rendered(component) == manifests


def test_a_vault_waits_for_its_operator_and_is_waited_for() -> None:
    cluster = new_cluster(groups=GROUPS)
    operator(cluster)
    server = new_component(cluster)
    vault = new_vault(server)
    user = new_component(cluster, "shop")
    user.needs(vault.unseal_keys.ref)
    assert "vault-operator" in order(cluster)[server.name]
    assert order(cluster)["shop"] == [server.name]


def test_placeholders_of_bank_vaults_pass_where_flux_substitutes() -> None:
    cluster = new_cluster(groups=GROUPS, placeholders=("REGION",))
    operator(cluster)
    new_vault(new_component(cluster))
    text = next(each for path, each in files(cluster).items() if path.endswith("-vault.yaml"))
    # No placeholder is in these objects, so Flux does not substitute them.
    assert b"https://${.Env.POD_NAME}." in text
    units = {path: each for path, each in files(cluster).items() if path.startswith("flux/web")}
    assert [path for path, each in units.items() if b"postBuild" in each] == []


def test_the_root_token_is_a_key_only_if_it_is_kept() -> None:
    component = new_component(new_cluster(groups=(*GROUPS, "vault.banzaicloud.com")))
    vault = new_vault(component, unseal=UnsealKeys(keeps_root_token=False))
    with pytest.raises(InvalidReference, match="vault-root"):
        vault.unseal_keys.key("vault-root")


def test_vault_may_read_no_secret_but_its_keys() -> None:
    component = new_component(new_cluster(groups=(*GROUPS, "vault.banzaicloud.com")))
    new_vault(component)
    (role,) = objects(component, "Role")
    named = [rule for rule in role["rules"] if "get" in rule["verbs"]]
    assert [list(rule["resourceNames"]) for rule in named] == [["vault-unseal-keys"]]


def test_a_certificate_of_another_namespace_is_refused() -> None:
    cluster = new_cluster(groups=(*GROUPS, "vault.banzaicloud.com"))
    other = certificate(new_component(cluster, "other"))
    with pytest.raises(InvalidReference, match="is in namespace 'other'"):
        Vault(new_component(cluster), "vault", certificate=other, storage=STORAGE)


def test_a_threshold_above_the_shares_is_refused() -> None:
    with pytest.raises(InvalidValue, match="between 1 and the 3 shares"):
        UnsealKeys(3, 4)


def test_a_role_without_accounts_is_refused() -> None:
    with pytest.raises(InvalidValue, match="has no ServiceAccount"):
        VaultRole("shop", [], [READ])


def test_one_path_for_two_engines_is_refused() -> None:
    with pytest.raises(InvalidValue, match="is used twice"):
        ExternalConfiguration(engines=[KeyValueEngine("kv"), KeyValueEngine("kv", 1)])


def test_two_policies_of_one_name_are_refused() -> None:
    other = VaultPolicy("shop", 'path "kv/*" { capabilities = ["list"] }')
    with pytest.raises(InvalidValue, match="exists with other rules"):
        ExternalConfiguration(policies=[READ, other])


def test_a_relative_path_of_the_storage_is_refused() -> None:
    with pytest.raises(InvalidValue, match="must be absolute"):
        RaftStorage(Quantity("1Gi"), path="data")


def test_servers_trust_the_certificates_of_a_bundle() -> None:
    cluster = new_cluster(groups=GROUPS)
    operator(cluster)
    component = new_component(cluster)
    files = ConfigFiles(component, "ca", content=[FileContent.text("ca.pem", "certificates")])
    new_vault(component, trusted_ca=files.reference.key("ca.pem"))
    (made,) = objects(component, "Vault")
    (volume,) = made["spec"]["volumes"]
    assert volume["configMap"]["items"] == [{"key": "ca.pem", "path": "ca.pem"}]
    variable = {"name": "SSL_CERT_FILE", "value": "/etc/ssl/certs/trusted-ca/ca.pem"}
    assert variable in made["spec"]["envsConfig"]
    assert made["spec"]["volumeMounts"][-1]["mountPath"] == "/etc/ssl/certs/trusted-ca"
