"""Keys of secret stores, with the properties that are read of them."""

from __future__ import annotations

from tests.rules.contract.world import contract, tree_of

WHOLE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/web}}]
"""
POD = """
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: web:1
      env:
        - {name: A, valueFrom: {secretKeyRef: {name: web, key: password}}}
        - {name: B, valueFrom: {secretKeyRef: {name: web, key: login}}}
"""
CLUSTER_WIDE = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: pull}
spec:
  externalSecretSpec:
    secretStoreRef: {kind: ClusterSecretStore, name: vault}
    data:
      - {secretKey: a, remoteRef: {key: shop/registry, property: login}}
      - secretKey: b
        remoteRef: {key: shop/other}
        sourceRef: {storeRef: {kind: ClusterSecretStore, name: other}}
"""
PUSHED = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRefs: [{kind: ClusterSecretStore, name: vault}]
  selector: {secret: {name: made}}
  data: [{match: {secretKey: a, remoteRef: {remoteKey: shop/web}}}]
---
"""


def test_a_key_has_its_properties_and_its_store() -> None:
    text = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRef: {name: local}
  data:
    - {secretKey: a, remoteRef: {key: shop/web, property: login}}
    - {secretKey: b, remoteRef: {key: shop/web, property: word}}
"""
    assert contract(tree_of(text), "store-key") == [
        (
            "shop/web [login word] of SecretStore shop/local: "
            "ExternalSecret spec.data[0].remoteRef.key, ExternalSecret spec.data[1].remoteRef.key"
        )
    ]


def test_the_properties_of_a_whole_entry_are_the_keys_that_pods_read() -> None:
    assert contract(tree_of(WHOLE + POD), "store-key") == [
        (
            "shop/web [login password] of ClusterSecretStore vault: "
            "ExternalSecret spec.dataFrom[0].extract.key, "
            "Pod spec.containers[0].env[0].valueFrom.secretKeyRef.key, "
            "Pod spec.containers[0].env[1].valueFrom.secretKeyRef.key"
        )
    ]


def test_the_properties_of_a_whole_entry_are_those_in_its_template() -> None:
    template = '  target: {template: {data: {url: "x://{{ .user }}:{{ .word | b64enc }}@db"}}}\n'
    assert contract(tree_of(WHOLE + template + POD), "store-key") == [
        (
            "shop/web [user word] of ClusterSecretStore vault: "
            "ExternalSecret spec.dataFrom[0].extract.key, "
            "ExternalSecret spec.target.template.data.url"
        )
    ]


def test_properties_are_unknown_if_keys_are_renamed_or_come_from_two_entries() -> None:
    renamed = WHOLE.replace("shop/web}}", "shop/web}, rewrite: [{regexp: {}}]}")
    two = WHOLE.replace("}}]", "}}, {extract: {key: shop/more}}]")
    assert all("[" not in each.partition(":")[0] for each in contract(tree_of(renamed + POD)))
    found = contract(tree_of(two + POD), "store-key")
    assert [each.partition(" of")[0] for each in found] == ["shop/more", "shop/web"]


def test_cluster_external_secrets_and_stores_of_single_keys_count() -> None:
    assert contract(tree_of(CLUSTER_WIDE), "store-key") == [
        (
            "shop/other of ClusterSecretStore other: "
            "ClusterExternalSecret spec.externalSecretSpec.data[1].remoteRef.key"
        ),
        (
            "shop/registry [login] of ClusterSecretStore vault: "
            "ClusterExternalSecret spec.externalSecretSpec.data[0].remoteRef.key"
        ),
    ]


def test_a_key_that_the_tree_pushes_is_no_need() -> None:
    assert contract(tree_of(PUSHED + WHOLE), "store-key") == []
    assert contract(tree_of(PUSHED + WHOLE), "pushed-key") == [
        "shop/web of ClusterSecretStore vault: PushSecret spec.data[0].match.remoteRef.remoteKey"
    ]
