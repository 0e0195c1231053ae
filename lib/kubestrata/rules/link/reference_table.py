"""All references in the knowledge files, by the rule that checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from kubestrata.knowledge import KindName, Knowledge, ReferenceFact
from kubestrata.rules.api_group import GATEWAY, NETWORKING, RBAC
from kubestrata.rules.link.reference import ReferenceField, Target
from kubestrata.rules.subject import ClusterTree


def references(tree: ClusterTree, rule: str) -> tuple[ReferenceField, ...]:
    """Return the references that a rule checks."""
    return references_by_rule(tree.knowledge).get(rule, ())


@cache
def references_by_rule(knowledge: Knowledge) -> Mapping[str, tuple[ReferenceField, ...]]:
    """Return every reference of one field of one kind, by the identifier of its rule."""
    found: dict[str, list[ReferenceField]] = {}
    for fact in knowledge.references:
        for reference in _expanded(knowledge, fact):
            found.setdefault(_rule(reference), []).append(reference)
    return {rule: tuple(several) for rule, several in sorted(found.items())}


def _expanded(knowledge: Knowledge, fact: ReferenceFact) -> Iterator[ReferenceField]:
    named = [KindName.parse(each) for each in fact.to if each != "*"]
    spelled = [(each.kind, each) for each in named]
    spelled += [(alias, KindName.parse(each)) for alias, each in fact.aliases.items()]
    targets = tuple((text, Target(*name, knowledge.kind(*name))) for text, name in spelled)
    for of in fact.of:
        for group, kind, prefix in _owners(knowledge, of):
            for path in fact.at:
                yield ReferenceField(
                    group, kind, prefix + path, targets, fact, is_open="*" in fact.to
                )


def _owners(knowledge: Knowledge, of: str) -> Iterator[tuple[str, str, str]]:
    if of != "PodSpec":
        name = KindName.parse(of)
        yield name.group, name.kind, ""
        return
    for (group, kind), fact in knowledge.kinds.items():
        if fact.pod_spec:
            yield group, kind, f"{fact.pod_spec}."


def _rule(reference: ReferenceField) -> str:
    owner, target = reference.group, (reference.target.group, reference.target.kind)
    if target in (("", "ConfigMap"), ("", "Secret")):
        return "R06"
    if reference.is_open:
        return "R09"
    if owner == RBAC:
        return "R10"
    if owner == GATEWAY and target in ((GATEWAY, "Gateway"), (GATEWAY, "ListenerSet")):
        return "R01"
    if target == ("", "Service") and owner in (GATEWAY, NETWORKING):
        return "R02" if owner == GATEWAY else "R03"
    role = reference.target.fact.role
    if role == "store":
        return "R05"
    return "R07" if role else "R13"
