"""References from the knowledge files: the fields that name objects, and their check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import field
from msgspec.structs import replace

from kubestrata.core.alike import Names, alike
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import is_mapping
from kubestrata.knowledge import Kind, ReferenceFact
from kubestrata.rules.field import known, value_at, values
from kubestrata.rules.link.unfollowed import doubt, is_alone, is_whole, unfollowed
from kubestrata.rules.link.unseen import (
    charted,
    charts_anywhere,
    composed,
    delivered,
    hidden,
    is_merely_open,
    may_exist,
)
from kubestrata.rules.near import near
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


class Target(Frozen):
    """A kind that is referred to."""

    group: str
    kind: str
    fact: Kind

    def has(self, name: str) -> bool:
        """Return True if every cluster has an object of this name."""
        return any(
            name.startswith(each[:-1]) if each.endswith("*") else name == each
            for each in self.fact.builtin
        )

    def named(self, namespace: str, name: str) -> Identity:
        """Return the object of this kind and name, in a namespace if it is in one."""
        return Identity(self.group, self.kind, namespace if self.fact.namespaced else "", name)

    def names(self, tree: ClusterTree) -> Mapping[str, Names]:
        """Return the names of all objects of this kind, by namespace."""
        return tree.once(self._names)

    def _names(self, tree: ClusterTree) -> Mapping[str, Names]:
        found: dict[str, list[str]] = {}
        for each in self._all(tree):
            found.setdefault(each.namespace, []).append(each.name)
        return {each: Names(names) for each, names in found.items()}

    def namespace_of(self, tree: ClusterTree, name: str) -> str:
        """Return a namespace with an object of this kind and name, '' if none has one."""
        return tree.once(self._namespaces).get(name, "")

    def _namespaces(self, tree: ClusterTree) -> Mapping[str, str]:
        return {each.name: each.namespace for each in self._all(tree)}

    def _all(self, tree: ClusterTree) -> Iterator[Identity]:
        yield from (each.identity for each in tree.of_kind(self.group, self.kind))
        yield from (each for each in tree.external if each[:2] == (self.group, self.kind))


class ReferenceField(Frozen, eq=False):
    """A field of one kind that names an object of one of the targets.

    `targets` are by the value of `kind` in the field; a reference to another kind does not count,
    unless `is_open`.
    """

    group: str
    kind: str
    path: str
    targets: tuple[tuple[str, Target], ...]
    fact: ReferenceFact
    is_open: bool = False

    @property
    def target(self) -> Target:
        """Return the kind that is meant if the field has no `kind`."""
        return self.targets[0][1]

    def uses(self, tree: ClusterTree) -> Sequence[ReferenceUse]:
        """Return every use of this field in a cluster that has a name; looked up once."""
        return tree.once(self._uses) if tree.has_kind(self.group, self.kind) else ()

    def _uses(self, tree: ClusterTree) -> Sequence[ReferenceUse]:
        found = (
            self._use(tree, subject, path, value)
            for subject in tree.of_kind(self.group, self.kind)
            if subject.annotations.keys().isdisjoint(self.fact.unless_annotated)
            and not self._is_unread(subject)
            for path, value in values(subject.manifest, self.path)
        )
        return [use for use in found if use is not None]

    def _is_unread(self, subject: Subject) -> bool:
        """Return True if the object has a value with which nothing reads the field."""
        return any(
            value_at(subject.manifest, path) in unread for path, unread in self.fact.unless.items()
        )

    def _use(
        self, tree: ClusterTree, subject: Subject, path: str, value: object
    ) -> ReferenceUse | None:
        fact = self.fact
        if fact.is_name:
            name = known(value)
            return (
                ReferenceUse(self, subject, path, name, subject.namespace, self.target)
                if name
                else None
            )
        if not is_mapping(value) or not all(value.get(each) for each in fact.required):
            return None
        name, target = known(value.get(fact.name)), self._target(tree, value)
        if not name or target is None or re.fullmatch(fact.except_names, name):
            return None
        namespace = (not fact.same_namespace and value.get("namespace")) or subject.namespace
        return ReferenceUse(
            self, subject, f"{path}.{fact.name}", name, str(namespace), target, path, value
        )

    def _target(self, tree: ClusterTree, value: Mapping[str, Any]) -> Target | None:
        kind = value.get("kind") or self.target.kind
        group = value.get("group", value.get("apiGroup"))
        if group is None and value.get("apiVersion"):
            group = group_of(str(value["apiVersion"]))
        for spelling, target in self.targets:
            if kind == spelling and group in (None, "", target.group):
                return target
        if not self.is_open:
            return None
        other = self.target.group if group is None else str(group)
        return Target(other, str(kind), tree.knowledge.kind(other, str(kind)))


class ReferenceUse(Frozen):
    """One reference of one object: `at` is its path and `value` its content; `path` the name's."""

    reference: ReferenceField
    subject: Subject
    path: str
    name: str
    namespace: str
    target: Target
    at: str = ""
    value: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> Identity:
        """Return the identity of the named object."""
        return self.target.named(self.namespace, self.name)


def check_references(tree: ClusterTree, references: Iterable[ReferenceField]) -> Iterator[Finding]:
    """Report every reference to an object that does not exist."""
    for reference in references:
        for use in reference.uses(tree):
            exists = may_be(tree, use.target, use.namespace, use.name)
            if not exists or _is_only_in_itself(tree, use):
                yield _finding(tree, use)
            elif _is_misspelt(tree, use):
                yield replace(_finding(tree, use), severity=Severity.WARNING)


def _is_only_in_itself(tree: ClusterTree, use: ReferenceUse) -> bool:
    """Return True if only what a Kustomization applies may have what it needs to apply anything."""
    unit = tree.units.get(use.subject.identity)
    if unit is None or unit.complete or unit.objects or not use.target.fact.namespaced:
        return False
    if tree.exists(*use.identity) or use.target.has(use.name):
        return False
    return is_alone(tree, unit, use.namespace)


def _is_misspelt(tree: ClusterTree, use: ReferenceUse) -> bool:
    """Return True for an account like one of the tree, which only the cluster itself may have.

    Namespaces such as kube-system have accounts of the cluster itself.
    """
    target, namespace, name = use.target, use.namespace, use.name
    if (target.group, target.kind) != ("", "ServiceAccount") or target.has(name):
        return False
    if tree.exists(*use.identity) or not is_merely_open(tree, namespace, name):
        return False
    return bool(alike(name, target.names(tree).get(namespace, Names(())), count=1))


def may_be(tree: ClusterTree, target: Target, space: str, name: str) -> bool:
    """Return True if an object exists, or something that is not known here may create it."""
    fact = target.fact
    namespace = space if fact.namespaced else ""
    if tree.exists(target.group, target.kind, namespace, name) or target.has(name):
        return True
    if fact.namespaced and (not known(namespace) or composed(tree, namespace, name)):
        return True
    if fact.charts != "any":
        made = charted if fact.charts == "named" else delivered
        return made(tree, namespace, name)
    if not fact.namespaced:
        return charts_anywhere(tree, name)
    # Operators create Services, accounts and workloads of their own, but no custom resources.
    if target.group == "" or tree.knowledge.group(target.group).builtin:
        return may_exist(tree, namespace, name)
    return hidden(tree, namespace)


def certainty(tree: ClusterTree, target: Target, namespace: str = "") -> Severity | None:
    """Return the severity of a missing object: None, or a warning if a cluster may bring it."""
    if not target.fact.namespaced:
        # A remote base has roles and classes, but hardly the custom resources of others.
        is_builtin = tree.knowledge.group(target.group).builtin
        if unfollowed(tree).blind or (is_builtin and not is_whole(tree)):
            return Severity.WARNING
    is_brought = target.fact.platform and not tree.of_kind(target.group, target.kind)
    return Severity.WARNING if is_brought else doubt(tree, namespace)


def _finding(tree: ClusterTree, use: ReferenceUse) -> Finding:
    target, namespaced = use.target, use.target.fact.namespaced
    severity = certainty(tree, target, use.namespace if namespaced else "")
    if use.reference.fact.soft or tree.is_kept_aside(target.group, target.kind, use.name):
        severity = Severity.WARNING
    where = f" in namespace {use.namespace}" if namespaced else ""
    message = f"no {target.kind} {use.name}{where}"
    for _, other in use.reference.targets:
        if other is not target and tree.exists(*other.named(use.namespace, use.name)):
            return use.subject.finding(use.path, message, f"set kind {other.kind}", severity)
    there = target.namespace_of(tree, use.name)
    if there and namespaced:
        message += f"; it is in namespace {there}"
    names = target.names(tree).get(use.namespace if namespaced else "", ())
    fix = "" if there else near(use.name, names)
    fix = fix or f"create the {target.kind}{where}, or name an existing one"
    return use.subject.finding(use.path, message, fix, severity)
