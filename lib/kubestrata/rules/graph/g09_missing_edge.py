"""G09: what an object needs is ready before its unit starts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.dependency import Order
from kubestrata.rules.provider import provider_of
from kubestrata.rules.release import HELM, SOURCE
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_GATEWAY = "gateway.networking.k8s.io"
_Need = tuple[Identity, str]


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = Order(tree)
    for unit in tree.units.values():
        if unit.identity.kind != "Kustomization":
            continue
        missing: dict[Identity, str] = {}
        before = order.before(unit.identity)
        for subject in unit.objects:
            for home, reason in _needs(tree, subject):
                if home != unit.identity and home not in before:
                    missing.setdefault(home, reason)
        for home, reason in sorted(missing.items()):
            if unit.identity in order.before(home):
                continue
            message = f"does not wait for {home.name}: {reason}"
            fix = f"add {home.name} to dependsOn"
            yield unit.subject.finding("spec.dependsOn", message, fix)


def _needs(tree: ClusterTree, subject: Subject) -> Iterator[_Need]:
    """The units that make what an object cannot be applied or become ready without."""
    identity = subject.identity
    provider = provider_of(tree, identity.group)
    if provider is not None and provider.unit is not None:
        yield provider.unit, f"{identity} needs the CRDs of {identity.group}"
    named = [Identity("", "Namespace", "", identity.namespace), *_references(subject)]
    for target in named:
        found = tree.by_identity.get(target)
        if found is not None and found.unit is not None:
            reason = "is in" if target.kind == "Namespace" else "names"
            yield found.unit, f"{identity} {reason} {target}"


def _references(subject: Subject) -> Iterator[Identity]:
    spec, space = subject.spec, subject.namespace
    if subject.identity.group == HELM:
        chart = mapping(mapping(mapping(spec.get("chart")).get("spec")).get("sourceRef"))
        for reference in (chart, mapping(spec.get("chartRef"))):
            yield _named(SOURCE, reference, "", space)
    for reference in map(mapping, sequence(spec.get("parentRefs"))):
        if subject.identity.group == _GATEWAY:
            yield _named(_GATEWAY, reference, "Gateway", space)
    if subject.identity.kind == "Certificate":
        reference = mapping(spec.get("issuerRef"))
        yield _issuer(reference, space)
    if subject.identity.kind == "ExternalSecret":
        reference = mapping(spec.get("secretStoreRef"))
        kind = str(reference.get("kind") or "SecretStore")
        where = "" if kind.startswith("Cluster") else space
        yield Identity("external-secrets.io", kind, where, str(reference.get("name", "")))


def _named(group: str, reference: dict[str, object], kind: str, space: str) -> Identity:
    where = str(reference.get("namespace") or space)
    return Identity(
        group, str(reference.get("kind") or kind), where, str(reference.get("name", ""))
    )


def _issuer(reference: dict[str, object], space: str) -> Identity:
    kind = str(reference.get("kind") or "Issuer")
    group = group_of(f"{reference.get('group') or 'cert-manager.io'}/v1")
    where = "" if kind.startswith("Cluster") else space
    return Identity(group, kind, where, str(reference.get("name", "")))


RULE = Rule(
    "G09",
    "what an object needs is covered by dependsOn, directly or through others",
    "the first installation fails, or takes many rounds",
    _judge,
)
