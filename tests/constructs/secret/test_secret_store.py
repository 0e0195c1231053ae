"""Secret stores of every back end."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Reference
from kubestrata.constructs.config import ConfigReference
from kubestrata.constructs.secret import (
    AwsSecretsManager,
    BitwardenSecretsManager,
    ClusterStore,
    KubernetesSecrets,
    NamespaceStore,
    OnePasswordConnect,
    SecretKey,
    SecretReference,
    StoreProvider,
    VaultAppRole,
    VaultServiceAccount,
    VaultStore,
    VaultToken,
)
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component


def new_store_component() -> Component:
    return new_component(new_cluster(groups=("external-secrets.io",)), "stores")


def token(component: Component) -> SecretKey:
    return SecretReference(k8s.Secret(component, "token").ref, frozenset({"token"})).key("token")


def providers(component: Component) -> dict[str, StoreProvider]:
    secret = token(component)
    account = k8s.ServiceAccount(component, "reader").ref
    return {
        "aws": AwsSecretsManager(region="eu-west-3"),
        "aws-role": AwsSecretsManager("eu-west-3", service_account=account, prefix="shop/"),
        "onepassword": OnePasswordConnect("http://connect:8080", secret, {"shop": 1}),
        "vault-approle": VaultStore(
            "https://vault.example.com:8200", "kv", VaultAppRole("web", secret), ca="Q0E="
        ),
        "vault-account": VaultStore(
            "https://vault.example.com:8200", "kv", VaultServiceAccount("web", account)
        ),
        "vault-token": VaultStore("https://vault.example.com:8200", "kv", VaultToken(secret), "v1"),
        "bitwarden": BitwardenSecretsManager("o1", "p1", secret, "https://sdk:9998", "Q0E="),
        "bitwarden-elsewhere": BitwardenSecretsManager(
            "o1",
            "p1",
            secret,
            "https://sdk:9998",
            secret,
            api_url="https://api.vault.example.com",
            identity_url="https://identity.vault.example.com",
        ),
        "kubernetes": KubernetesSecrets(component.home_namespace, account),
    }


def test_cluster_stores(manifests: SnapshotAssertion) -> None:
    component = new_store_component()
    for name, provider in providers(component).items():
        ClusterStore(component, name, provider=provider)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_namespace_store(manifests: SnapshotAssertion) -> None:
    component = new_store_component()
    made = NamespaceStore(component, "own", provider=AwsSecretsManager(region="eu-west-3"))
    assert rendered(component) == manifests
    assert faults(component) == []
    assert made.store.namespaces == ("stores",)


def test_a_namespace_store_names_no_namespace_of_its_ca() -> None:
    component = new_store_component()
    account = k8s.ServiceAccount(component, "reader").ref
    provider = KubernetesSecrets(component.home_namespace, account, "https://api.example.com")
    found = NamespaceStore(component, "own", provider=provider).resource.body["spec"]
    assert found["provider"]["kubernetes"] == {
        "remoteNamespace": "stores",
        "server": {
            "url": "https://api.example.com",
            "caProvider": {"type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt"},
        },
        "auth": {"serviceAccount": {"name": "reader"}},
    }


def test_a_cluster_store_can_be_for_some_namespaces_only() -> None:
    component = new_store_component()
    made = ClusterStore(
        component,
        "some",
        provider=AwsSecretsManager(region="eu-west-3"),
        namespaces=[component.home_namespace],
    )
    (found,) = objects(component, "ClusterSecretStore")
    assert found["spec"]["conditions"] == [{"namespaces": ["stores"]}]
    assert made.store.namespaces == ("stores",)


@pytest.mark.parametrize("name", ["onepassword", "vault-approle", "bitwarden"])
def test_the_secret_of_a_store_is_one_of_its_edges(name: str) -> None:
    component = new_store_component()
    made = ClusterStore(component, name, provider=providers(component)[name])
    assert {"Secret"} <= {each.kind for each in made.resource.references}


def test_a_store_of_vault_trusts_a_key_of_a_config_map() -> None:
    component = new_store_component()
    trusted = Reference(component, "", "ConfigMap", "authorities", "web")
    ca = ConfigReference(trusted, frozenset({"ca.crt"})).key("ca.crt")
    login = VaultToken(token(component))
    provider = VaultStore("https://vault.example.com:8200", "kv", login, ca=ca)
    ClusterStore(component, "vault", provider=provider)
    (made,) = objects(component, "ClusterSecretStore")
    assert made["spec"]["provider"]["vault"]["caProvider"] == {
        "type": "ConfigMap",
        "name": "authorities",
        "namespace": "web",
        "key": "ca.crt",
    }
