"""Versions of what a cluster runs, beside the versions of the schemas that check it.

A schema speaks for the cluster if the cluster's own objects define the kind, or if what is deployed
has the version of the schema. Else the cluster may know more fields and versions, or fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from kubestrata.bindings import read_sources
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO, FLUX_OPERATOR, HELM, NOTIFICATION, SOURCE
from kubestrata.rules.checked_object import catalogue_of
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.field import mapping_at, value_at
from kubestrata.rules.provider import repository_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.server.api_version import Minor
from kubestrata.rules.subject import ClusterTree

_VERSION = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)(?:\.(?:\d+|x|\*))?(?![\d.]*\d)")
_MINOR = re.compile(r"v?1\.(\d+)(?!\d)")
_FLUX = "toolkit.fluxcd.io"

Release: TypeAlias = tuple[int, int]
"""The first two numbers of a version: patch releases seldom change a schema."""


def kubernetes_minor(tree: ClusterTree) -> Minor | None:
    """Return 35 for a cluster of Kubernetes 1.35, None if its version is not known."""
    return tree.once(_kubernetes_minor)


def _kubernetes_minor(tree: ClusterTree) -> Minor | None:
    stated = _MINOR.match(tree.kubernetes)
    if stated:
        return int(stated[1])
    found = {int(minor[1]) for text in _planned(tree) if (minor := _MINOR.match(text))}
    return found.pop() if len(found) == 1 else None


def _planned(tree: ClusterTree) -> Iterator[str]:
    """Yield the Kubernetes versions that objects of the cluster upgrade it to, or render for."""
    for kind in tree.knowledge.kinds_with(lambda one: one.upgrades_to):
        fact = tree.knowledge.kind(*kind)
        for each in tree.of_kind(*kind):
            version = str(value_at(each.manifest, fact.upgrades_to))
            if not fact.upgrade_signs or any(sign in version for sign in fact.upgrade_signs):
                yield version
    for source in _argo_sources(tree):
        for tool in ("helm", "kustomize"):
            yield str(mapping(source.get(tool)).get("kubeVersion"))


def schema_minor(tree: ClusterTree) -> Minor | None:
    """Return the minor version of the Kubernetes whose schemas check the built-in kinds."""
    for kind in catalogue_of(tree).versions("", "Pod"):
        for version in _shipped(catalogue_of(tree).folders).get(kind.package, ()):
            return version[1]
    return None


def is_defined(tree: ClusterTree, group: str, kind: str) -> bool:
    """Return True if an object of the cluster defines a kind."""
    return (group, kind) in kinds_defined(tree).by


def has_own_schema(tree: ClusterTree, group: str, kind: str) -> bool:
    """Return True if the schema of a custom kind is that of what the cluster runs."""
    if is_defined(tree, group, kind) or catalogue_of(tree).is_named(group, kind):
        return True
    return group in tree.once(_same)


def runs_other_version(tree: ClusterTree, group: str) -> bool:
    """Return True if the cluster is known to run another version than that of the schemas."""
    return bool(tree.once(_deployed).get(group)) and group not in tree.once(_same)


def is_shipped(tree: ClusterTree, package: str, version: str) -> bool:
    """Return True if a package of bindings was made from a version."""
    shipped = _shipped(catalogue_of(tree).folders).get(package, frozenset())
    return bool(shipped.intersection(_releases(version)[:1]))


def is_older(tree: ClusterTree, group: str) -> bool:
    """Return True if what the cluster runs is known to be older than the schemas of a group."""
    return group in tree.once(_older)


def _packages(tree: ClusterTree) -> Mapping[str, set[str]]:
    """Return the packages of bindings of each group."""
    known = catalogue_of(tree)
    found: dict[str, set[str]] = {}
    for group, kind in known.all_kinds:
        for each in known.versions(group, kind):
            found.setdefault(group, set()).add(each.package)
    return found


def _same(tree: ClusterTree) -> frozenset[str]:
    """Return the groups whose deployed version is that of their schemas."""
    packages, shipped = tree.once(_packages), _shipped(catalogue_of(tree).folders)
    # Schemas of no locked source were named for this tree.
    found = {group for group, each in packages.items() if each.isdisjoint(shipped)}
    for group, deployed in tree.once(_deployed).items():
        schemas = {release for each in packages.get(group, ()) for release in shipped.get(each, ())}
        if deployed and deployed <= schemas:
            found.add(group)
    return frozenset(found)


def _older(tree: ClusterTree) -> frozenset[str]:
    """Return the groups whose deployed versions are all older than those of their schemas."""
    packages, shipped = tree.once(_packages), _shipped(catalogue_of(tree).folders)
    found: set[str] = set()
    for group, deployed in _deployed(tree).items():
        schemas = {release for each in packages.get(group, ()) for release in shipped.get(each, ())}
        if schemas and (0, 0) not in deployed and max(deployed) < min(schemas):
            found.add(group)
    return frozenset(found)


@cache
def _shipped(folders: tuple[Path, ...]) -> Mapping[str, frozenset[Release]]:
    """Return the versions of the sources of each package of bindings; the first folder wins."""
    found: dict[str, frozenset[Release]] = {}
    for folder in reversed(folders):
        own: dict[str, set[Release]] = {}
        for source in read_sources(folder.parent):
            own.setdefault(source.package, set()).update(_releases(source.version))
        found |= {package: frozenset(each) for package, each in own.items()}
    return found


def _releases(text: str) -> list[Release]:
    return [(int(one[1]), int(one[2])) for one in _VERSION.finditer(text)]


def _deployed(tree: ClusterTree) -> Mapping[str, set[Release]]:
    found: dict[str, set[Release]] = {}
    for groups, text in (*_charts(tree), *_addresses(tree), *_flux(tree)):
        releases = _releases(text)
        for group in groups:
            found.setdefault(group, set()).update(releases or [(0, 0)])
    return found


def _charts(tree: ClusterTree) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the groups whose CRDs have the version of a chart, and that version."""
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is not None and chart.known is not None and chart.known.same_version:
            yield chart.known.crds, chart.version
    for source in _argo_sources(tree):
        known = tree.knowledge.charts.get(str(source.get("chart")))
        if known is not None and known.same_version:
            yield known.crds, str(source.get("targetRevision", ""))


def _argo_sources(tree: ClusterTree) -> Iterator[Mapping[str, Any]]:
    for each in tree.of_kind(ARGO, "Application"):
        spec = each.spec
        yield from map(mapping, sequence(spec.get("sources")) or [spec.get("source")])


def _addresses(tree: ClusterTree) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the groups whose CRDs come from another repository, and its tag."""
    repositories = tree.knowledge.repositories
    for each in tree.unchecked:
        if groups := repositories.get(repository_of(each.what)):
            yield tuple(groups), each.what
    for source in tree.of_kind(SOURCE, "GitRepository"):
        if groups := repositories.get(repository_of(str(source.spec.get("url", "")))):
            yield tuple(groups), str(mapping_at(source.spec, "ref").get("tag", ""))


def _flux(tree: ClusterTree) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the groups of Flux and the version of its controllers: 1.9 are those of Flux 2.9."""
    groups = {group for group, _ in catalogue_of(tree).all_kinds if group.endswith(_FLUX)}
    # The operator adds values to the enumerations of this group.
    groups.discard(NOTIFICATION)
    for each in tree.of_kind(FLUX_OPERATOR, "FluxInstance"):
        version = str(value_at(each.manifest, "spec.distribution.version"))
        yield tuple(groups), version.replace("2.", "1.", 1)
