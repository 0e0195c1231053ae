"""Objects outside the tree may exist: group R does not guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kubestrata.core.identity import Identity, identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Location, Severity
from tests.rules.fixture import told

RULES = {rule.id: rule for rule in rules_of("references")}


def written(api_version: str, kind: str, namespace: str, name: str, **fields: Any) -> Subject:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
    return Subject(identity_of(manifest), manifest, Location("a.yaml", 1))


def pod(secret: str) -> Subject:
    volumes = [{"name": "a", "secret": {"secretName": secret}}]
    return written("v1", "Pod", "shop", "web", spec={"volumes": volumes})


def kustomization(**spec: Any) -> Subject:
    api_version = "kustomize.toolkit.fluxcd.io/v1"
    return written(api_version, "Kustomization", "flux-system", "remote", spec=spec)


def with_unit(tree: ClusterTree, subject: Subject, *, complete: bool) -> ClusterTree:
    unit = Unit(subject, (), None, (), complete=complete)
    return replace(tree, units={subject.identity: unit})


def severities(rule: str, tree: ClusterTree) -> list[Severity | None]:
    """Return the severities of a rule's findings, None for that of the rule."""
    return [each.severity for each in RULES[rule].check(tree)]


WARNING = Severity.WARNING
BROKEN = ClusterTree("c", "1.35", [pod("web"), written("v1", "ServiceAccount", "shop", "web")])


def test_a_missing_secret_is_reported() -> None:
    assert told(RULES["R06"], BROKEN) == [
        (
            "Pod shop/web spec.volumes[0].secret.secretName: "
            "nothing creates Secret web in namespace shop"
        )
    ]


def test_a_declared_external_object_exists() -> None:
    external = frozenset(
        {Identity("", "Secret", "shop", "web"), Identity("", "Namespace", "", "shop")}
    )
    tree = replace(BROKEN, external=external)
    assert told(RULES["R06"], tree) == []
    assert told(RULES["R11"], tree) == []


def test_pods_of_a_declared_external_namespace_are_not_known() -> None:
    policy = written("networking.k8s.io/v1", "NetworkPolicy", "shop", "web")
    labels = {"matchLabels": {"app": "nginx"}}
    name = {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}
    peer = {"namespaceSelector": name, "podSelector": labels}
    policy.manifest["spec"] = {"podSelector": {}, "ingress": [{"from": [peer]}]}
    tree = replace(BROKEN, subjects=[*BROKEN.subjects, policy])
    assert severities("R12", tree) == [WARNING]
    outside = frozenset({Identity("", "Namespace", "", "ingress")})
    assert severities("R12", replace(tree, external=outside)) == []


def test_a_remote_base_may_create_anything_in_its_target_namespace() -> None:
    tree = with_unit(BROKEN, kustomization(targetNamespace="shop"), complete=False)
    assert told(RULES["R06"], tree) == []


def test_a_remote_base_without_a_namespace_may_create_namespaces() -> None:
    blog = [written("v1", "Namespace", "", "blog"), written("v1", "ConfigMap", "blog", "a")]
    tree = replace(BROKEN, subjects=[*BROKEN.subjects, *blog])
    root = kustomization()
    whole = replace(tree, units={root.identity: Unit(root, (), None, (root,))})
    assert severities("R11", whole) == [None]
    assert severities("R11", with_unit(tree, kustomization(), complete=True)) == [WARNING]
    assert severities("R11", with_unit(tree, kustomization(), complete=False)) == [WARNING]


def test_a_remote_base_that_installs_definitions_creates_nothing_else() -> None:
    remote = kustomization()
    provided = {"gateway.networking.k8s.io": remote.identity}
    tree = replace(with_unit(BROKEN, remote, complete=False), provides=provided)
    assert told(RULES["R11"], tree) != []


def test_the_key_of_a_repository_is_checked_if_secrets_are_declared() -> None:
    unit = kustomization(decryption={"provider": "sops", "secretRef": {"name": "sops-ag"}})
    tree = ClusterTree("c", "1.35", [unit])
    declared = frozenset({Identity("", "Secret", "flux-system", "sops-age")})
    assert told(RULES["R06"], tree) == []
    found = list(RULES["R06"].check(replace(tree, external=declared)))
    assert [(each.message, each.fix) for each in found] == [
        ("nothing creates Secret sops-ag in namespace flux-system", "name sops-age")
    ]
