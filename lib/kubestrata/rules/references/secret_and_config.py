"""R06: Secrets and ConfigMaps in use exist, with the keys that are read."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import Names
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.secret_made import CONFIG_MAP, SECRET, Made, made
from kubestrata.rules.link.secret_use import keys_read, secret_uses
from kubestrata.rules.link.unseen import charted
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    known_here, anywhere = made(tree), tree.once(_anywhere)
    for use in secret_uses(tree):
        if use.namespace:
            yield from _one(tree, known_here, use)
            continue
        names = anywhere.get(use.target.kind, Names(()))
        if use.name not in names and not charted(tree, use.name):
            message = f"no {use.target.kind} {use.name} in any namespace"
            yield use.subject.finding(use.path, message, near(use.name, names))


def _anywhere(tree: ClusterTree) -> dict[str, Names]:
    known = [(kind, name) for kind, _, name in made(tree).at]
    known += [(each.kind, each.name) for each in tree.external]
    kinds = (CONFIG_MAP, SECRET)
    return {kind: Names(name for of, name in known if of == kind) for kind in kinds}


def _one(tree: ClusterTree, made_here: Made, use: ReferenceUse) -> Iterator[Finding]:
    if not made_here.exists(tree, use.target.kind, use.namespace, use.name):
        fix = near(use.name, made_here.names.get((use.target.kind, use.namespace), ()))
        message = f"nothing creates {use.target.kind} {use.name} in namespace {use.namespace}"
        yield use.subject.finding(use.path, message, fix)
        return
    keys = made_here.at.get((use.target.kind, use.namespace, use.name))
    if keys is None:
        return
    for path, key in keys_read(use):
        if key not in keys:
            message = f"{use.target.kind} {use.name} has no key {key}"
            yield use.subject.finding(path, message, near(key, keys))


RULES = (
    Rule(
        "R06",
        "Secrets and ConfigMaps in use exist, with the keys that are read",
        "pods do not start, certificates are not served, releases are not installed",
        _judge,
    ),
)
