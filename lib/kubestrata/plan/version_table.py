"""Versions of what clusters deploy, beside those from which the bindings were made.

The newest releases of upstream projects are not looked up: nothing here uses the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM, SOURCE
from kubestrata.rules.checked_object import bound_catalogue, catalogue_of
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.kind_version import (
    bound_values_version,
    bound_version,
    plain_version,
    program_version,
)
from kubestrata.rules.provider import repository_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject

_COMMIT = 12
_NUMBER = re.compile(r"\d+")


class VersionRow(Frozen):
    """One thing that a cluster deploys, and one package of bindings for it.

    `deployed` is the version as it is pinned, '' where none is; `program` is that of the program
    in a chart that has a version of its own. `bindings` is a package of `kubeapis`, '' if there is
    none. `difference` is that of the deployed version: `older` than that of the bindings. `fields`
    counts those that only one of the two has, in kinds of which the cluster has objects; None if
    the deployed schemas are not at hand.
    """

    what: Literal["Kubernetes", "chart", "CRD bundle"]
    name: str
    deployed: str
    program: str = ""
    bindings: str = ""
    bound: str = ""
    difference: Literal["older", "newer", "same", "unknown", ""] = ""
    fields: int | None = None

    @property
    def differs(self) -> bool:
        """Return True if the bindings are known to be of another version."""
        return self.difference in ("older", "newer") or bool(self.fields)


def version_rows(tree: ClusterTree) -> list[VersionRow]:
    """Return the rows of a cluster: Kubernetes, then charts and CRD bundles by name."""
    rows = dict.fromkeys((*_charts(tree), *_bundles(tree)))
    return [*_kubernetes(tree), *sorted(rows, key=lambda row: (row.what, row.name, row.bindings))]


def _kubernetes(tree: ClusterTree) -> Iterator[VersionRow]:
    minor = kubernetes_minor(tree)
    deployed = tree.kubernetes or ("" if minor is None else f"1.{minor}")
    for kind in bound_catalogue(tree).versions("", "Pod"):
        found = bound_version(kind, bound_catalogue(tree).folders)
        bound = "" if found is None else found.version
        difference = _difference(deployed, bound)
        yield VersionRow("Kubernetes", "", deployed, "", kind.package, bound, difference)


class _Deployed(Frozen):
    """A deployed chart or bundle, the API groups whose CRDs it has, and those CRDs if at hand."""

    what: Literal["chart", "CRD bundle"]
    name: str
    version: str
    program: str
    groups: frozenset[str]
    definitions: tuple[Subject, ...] = ()


def _charts(tree: ClusterTree) -> Iterator[VersionRow]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is None:
            continue
        made = tuple(
            each
            for each in tree.definitions
            if each.chart is not None and each.chart.release == release.identity
        )
        known, name, version = chart.known, chart.name, chart.version
        groups = frozenset(str(each.spec.get("group")) for each in made)
        groups |= frozenset(known.crds if known is not None else ())
        same = known is not None and known.same_version
        program = version if same else program_version(tree, release)
        rows = list(_bound(tree, _Deployed("chart", name, version, program, groups, made)))
        if values := bound_values_version(name, bound_catalogue(tree).folders):
            package = f"helm.{name.replace('-', '_')}"
            difference = _difference(version, values)
            rows.append(VersionRow("chart", name, version, "", package, values, difference))
        yield from rows or [VersionRow("chart", name, version, _other(program, version))]


def _bundles(tree: ClusterTree) -> Iterator[VersionRow]:
    known = tree.knowledge.repositories
    for source in tree.of_kind(SOURCE, "GitRepository"):
        name = repository_of(str(source.spec.get("url", "")))
        reference = mapping(source.spec.get("ref"))
        commit = str(reference.get("commit", ""))[:_COMMIT]
        pinned = (str(reference.get(key, "")) for key in ("tag", "semver", "branch"))
        version = commit or next((each for each in pinned if each), "")
        if name in known:
            # The digits of a commit are no version.
            program = "" if commit else version
            yield from _bound(tree, _Deployed("CRD bundle", name, version, program, known[name]))
    for each in tree.unchecked:
        name, version = repository_of(each.what), plain_version(each.what)
        if name in known and version:
            yield from _bound(tree, _Deployed("CRD bundle", name, version, version, known[name]))


def _other(program: str, version: str) -> str:
    return "" if program == version else program


def _bound(tree: ClusterTree, deployed: _Deployed) -> Iterator[VersionRow]:
    """Yield a row for each package of bindings that has kinds of the groups."""
    bound = bound_catalogue(tree)
    packages: dict[str, set[str]] = {}
    for group in deployed.groups:
        for one in bound.kinds_of(group):
            for kind in bound.versions(group, one):
                found = bound_version(kind, bound.folders)
                packages.setdefault(kind.package, set()).add("" if found is None else found.version)
    what, name, version, program = deployed.what, deployed.name, deployed.version, deployed.program
    fields = _fields(tree, deployed.definitions)
    other = _other(program, version) if what == "chart" else ""
    for package, versions in sorted(packages.items()):
        made = versions.pop() if len(versions) == 1 else ""
        difference = _difference(program, made)
        yield VersionRow(what, name, version, other, package, made, difference, fields)


def _fields(tree: ClusterTree, definitions: Iterable[Subject]) -> int | None:
    """Return how many fields only one of the definitions and the bindings has."""
    own = {each.identity for each in definitions}
    bound, deployed = bound_catalogue(tree), catalogue_of(tree)
    found: int | None = None
    for (group, kind), definition in kinds_defined(tree).by.items():
        for each in bound.versions(group, kind) if definition.identity in own else ():
            version = f"{group}/{each.version}"
            ours, theirs = bound.get(version, kind), deployed.get(version, kind)
            if ours is not None and theirs is not None:
                found = (found or 0) + len(ours.fields ^ theirs.fields)
    return found


def _difference(deployed: str, bound: str) -> Literal["older", "newer", "same", "unknown"]:
    """Compare two versions by the numbers that both have."""
    one, other = _numbers(deployed), _numbers(bound)
    length = min(len(one), len(other))
    if not length:
        return "unknown"
    if one[:length] == other[:length]:
        return "same"
    return "older" if one[:length] < other[:length] else "newer"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, _NUMBER.findall(plain_version(version).partition("-")[0])))
