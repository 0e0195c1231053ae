"""Variables that Flux substitutes and whose sources are outside of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.contract.requirement import Requirement, use_of
from kubestrata.rules.contract.sort import VARIABLE
from kubestrata.rules.placeholders import PlaceholderUse, substituted, uses
from kubestrata.rules.subject import ClusterTree, Subject, Unit


def variable_needs(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the uses of variables that no object of the tree declares.

    Kustomizations whose sources are all in the tree have none: an undeclared variable of theirs is
    a mistake.
    """
    declared = {each.name: each.source for each in tree.declared if each.sort == VARIABLE}
    found = [
        (unit, subject, use)
        for unit, subject in substituted(tree)
        for use in _undeclared(tree, unit, subject)
    ]
    certain = (use for _, subject, use in found if not use.foreign or _is_variable(subject, use))
    names = {use.name for use in certain} | declared.keys()
    # A script or a dashboard may have a syntax that only looks like a variable.
    found = [each for each in found if each[2].name in names]
    known = _Sources()
    for unit, _, use in found:
        known.add(use.name, _outside(tree, unit))
    for unit, subject, use in found:
        source = declared.get(use.name) or known.of(use.name, _outside(tree, unit))
        field = use_of(subject, use.path)
        yield Requirement(VARIABLE, use.name, field, source=source, optional=use.default)


class _Sources:
    """The possible sources of variables: those that all Kustomizations with a variable share."""

    def __init__(self) -> None:
        self._known: dict[str, list[frozenset[Identity]]] = {}

    def add(self, name: str, sources: frozenset[Identity]) -> None:
        """Add the sources of one Kustomization."""
        several = self._known.setdefault(name, [])
        for index, each in enumerate(several):
            if each & sources:
                several[index] = each & sources
                return
        several.append(sources)

    def of(self, name: str, sources: frozenset[Identity]) -> str:
        """Return the sources that may hold a variable, as one text."""
        shared = next((each for each in self._known[name] if each & sources), sources)
        return " or ".join(sorted(map(str, shared)))


def _undeclared(tree: ClusterTree, unit: Unit, subject: Subject) -> Iterator[PlaceholderUse]:
    known = tree.once(_known).get(unit.identity)
    if known is not None:
        yield from (use for use in uses(subject) if use.declarable and use.name not in known)


def _is_variable(subject: Subject, use: PlaceholderUse) -> bool:
    """Return True for a text that is only a variable, and for capitals in values of a release."""
    is_config = subject.identity.kind in ("ConfigMap", "Secret")
    return use.whole or (use.name.isupper() and not use.in_command and not is_config)


def _known(tree: ClusterTree) -> Mapping[Identity, frozenset[str]]:
    """Return the variables of the tree, by Kustomization; only of those with another source."""
    return {
        unit.identity: frozenset(_names(tree, unit))
        for unit in tree.units.values()
        if _outside(tree, unit)
    }


def _sources(unit: Unit) -> Iterator[Identity]:
    build = mapping(unit.subject.spec.get("postBuild"))
    for entry in map(mapping, sequence(build.get("substituteFrom"))):
        kind, name = str(entry.get("kind", "")), str(entry.get("name", ""))
        yield Identity("", kind, unit.subject.namespace, name)


def _names(tree: ClusterTree, unit: Unit) -> Iterator[str]:
    build = mapping(unit.subject.spec.get("postBuild"))
    yield from mapping(build.get("substitute"))
    for identity in _sources(unit):
        source = tree.by_identity.get(identity)
        if source is not None:
            yield from mapping(source.manifest.get("data"))
            yield from mapping(source.manifest.get("stringData"))


def _outside(tree: ClusterTree, unit: Unit) -> frozenset[Identity]:
    """Return the sources of a Kustomization that are not in the tree."""
    return frozenset(each for each in _sources(unit) if each not in tree.by_identity)
