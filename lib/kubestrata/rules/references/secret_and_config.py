"""R06: Secrets and ConfigMaps in use exist, with the keys that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from kubestrata.core.alike import Names, alike
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import KUSTOMIZE, RBAC, SOURCE
from kubestrata.rules.field import known
from kubestrata.rules.link.mounted_file import missing_files
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.secret_made import CONFIG_MAP, SECRET, Keys, Made, made
from kubestrata.rules.link.secret_use import keys_read, secret_uses
from kubestrata.rules.link.unfollowed import doubt, foreign, is_whole
from kubestrata.rules.link.unseen import charted, composed
from kubestrata.rules.near import is_misspelt, near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_SOURCE = ".substituteFrom["
_HASH = re.compile("[2456789bcdfghkmt]{10}")
"""The suffix of Kustomize's generators."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    known_here, anywhere = made(tree), tree.once(_anywhere)
    sources: dict[Identity, list[ReferenceUse]] = {}
    for use in secret_uses(tree):
        if use.namespace and use.subject.identity.group == KUSTOMIZE and _SOURCE in use.path:
            sources.setdefault(use.identity, []).append(use)
            continue
        if use.namespace:
            yield from _one(tree, known_here, use)
            continue
        names = anywhere.get(use.target.kind, Names(()))
        if use.name in names:
            yield from _missing_keys(use, _keys_anywhere(known_here, use))
        elif not charted(tree, "", use.name):
            message = f"no {use.target.kind} {use.name} in any namespace"
            severity = None if is_whole(tree) else Severity.WARNING
            yield use.subject.finding(use.path, message, near(use.name, names), severity)
    for several in sources.values():
        yield from _source_of_variables(tree, known_here, several)


def _source_of_variables(
    tree: ClusterTree, made_here: Made, uses: Sequence[ReferenceUse]
) -> Iterator[Finding]:
    """Yield the problem of a source once: most Kustomizations of a cluster name the same one."""
    more = len(uses) - 1
    for found in _one(tree, made_here, uses[0]):
        others = f"; {more} more Kustomization{'s' if more > 1 else ''} name it" if more else ""
        yield replace(found, message=found.message + others)


def _read(tree: ClusterTree) -> Iterator[Finding]:
    yield from _check(tree)
    yield from missing_files(tree, made(tree))


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
            or (use.reference.fact.bootstrap and not _meant(use, names))
            or _may_be_copied(tree, use)
            or tree.is_kept_aside("", kind, name)
            or name in tree.once(_permitted)
        )
        severity = Severity.WARNING if is_doubtful else doubt(tree, namespace)
        yield use.subject.finding(use.path, message, fix, severity)
        return
    if (kind, namespace, name) not in made_here.at and (meant := _misspelt(tree, use, names)):
        message = f"nothing in the tree creates {kind} {name} in namespace {namespace}"
        yield use.subject.finding(use.path, message, f"name {meant}", Severity.WARNING)
    yield from _missing_keys(use, made_here.at.get((kind, namespace, name)))


def _misspelt(tree: ClusterTree, use: ReferenceUse, names: Names) -> str:
    """Return the name that is probably meant, '' if an operator may make the object.

    Charts, operators and Compositions may make further objects, but a name that hardly differs
    from one of the tree means that one.
    """
    if foreign(tree, use.namespace, use.name):
        return ""
    if composed(tree, use.namespace, use.name) or not known(use.name):
        return ""
    if tree.exists(*use.identity) or use.name in tree.knowledge.kind("", use.target.kind).builtin:
        return ""
    return _meant(use, names)


def _meant(use: ReferenceUse, names: Names) -> str:
    """Return the name from which the one of a reference hardly differs, '' without such."""
    found = alike(use.name, names, count=1)
    return found[0] if found and is_misspelt(use.name, found[0]) else ""


def _missing_keys(use: ReferenceUse, keys: Keys) -> Iterator[Finding]:
    if keys is None:
        return
    for path, key in keys_read(use):
        if key not in keys:
            message = f"{use.target.kind} {use.name} has no key {key}"
            yield use.subject.finding(path, message, near(key, keys))


def _keys_anywhere(made_here: Made, use: ReferenceUse) -> Keys:
    """Return the keys of all objects of a name, None if those of one are not known."""
    found: set[str] = set()
    several = [
        keys
        for (kind, _, name), keys in made_here.at.items()
        if (kind, name) == (use.target.kind, use.name)
    ]
    for keys in several:
        if keys is None:
            return None
        found |= keys
    return frozenset(found) if several else None


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
    roles = tree.of_kind(RBAC, "ClusterRole", "Role")
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
        _read,
        in_charts=Severity.ERROR,
    ),
)
