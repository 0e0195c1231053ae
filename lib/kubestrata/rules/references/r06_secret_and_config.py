"""R06: Secrets and ConfigMaps that are used are made by something, with the keys that are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kubestrata.core.alike import Names
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.rules.api_group import GATEWAY, HELM, KUSTOMIZE, SOURCE
from kubestrata.rules.near import near
from kubestrata.rules.references._field import known, values
from kubestrata.rules.references._secret_made import CONFIG_MAP, SECRET, Made, made
from kubestrata.rules.references._secret_use import Used, by_pods, by_table, used
from kubestrata.rules.references._unseen import charted
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_CERTIFIED = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme")
_STORES = "external-secrets.io"


def uses(tree: ClusterTree) -> Sequence[Used]:
    """Every use of a Secret or ConfigMap, with no namespace where only a controller knows it."""
    return tree.once(_uses)


def _uses(tree: ClusterTree) -> Sequence[Used]:
    return list(_walked(tree))


def _walked(tree: ClusterTree) -> Iterator[Used]:
    for workload in tree.workloads:
        yield from by_pods(workload)
    yield from by_table(tree)
    for found in (_flux, _bootstrap, _tls, _policies, _stores, _issuers):
        yield from found(tree)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    known_here, anywhere = made(tree), tree.once(_anywhere)
    for use in uses(tree):
        if use.namespace:
            yield from _one(tree, known_here, use)
            continue
        names = anywhere.get(use.kind, Names(()))
        if use.name not in names and not charted(tree, use.name):
            message = f"no {use.kind} {use.name} in any namespace"
            yield use.subject.finding(use.path, message, near(use.name, names))


def _anywhere(tree: ClusterTree) -> dict[str, Names]:
    known = [(kind, name) for kind, _, name in made(tree).at]
    known += [(each.kind, each.name) for each in tree.external]
    kinds = (CONFIG_MAP, SECRET)
    return {kind: Names(name for of, name in known if of == kind) for kind in kinds}


def _one(tree: ClusterTree, made_here: Made, use: Used) -> Iterator[Finding]:
    if not made_here.exists(tree, use.kind, use.namespace, use.name):
        fix = near(use.name, made_here.names.get((use.kind, use.namespace), ()))
        message = f"nothing makes {use.kind} {use.name} in namespace {use.namespace}"
        yield use.subject.finding(use.path, message, fix)
        return
    keys = made_here.at.get((use.kind, use.namespace, use.name))
    if keys is None:
        return
    for path, key in use.keys:
        if key not in keys:
            message = f"{use.kind} {use.name} has no key {key}"
            yield use.subject.finding(path, message, near(key, keys))


def _flux(tree: ClusterTree) -> Iterator[Used]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        for path, value in values(release.manifest, "spec.valuesFrom[]"):
            for use in used(release, path, str(mapping(value).get("kind")), value):
                key = mapping(value).get("valuesKey") or "values.yaml"
                yield replace(use, keys=((f"{path}.valuesKey", str(key)),))
    for unit in tree.of_kind(KUSTOMIZE, "Kustomization"):
        for path, value in values(unit.manifest, "spec.postBuild.substituteFrom[]"):
            yield from used(unit, path, str(mapping(value).get("kind")), value)
    for terraform in tree.of_kind("infra.contrib.fluxcd.io", "Terraform"):
        for path, value in values(terraform.manifest, "spec.varsFrom[]"):
            yield from used(terraform, path, str(mapping(value).get("kind")), value)


def _bootstrap(tree: ClusterTree) -> Iterator[Used]:
    # What opens the repository cannot come out of it: it is judged where it was declared.
    declared = {each.namespace for each in tree.external if each.kind == SECRET}
    fields = (
        (KUSTOMIZE, ("Kustomization",), ("decryption.secretRef",)),
        (
            SOURCE,
            ("Bucket", "GitRepository", "HelmRepository", "OCIRepository"),
            ("certSecretRef", "proxySecretRef", "secretRef", "verify.secretRef"),
        ),
    )
    for group, kinds, paths in fields:
        for subject in tree.of_kind(group, *kinds):
            if subject.namespace in declared:
                for field in paths:
                    for path, value in values(subject.manifest, f"spec.{field}"):
                        yield from used(subject, path, SECRET, value)


def _tls(tree: ClusterTree) -> Iterator[Used]:
    for ingress in tree.of_kind("networking.k8s.io", "Ingress"):
        if not any(each in ingress.annotations for each in _CERTIFIED):
            for path, value in values(ingress.manifest, "spec.tls[].secretName"):
                yield from used(ingress, path, SECRET, value, "")
    for gateway in tree.of_kind(GATEWAY, "Gateway", "ListenerSet"):
        if any(each in gateway.annotations for each in _CERTIFIED):
            continue
        for path, value in values(gateway.manifest, "spec.listeners[].tls.certificateRefs[]"):
            yield from _at(gateway, path, value)


def _policies(tree: ClusterTree) -> Iterator[Used]:
    for policy in tree.of_kind("gateway.envoyproxy.io", "SecurityPolicy"):
        for field in ("apiKeyAuth.credentialRefs[]", "basicAuth.users", "oidc.clientSecret"):
            for path, value in values(policy.manifest, f"spec.{field}"):
                yield from _at(policy, path, value)
    for policy in tree.of_kind(GATEWAY, "BackendTLSPolicy"):
        for path, value in values(policy.manifest, "spec.validation.caCertificateRefs[]"):
            yield from _at(policy, path, value, CONFIG_MAP)


def _at(subject: Subject, path: str, value: object, kind: str = SECRET) -> Iterator[Used]:
    reference = mapping(value)
    said = str(reference.get("kind") or kind)
    if said not in (SECRET, CONFIG_MAP) or reference.get("group"):
        return
    namespace = str(reference.get("namespace") or subject.namespace)
    for use in used(subject, path, said, value):
        yield replace(use, namespace=namespace)


def _stores(tree: ClusterTree) -> Iterator[Used]:
    for store in tree.of_kind(_STORES, "SecretStore", "ClusterSecretStore"):
        for path, value in _references(store.spec.get("provider"), "spec.provider"):
            namespace = known(value.get("namespace")) or store.namespace
            if namespace:
                for use in used(store, path, SECRET, value, key="key"):
                    yield replace(use, namespace=namespace)


def _issuers(tree: ClusterTree) -> Iterator[Used]:
    """Of a ClusterIssuer the namespace is the controller's, which only its flags tell."""
    for issuer in tree.of_kind("cert-manager.io", "ClusterIssuer", "Issuer"):
        for field in ("acme", "vault", "venafi"):
            for path, value in _references(issuer.spec.get(field), f"spec.{field}"):
                if not path.endswith(".privateKeySecretRef"):
                    yield from used(issuer, path, SECRET, value, key="key")
        if issuer.identity.kind == "ClusterIssuer":
            for path, value in values(issuer.manifest, "spec.ca.secretName"):
                yield from used(issuer, path, SECRET, value, "")


def _references(value: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if is_mapping(value):
        for key, inner in value.items():
            here = f"{path}.{key}"
            if key.endswith(("SecretRef", "secretRef")) and "name" in mapping(inner):
                yield here, inner
            else:
                yield from _references(inner, here)
    else:
        for index, inner in enumerate(sequence(value)):
            yield from _references(inner, f"{path}[{index}]")


RULE = Rule(
    "R06",
    "a Secret or ConfigMap that is used is made by something, with the keys that are read",
    "pods do not start, certificates are not served, releases do not install",
    _judge,
)
