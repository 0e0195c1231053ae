"""Objects of the cluster that the tree names and does not create."""

from __future__ import annotations

from kubestrata.core.identity import Identity
from kubestrata.rules.contract.cluster_object import declared_object
from kubestrata.rules.contract.requirement import entries
from kubestrata.rules.violation import Location
from tests.rules.contract.world import contract, tree_of

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  priorityClassName: first
  containers:
    - name: web
      image: web:1
      envFrom: [{secretRef: {name: login, optional: true}}]
      env:
        - {name: A, valueFrom: {secretKeyRef: {name: login, key: password}}}
        - {name: B, valueFrom: {configMapKeyRef: {name: config, key: b}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: shop}
data: {b: c}
"""
RELEASE = """
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec: {chart: {spec: {chart: web}}}
"""
CLAIMS = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one, namespace: shop}
spec: {resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: two, namespace: shop}
spec: {storageClassName: gp3}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: three, namespace: shop}
spec: {volumeName: media}
"""
DEFAULT = """
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
"""


def test_a_secret_that_nothing_creates_is_a_need_with_its_keys() -> None:
    assert contract(tree_of(POD), "secret", "config-map") == [
        (
            "shop/login [password]: Pod spec.containers[0].envFrom[0].secretRef.name, "
            "Pod spec.containers[0].env[0].valueFrom.secretKeyRef.key"
        )
    ]


def test_a_secret_that_a_chart_may_create_is_not_certain() -> None:
    (found,) = contract(tree_of(POD + RELEASE), "secret")
    assert "uncertain" in found


def test_a_secret_that_an_object_of_the_tree_makes_is_no_need() -> None:
    made = """
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: login, namespace: shop}
spec: {secretStoreRef: {name: vault}, dataFrom: [{extract: {key: a}}]}
"""
    assert contract(tree_of(POD + made), "secret") == []


def test_secrets_of_the_delivery_are_needs() -> None:
    text = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {decryption: {provider: sops, secretRef: {name: sops-age}}}
"""
    assert contract(tree_of(text), "secret") == [
        "flux-system/sops-age: Kustomization spec.decryption.secretRef.name"
    ]


def test_sources_of_variables_are_certain_though_charts_are_in_their_namespace() -> None:
    text = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: shop}
spec: {postBuild: {substituteFrom: [{kind: ConfigMap, name: facts}]}}
"""
    assert contract(tree_of(text + RELEASE), "config-map") == [
        "shop/facts: Kustomization spec.postBuild.substituteFrom[0].name"
    ]


def test_classes_that_the_tree_does_not_create_are_needs() -> None:
    assert contract(tree_of(POD), "priority-class") == ["first: Pod spec.priorityClassName"]
    system = POD.replace("first", "system-cluster-critical")
    assert contract(tree_of(system), "priority-class") == []
    assert contract(tree_of(CLAIMS), "storage-class") == [
        "(default): PersistentVolumeClaim spec",
        "gp3: PersistentVolumeClaim spec.storageClassName",
    ]


def test_a_default_class_of_the_tree_satisfies_claims_without_a_class() -> None:
    found = contract(tree_of(CLAIMS + DEFAULT), "storage-class")
    assert found == ["gp3: PersistentVolumeClaim spec.storageClassName"]


def test_crds_that_are_declared_to_exist_are_needs_of_their_objects() -> None:
    text = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web, namespace: shop}
"""
    tree = tree_of(text, given_groups=frozenset({"cilium.io", "source.toolkit.fluxcd.io"}))
    assert contract(tree, "crds") == ["cilium.io: CiliumNetworkPolicy apiVersion"]


def test_other_objects_count_if_they_are_declared_to_exist() -> None:
    text = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: shop}
spec: {secretName: web, issuerRef: {kind: ClusterIssuer, name: public}}
"""
    issuer = Identity("cert-manager.io", "ClusterIssuer", "", "public")
    assert contract(tree_of(text), "object") == []
    assert contract(tree_of(text, external=frozenset({issuer})), "object") == [
        f"{issuer}: Certificate spec.issuerRef.name"
    ]


def test_a_declared_object_has_the_sort_of_its_kind_and_its_line() -> None:
    place = Location("cdk8s.yaml", 7)
    identities = [
        Identity("", "Secret", "flux-system", "sops-age"),
        Identity("storage.k8s.io", "StorageClass", "", "gp3"),
        Identity("apps", "Deployment", "shop", "web"),
    ]
    found = entries([], [declared_object(each, place) for each in identities])
    assert [(each.sort, each.name) for each in found] == [
        ("secret", "flux-system/sops-age"),
        ("storage-class", "gp3"),
        ("object", "Deployment.apps shop/web"),
    ]
    assert {each.declared.place for each in found if each.declared} == {place}
