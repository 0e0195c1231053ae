"""References by table: which field of which kind names what, and the one walk that judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from kubestrata.core.alike import Names
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import is_mapping
from kubestrata.rules.near import near
from kubestrata.rules.references._field import POD_SPECS, known, values
from kubestrata.rules.references._unseen import (
    charted,
    charts_anywhere,
    composed,
    delivered,
    hidden,
    may_exist,
)
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding


class Charts(Enum):
    """Which names a release may give to objects of a kind.

    ANY: every name, in the namespaces of releases (cluster-scoped: everywhere). TOLD: names that
    its values mention or that begin with its own. NONE: charts do not make such objects.
    """

    ANY = "any"
    NONE = "none"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Target:
    """A kind that is referred to; `builtin` exist in every cluster, a trailing `*` is a prefix."""

    group: str
    kind: str
    namespaced: bool = True
    charts: Charts = Charts.ANY
    builtin: tuple[str, ...] = ()
    said: str = ""
    """What a reference says as kind, where that is more than the kind: `VMCluster/vmselect`."""

    def has(self, name: str) -> bool:
        """Whether every cluster has an object of this name."""
        return any(
            name.startswith(each[:-1]) if each.endswith("*") else name == each
            for each in self.builtin
        )

    def named(self, namespace: str, name: str) -> Identity:
        """The object of this kind and name, in a namespace if it is in one."""
        return Identity(self.group, self.kind, namespace if self.namespaced else "", name)

    def names(self, tree: ClusterTree) -> Mapping[str, Names]:
        """The names of all objects of this kind, by namespace."""
        return tree.once(self._names)

    def _names(self, tree: ClusterTree) -> Mapping[str, Names]:
        found: dict[str, list[str]] = {}
        for each in self._all(tree):
            found.setdefault(each.namespace, []).append(each.name)
        return {each: Names(names) for each, names in found.items()}

    def namespace_of(self, tree: ClusterTree, name: str) -> str:
        """A namespace with an object of this kind and name, '' if none has one."""
        return tree.once(self._namespaces).get(name, "")

    def _namespaces(self, tree: ClusterTree) -> Mapping[str, str]:
        return {each.name: each.namespace for each in self._all(tree)}

    def _all(self, tree: ClusterTree) -> Iterator[Identity]:
        yield from (each.identity for each in tree.of_kind(self.group, self.kind))
        yield from (each for each in tree.external if each[:2] == (self.group, self.kind))


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names an object: `path` is the reference, or the name itself if `name` is ''.

    The first target holds where the reference says no kind. `namespace` is the key of another
    namespace; without it the name is looked up in the referring object's. `names` of one target
    are all that is judged: a reference to any other kind passes.
    """

    group: str
    kind: str
    path: str
    targets: tuple[Target, ...]
    name: str = "name"
    namespace: str = "namespace"
    when: Callable[[Mapping[str, Any]], bool] | None = None

    def uses(self, tree: ClusterTree) -> Sequence[Use]:
        """Every use of this field in a cluster that says a name; looked up once."""
        return tree.once(self._uses)

    def _uses(self, tree: ClusterTree) -> Sequence[Use]:
        found = (
            self._use(subject, path, value)
            for subject in tree.of_kind(self.group, self.kind)
            for path, value in values(subject.manifest, self.path)
        )
        return [use for use in found if use is not None]

    def _use(self, subject: Subject, path: str, value: object) -> Use | None:
        if not self.name:
            name = known(value)
            return Use(subject, path, name, subject.namespace, self.targets[0]) if name else None
        if not is_mapping(value) or (self.when is not None and not self.when(value)):
            return None
        name, target = known(value.get(self.name)), self._target(value)
        if not name or target is None:
            return None
        namespace = (value.get(self.namespace) if self.namespace else "") or subject.namespace
        return Use(subject, f"{path}.{self.name}", name, str(namespace), target, path, value)

    def _target(self, value: Mapping[str, Any]) -> Target | None:
        kind = value.get("kind") or self.targets[0].kind
        said = value.get("group", value.get("apiGroup"))
        if said is None and value.get("apiVersion"):
            said = group_of(str(value["apiVersion"]))
        return next(
            (
                each
                for each in self.targets
                if kind == (each.said or each.kind) and said in (None, "", each.group)
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Use:
    """One reference of one object: `at` is its path and `value` what it says; `path` the name's."""

    subject: Subject
    path: str
    name: str
    namespace: str
    target: Target
    at: str = ""
    value: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> Identity:
        """The object that is named."""
        return self.target.named(self.namespace, self.name)


def judge_references(tree: ClusterTree, table: Iterable[Reference]) -> Iterator[Finding]:
    """Every reference of a table that names nothing."""
    for reference in table:
        for use in reference.uses(tree):
            if not _holds(tree, use):
                yield _finding(tree, use, reference.targets)


def _holds(tree: ClusterTree, use: Use) -> bool:
    target = use.target
    namespace = use.namespace if target.namespaced else ""
    if tree.exists(target.group, target.kind, namespace, use.name) or target.has(use.name):
        return True
    if target.namespaced and (not known(namespace) or composed(tree, namespace)):
        return True
    if target.charts is not Charts.ANY:
        told = target.charts is Charts.TOLD
        return charted(tree, use.name) if told else delivered(tree, use.name)
    if not target.namespaced:
        return charts_anywhere(tree)
    made = may_exist if target.group == "" else _charted_at
    return made(tree, namespace, use.name)


def _charted_at(tree: ClusterTree, namespace: str, _: str) -> bool:
    # Operators make Services, accounts and claims of their own, but no custom resources.
    return hidden(tree, namespace)


def _finding(tree: ClusterTree, use: Use, targets: tuple[Target, ...]) -> Finding:
    target = use.target
    where = f" in namespace {use.namespace}" if target.namespaced else ""
    message = f"no {target.kind} {use.name}{where}"
    for other in targets:
        if other is not target and tree.exists(*other.named(use.namespace, use.name)):
            return use.subject.finding(use.path, message, f"set kind {other.kind}")
    there = target.namespace_of(tree, use.name)
    if there and target.namespaced:
        message += f"; it is in namespace {there}"
    names = target.names(tree).get(use.namespace if target.namespaced else "", ())
    return use.subject.finding(use.path, message, "" if there else near(use.name, names))


def of_pods(path: str, target: Target, name: str = "") -> tuple[Reference, ...]:
    """The same field of the pod spec, for every kind that runs pods."""
    return tuple(
        Reference(group, kind, f"{spec}.{path}", (target,), name)
        for (group, kind), spec in POD_SPECS.items()
    )


def of_kinds(
    group: str, kinds: Iterable[str], path: str, *targets: Target, name: str = "name"
) -> tuple[Reference, ...]:
    """The same field of several kinds of one group."""
    return tuple(Reference(group, kind, path, targets, name) for kind in kinds)
