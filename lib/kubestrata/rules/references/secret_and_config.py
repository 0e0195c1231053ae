"""R06: Secrets and ConfigMaps in use exist, with the keys that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kubestrata.core.alike import Names
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import KUSTOMIZE, SOURCE
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.secret_made import CONFIG_MAP, SECRET, Made, made
from kubestrata.rules.link.secret_use import keys_read, secret_uses
from kubestrata.rules.link.unseen import charted, doubt, is_whole
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_HASH = re.compile("[2456789bcdfghkmt]{10}")
"""The suffix of Kustomize's generators."""


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    known_here, anywhere = made(tree), tree.once(_anywhere)
    for use in secret_uses(tree):
        if use.namespace:
            yield from _one(tree, known_here, use)
            continue
        names = anywhere.get(use.target.kind, Names(()))
        if use.name not in names and not charted(tree, "", use.name):
            message = f"no {use.target.kind} {use.name} in any namespace"
            severity = None if is_whole(tree) else Severity.WARNING
            yield use.subject.finding(use.path, message, near(use.name, names), severity)


def _anywhere(tree: ClusterTree) -> dict[str, Names]:
    known = [(kind, name) for kind, _, name in made(tree).at]
    known += [(each.kind, each.name) for each in tree.external]
    kinds = (CONFIG_MAP, SECRET)
    return {kind: Names(name for of, name in known if of == kind) for kind in kinds}


def _one(tree: ClusterTree, made_here: Made, use: ReferenceUse) -> Iterator[Finding]:
    kind, namespace, name = use.target.kind, use.namespace, use.name
    names = made_here.names.get((kind, namespace), Names(()))
    hashed = None if name in names else _hashed(name, names)
    if hashed is not None:
        message = f"{kind} {name} is named {hashed}: Kustomize adds no hash to this field"
        yield use.subject.finding(use.path, message, "set disableNameSuffixHash: true")
        return
    if not made_here.exists(tree, kind, namespace, name):
        message = f"nothing creates {kind} {name} in namespace {namespace}"
        fix = near(name, names)
        is_doubtful = (
            (kind == SECRET and _is_first(use, names))
            or _may_be_copied(tree, use)
            or tree.is_kept_aside("", kind, name)
            or name in tree.once(_permitted)
        )
        severity = Severity.WARNING if is_doubtful else doubt(tree)
        yield use.subject.finding(use.path, message, fix, severity)
        return
    keys = made_here.at.get((kind, namespace, name))
    if keys is None:
        return
    for path, key in keys_read(use):
        if key not in keys:
            message = f"{kind} {name} has no key {key}"
            yield use.subject.finding(path, message, near(key, keys))


def _hashed(name: str, names: Names) -> str | None:
    """Return the name that a generator of Kustomize makes of another one, None without such."""
    found = (each for each in names.ordered if each.startswith(f"{name}-"))
    return next((each for each in found if _HASH.fullmatch(each, len(name) + 1)), None)


def _is_first(use: ReferenceUse, names: Names) -> bool:
    """Return True for a Secret that people may bring into the cluster before its delivery.

    Those are the credentials of a store, and what Flux itself needs, where the tree makes no
    Secrets in the namespace.
    """
    group, kind = use.subject.identity[:2]
    if kind in ("ClusterSecretStore", "SecretStore"):
        return True
    return group in (KUSTOMIZE, SOURCE) and not names.ordered


def _permitted(tree: ClusterTree) -> frozenset[str]:
    """Return the names that roles give programs access to: these may make the objects."""
    roles = tree.of_kind("rbac.authorization.k8s.io", "ClusterRole", "Role")
    rules = (mapping(rule) for each in roles for rule in sequence(each.manifest.get("rules")))
    return frozenset(
        str(name)
        for rule in rules
        if not {"configmaps", "secrets"}.isdisjoint(map(str, sequence(rule.get("resources"))))
        for name in sequence(rule.get("resourceNames"))
    )


def _may_be_copied(tree: ClusterTree, use: ReferenceUse) -> bool:
    """Return True if another namespace has the object, or an operator's object mentions it."""
    if use.name in tree.once(_anywhere).get(use.target.kind, Names(())):
        return True
    return use.name in tree.once(_mentioned).get(use.namespace, ())


def _mentioned(tree: ClusterTree) -> Mapping[str, set[str]]:
    """Return the texts in the objects of operators, by namespace."""
    found: dict[str, set[str]] = {}
    for subject in tree.subjects:
        if tree.knowledge.is_operated(subject.identity.group, subject.identity.kind):
            found.setdefault(subject.namespace, set()).update(_texts(subject.spec))
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in (*mapping(value).values(), *sequence(value)):
        yield from _texts(each)


RULES = (
    Rule(
        "R06",
        "Secrets and ConfigMaps in use exist, with the keys that are read",
        "pods do not start, certificates are not served, releases are not installed",
        _judge,
        in_charts=Severity.ERROR,
    ),
)
