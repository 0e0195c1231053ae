"""Objects of the cluster that the tree names and does not create: Secrets, classes, CRDs."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import is_mapping
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.contract.requirement import Requirement, use_of
from kubestrata.rules.contract.sort import CLASSES, CONFIG_MAP, CRDS, DEFAULT, OBJECT, SECRET
from kubestrata.rules.field import values
from kubestrata.rules.link.reference import ReferenceField, ReferenceUse, may_be
from kubestrata.rules.link.reference_table import references_by_rule
from kubestrata.rules.link.secret_made import made
from kubestrata.rules.link.secret_use import keys_read
from kubestrata.rules.link.unseen import charted, composed
from kubestrata.rules.provider import custom
from kubestrata.rules.subject import ClusterTree, Declared
from kubestrata.rules.violation import Location

_DATA = {"Secret": SECRET, "ConfigMap": CONFIG_MAP}


def object_needs(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the references to objects that nothing in the tree creates."""
    tables = references_by_rule(tree.knowledge).items()
    for rule, several in tables:
        for reference in several:
            for use in reference.uses(tree):
                yield from _data(tree, use) if rule == "R06" else _other(tree, use)
            if reference.fact.has_default:
                yield from _defaults(tree, reference)
    yield from _definitions(tree)


def _data(tree: ClusterTree, use: ReferenceUse) -> Iterator[Requirement]:
    """Yield the need of a Secret or ConfigMap, for every key that is read."""
    target = use.target
    sort = _DATA.get(target.kind)
    if sort is None or _is_made(tree, use):
        return
    certain = _is_of_delivery(tree, use) or not _may_be_made(tree, use)
    name = f"{use.namespace}/{use.name}" if use.namespace else use.name
    optional = use.value.get("optional") is True
    for path, key in keys_read(use) or [(use.path, "")]:
        field = use_of(use.subject, path)
        yield Requirement(sort, name, field, key, certain=certain, optional=optional)


def _is_made(tree: ClusterTree, use: ReferenceUse) -> bool:
    """Return True if the tree creates what is named, in any namespace if the field has none."""
    known, kind, name = made(tree), use.target.kind, use.name
    if (kind, name) in known.copied or name in use.target.fact.builtin:
        return True
    if use.namespace:
        return (kind, use.namespace, name) in known.at
    return any(one[0] == kind and one[2] == name for one in known.at)


def _is_of_delivery(tree: ClusterTree, use: ReferenceUse) -> bool:
    """Return True if the delivery itself needs an object, or it is declared to exist."""
    if use.identity in tree.external or use.reference.fact.bootstrap:
        return True
    return use.subject.identity.group == KUSTOMIZE and not composed(tree, use.namespace)


def _may_be_made(tree: ClusterTree, use: ReferenceUse) -> bool:
    if not use.namespace:
        return charted(tree, "", use.name)
    return made(tree).exists(tree, use.target.kind, use.namespace, use.name)


def _other(tree: ClusterTree, use: ReferenceUse) -> Iterator[Requirement]:
    target, identity = use.target, use.identity
    if identity in tree.by_identity:
        return
    field = use_of(use.subject, use.path)
    sort = CLASSES.get((target.group, target.kind))
    if sort is None:
        if identity in tree.external:
            yield Requirement(OBJECT, str(identity), field)
    elif target.fact.platform or not target.has(use.name):
        certain = target.has(use.name) or not may_be(tree, target, "", use.name)
        yield Requirement(sort, use.name, field, certain=certain or identity in tree.external)


def _defaults(tree: ClusterTree, reference: ReferenceField) -> Iterator[Requirement]:
    """Yield the need of a default class where an object names none."""
    target = reference.target
    sort = CLASSES.get((target.group, target.kind))
    if sort is None or any(
        _is_default(each.annotations) for each in tree.of_kind(target.group, target.kind)
    ):
        return
    above, _, key = reference.path.rpartition(".")
    for subject in tree.of_kind(reference.group, reference.kind):
        for path, value in values(subject.manifest, above):
            if is_mapping(value) and value.get(key) is None and not value.get("volumeName"):
                yield Requirement(sort, DEFAULT, use_of(subject, path))


def _is_default(annotations: object) -> bool:
    found = annotations if is_mapping(annotations) else {}
    return any(key.endswith("/is-default-class") for key in found if found[key] == "true")


def _definitions(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the groups of custom objects whose CRDs are declared to exist before the delivery."""
    for subject in custom(tree):
        group = subject.identity.group
        is_bootstrap = tree.knowledge.group(group).bootstrap == "always"
        if group in tree.given_groups and group not in tree.provides and not is_bootstrap:
            yield Requirement(CRDS, group, use_of(subject, "apiVersion"))


def declared_object(identity: Identity, place: Location) -> Declared:
    """Return the declaration that an object exists, for the settings of a project."""
    home = f"{identity.namespace}/" if identity.namespace else ""
    sort = _DATA.get(identity.kind) if not identity.group else CLASSES.get(identity[:2])
    if sort is None:
        return Declared(OBJECT, str(identity), place)
    return Declared(sort, f"{home}{identity.name}", place)
