"""The kinds that a cluster's own objects define: CustomResourceDefinitions or Crossplane's XRDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.bindings import CustomKind, CustomKindError, defined_kinds
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import API_EXTENSIONS, CROSSPLANE
from kubestrata.rules.subject import ClusterTree, Subject


class DefinedKinds(Frozen):
    """The defined kinds; `by` has the definition of each, `faults` the problems of invalid ones."""

    kinds: tuple[CustomKind, ...]
    by: Mapping[tuple[str, str], Subject]
    faults: tuple[tuple[Subject, str], ...]


def kinds_defined(tree: ClusterTree) -> DefinedKinds:
    """Return the kinds that a cluster's own objects define; of duplicate kinds the first.

    Of those that charts define, only the ones of which there are objects.
    """
    return tree.once(_kinds_defined)


def _definitions(tree: ClusterTree) -> Iterator[Subject]:
    yield from tree.of_kind(API_EXTENSIONS, "CustomResourceDefinition")
    yield from tree.of_kind(CROSSPLANE, "CompositeResourceDefinition")


def _kinds_defined(tree: ClusterTree) -> DefinedKinds:
    kinds: dict[tuple[str, str], CustomKind] = {}
    by: dict[tuple[str, str], Subject] = {}
    faults: list[tuple[Subject, str]] = []
    used = {(each.identity.group, each.identity.kind) for each in tree.subjects}
    of_charts = (each for each in tree.definitions if _kind(each) in used)
    for subject in (*_definitions(tree), *of_charts):
        try:
            found = defined_kinds(subject.manifest, subject.place.file, subject.place.line)
        except CustomKindError as error:
            faults.append((subject, str(error)))
            continue
        for kind in found:
            key = (kind.group, kind.kind)
            kinds.setdefault(key, kind)
            by.setdefault(key, subject)
    return DefinedKinds(tuple(kinds.values()), by, tuple(faults))


def _kind(definition: Subject) -> tuple[str, str]:
    names = mapping(definition.spec.get("names"))
    return str(definition.spec.get("group")), str(names.get("kind"))


def composites(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    """Return the kinds of composites and claims, by group and kind."""
    return tree.once(_composites)


def _composites(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    definitions = tree.of_kind(CROSSPLANE, "CompositeResourceDefinition")
    return frozenset(kind for each in definitions for kind in composite_kinds(each.manifest))


def composite_kinds(manifest: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the groups and kinds of the composites and claims that an object defines."""
    if manifest.get("kind") != "CompositeResourceDefinition":
        return set()
    spec = mapping(manifest.get("spec"))
    names = (mapping(spec.get(field)).get("kind") for field in ("names", "claimNames"))
    return {(str(spec.get("group", "")), str(name)) for name in names if name}
