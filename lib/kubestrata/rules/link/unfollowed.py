"""Inputs of a tree that were not read: remote bases, other repositories, Applications.

A Kustomization that could not be followed may create what is in its namespace; without one, what
its name suggests and what is in namespaces that the tree does not declare.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import ARGO, FLUX_OPERATOR, HELM, KUSTOMIZE
from kubestrata.rules.field import known, value_at
from kubestrata.rules.link.made_namespace import is_of_others
from kubestrata.rules.provider import is_closed, repository_of, source_address, source_reference
from kubestrata.rules.subject import ClusterTree, Subject, Unit, target_namespace
from kubestrata.rules.violation import Severity

FLUX_NAMESPACE = "flux-system"
_GENERIC = frozenset({"app", "apps", "cluster", "flux", "infra", "infrastructure", "system"})
"""Parts of names that relate nothing."""


class Unfollowed(Frozen):
    """Objects that may come from Kustomizations and Applications that were not followed."""

    namespaces: frozenset[str]
    """Namespaces with objects of any name and kind."""
    open: tuple[Identity, ...]
    """Those that may create objects in any namespace."""
    words: frozenset[str]
    """The parts of the names of those."""
    blind: bool
    """True if nothing is known of one of them."""
    declared: frozenset[str]
    """The namespaces of the tree, in which they create only what their names suggest."""
    everywhere: bool
    """True if unknown Applications may create objects in every namespace."""


def is_source(tree: ClusterTree, identity: Identity) -> bool:
    """Return True for a kind from which Flux reads files or charts."""
    return tree.knowledge.kind(identity.group, identity.kind).role == "source"


def flux_syncs(tree: ClusterTree) -> Iterator[str]:
    """Yield the names of the source and the Kustomization with which Flux begins."""
    yield FLUX_NAMESPACE
    for instance in tree.of_kind(FLUX_OPERATOR, "FluxInstance"):
        yield str(mapping(instance.spec.get("sync")).get("name") or instance.namespace)


def unfollowed(tree: ClusterTree) -> Unfollowed:
    """Return what may exist because Kustomizations could not be followed."""
    return tree.once(_unfollowed)


def _unfollowed(tree: ClusterTree) -> Unfollowed:
    namespaces: set[str] = set()
    without: list[Identity] = []
    blind = False
    installers = set(tree.provides.values())
    for unit in tree.units.values():
        if unit.complete or unit.identity in installers or _makes_nothing(tree, unit):
            continue
        own = _namespaces_of(unit)
        namespaces |= own
        blind = blind or not unit.objects
        if not own:
            without.append(unit.identity)
    declared = {each.identity.name for each in tree.of_kind("", "Namespace")}
    without += [each.identity for each in tree.unexpanded]
    targets = {_target(each) for each in tree.unexpanded}
    return Unfollowed(
        frozenset(namespaces | targets),
        tuple(without),
        frozenset(word for each in without for word in _words(each.name)),
        blind or bool(tree.unexpanded),
        frozenset({FLUX_NAMESPACE, *declared, *tree.knowledge.namespaces}),
        not all(map(known, targets)),
    )


def _target(applications: Subject) -> str:
    """Return the namespace of a set's Applications, '' if it has none."""
    namespace = value_at(applications.spec, "template.spec.destination.namespace")
    return str(namespace or "").replace("{{", "${")


def _makes_nothing(tree: ClusterTree, unit: Unit) -> bool:
    """Return True if a unit's source does not exist, or only has CRDs."""
    if unit.identity.group != KUSTOMIZE or unit.objects:
        return False
    reference = source_reference(unit.subject)
    if is_source(tree, reference) and known(reference.name) and not tree.exists(*reference):
        return True
    return repository_of(source_address(tree, unit.subject)) in tree.knowledge.repositories


def _namespaces_of(unit: Unit) -> set[str]:
    """Return the namespaces of a unit's objects: its target, those known, or its own."""
    spec = unit.subject.spec
    target = spec.get("targetNamespace") or mapping(spec.get("destination")).get("namespace")
    found = {each.namespace for each in unit.objects if each.namespace}
    if target:
        found.add(str(target))
    own = unit.identity.namespace
    if not found and unit.identity.group == KUSTOMIZE and own != FLUX_NAMESPACE:
        found.add(own)
    return found


def _words(name: str) -> Iterator[str]:
    least = 3
    for word in name.split("-"):
        if len(word) >= least and word not in _GENERIC and not word.isdigit():
            yield word


def foreign(tree: ClusterTree, namespace: str, name: str = "") -> bool:
    """Return True if a Kustomization that was not followed may create an object."""
    about = unfollowed(tree)
    if about.everywhere or namespace in about.namespaces:
        return True
    if not about.open:
        return False
    if namespace and namespace not in about.declared:
        return True
    return not about.words.isdisjoint((*_words(name), *_words(namespace)))


def is_alone(tree: ClusterTree, unit: Unit, namespace: str) -> bool:
    """Return True if nothing but one unit that was not followed may fill a namespace."""
    if tree.unexpanded or unit.identity.group != KUSTOMIZE or not known(namespace):
        return False
    others = (each for each in tree.units.values() if each is not unit and not each.complete)
    if any(namespace in (own := _namespaces_of(each)) or not own for each in others):
        return False
    if not tree.exists("", "Namespace", "", namespace):
        return False
    return all(target_namespace(each) != namespace for each in tree.of_kind(HELM, "HelmRelease"))


def is_hosted(tree: ClusterTree) -> bool:
    """Return True if a platform runs Flux, and makes the source with which the tree begins.

    It has more objects, which the tree does not show.
    """
    return tree.once(_is_hosted)


def _is_hosted(tree: ClusterTree) -> bool:
    sources = {
        source_reference(each.subject)
        for each in tree.units.values()
        if each.identity.group == KUSTOMIZE and each.parent is None
    }
    return any(
        is_source(tree, each) and each not in tree.by_identity and each.name not in flux_syncs(tree)
        for each in sources
    )


def is_whole(tree: ClusterTree) -> bool:
    """Return True if every input of the tree was read, but for known sources of CRDs."""
    units = tree.units.values()
    if is_hosted(tree) or not is_closed(tree):
        return False
    return all(each.complete or _makes_nothing(tree, each) for each in units)


def doubt(tree: ClusterTree, namespace: str = "") -> Severity | None:
    """Return a warning if what was not read could have made anything, else None.

    That is so if a folder that is applied from outside could not be read completely, if Argo CD
    applies more, perhaps to another cluster, or if a Kustomization that was not followed may
    create objects in any namespace. What makes a namespace that the tree only uses may have made
    more in it.
    """
    return Severity.WARNING if is_of_others(tree, namespace) else tree.once(_doubt)


def _doubt(tree: ClusterTree) -> Severity | None:
    units = tree.units.values()
    is_partial = not is_closed(tree) and all(each.complete for each in units)
    by_argo = not is_whole(tree) and any(each.identity.group == ARGO for each in units)
    anywhere = bool(unfollowed(tree).open)
    is_doubtful = is_partial or by_argo or anywhere or is_hosted(tree)
    return Severity.WARNING if is_doubtful else None
