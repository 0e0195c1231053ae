"""R06: Secrets and ConfigMaps in use exist, with the keys that are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestrata.core.alike import Names
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import known
from kubestrata.rules.near import near
from kubestrata.rules.references._reference import ReferenceField, ReferenceUse
from kubestrata.rules.references._secret_made import CONFIG_MAP, SECRET, Made, made
from kubestrata.rules.references._table import references
from kubestrata.rules.references._unseen import charted
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a Secret or ConfigMap; `keys` are the data keys that are read, with paths."""

    subject: Subject
    path: str
    kind: str
    namespace: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()


def uses(tree: ClusterTree) -> Sequence[Used]:
    """Return all uses of Secrets and ConfigMaps.

    The namespace is '' where only a flag of the controller has it: for cluster-scoped objects.
    """
    return tree.once(_uses)


def _uses(tree: ClusterTree) -> Sequence[Used]:
    # Secrets of the bootstrap are not in the tree: they are checked where they are declared.
    declared = {each.namespace for each in tree.external if each.kind == SECRET}
    return [
        Used(use.subject, use.path, use.target.kind, use.namespace, use.name, _keys(reference, use))
        for reference in references(tree, "R06")
        for use in reference.uses(tree)
        if use.value.get("optional") is not True
        and (use.namespace in declared or not reference.fact.bootstrap)
    ]


def _keys(reference: ReferenceField, use: ReferenceUse) -> tuple[tuple[str, str], ...]:
    fact, found = reference.fact, list[tuple[str, str]]()
    if fact.key:
        found.append((f"{use.at}.{fact.key}", known(use.value.get(fact.key, fact.key_default))))
    for index, item in enumerate(sequence(use.value.get("items"))):
        found.append((f"{use.at}.items[{index}].key", known(mapping(item).get("key"))))
    return tuple((path, key) for path, key in found if key)


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
        message = f"nothing creates {use.kind} {use.name} in namespace {use.namespace}"
        yield use.subject.finding(use.path, message, fix)
        return
    keys = made_here.at.get((use.kind, use.namespace, use.name))
    if keys is None:
        return
    for path, key in use.keys:
        if key not in keys:
            message = f"{use.kind} {use.name} has no key {key}"
            yield use.subject.finding(path, message, near(key, keys))


RULE = Rule(
    "R06",
    "Secrets and ConfigMaps in use exist, with the keys that are read",
    "pods do not start, certificates are not served, releases are not installed",
    _judge,
)
