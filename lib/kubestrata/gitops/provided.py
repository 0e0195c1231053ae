"""Providers of the CRDs of API groups: objects, releases, other repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import API_EXTENSIONS, HELM
from kubestrata.rules.provider import repository_of, source_address
from kubestrata.rules.release import brings_crds, chart_of
from kubestrata.rules.subject import ClusterTree, Subject, Unchecked
from kubestrata.rules.violation import Location


def providers(tree: ClusterTree) -> tuple[dict[str, Identity], frozenset[str]]:
    """Return the provider of each group's CRDs, and the groups whose provider is unknown."""
    found: dict[str, Identity] = {}
    for crd in tree.of_kind(API_EXTENSIONS, "CustomResourceDefinition"):
        found.setdefault(str(crd.spec.get("group", "")), crd.identity)
    for group, identity in _remote(tree):
        found.setdefault(group, identity)
    bootstrap = {name: each.bootstrap for name, each in tree.knowledge.groups.items()}
    releases, unclear = _releases(tree)
    unclear |= {group for group, when in bootstrap.items() if when == "always"}
    unclear |= {name for name, each in tree.knowledge.groups.items() if each.network}
    for group, several in releases.items():
        only = [one for name, one in several if "crd" in name] or [one for _, one in several]
        if len(only) == 1:
            found.setdefault(group, only[0])
        elif group not in found:
            unclear.add(group)
    own = (group for group, when in bootstrap.items() if when == "unless-delivered")
    unclear |= {group for group in own if group not in found}
    return found, frozenset(unclear)


def _releases(tree: ClusterTree) -> tuple[dict[str, list[tuple[str, Identity]]], set[str]]:
    """Return the charts and releases that install the CRDs of a group, or may install them."""
    unclear: set[str] = set()
    releases: dict[str, list[tuple[str, Identity]]] = {}
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        known = chart.known if chart is not None else None
        if chart is None or known is None:
            continue
        brings = brings_crds(release, known)
        if brings is None:
            unclear.update(known.crds)
        elif brings:
            for group in known.crds:
                releases.setdefault(group, []).append((chart.name, release.identity))
    return releases, unclear


def _remote(tree: ClusterTree) -> Iterator[tuple[str, Identity]]:
    repositories = tree.knowledge.repositories
    for unit in tree.units.values():
        address = source_address(tree, unit.subject)
        for group in sorted(repositories.get(repository_of(address), ())):
            yield group, unit.identity
    homes = _by_folder(tree)
    for each in tree.unchecked:
        groups = repositories.get(repository_of(each.what), frozenset[str]())
        for unit_identity in homes.get(_folder(each.place), ()) if groups else ():
            yield from ((group, unit_identity) for group in sorted(groups))


def _by_folder(tree: ClusterTree) -> Mapping[str, list[Identity]]:
    """Return the Kustomizations that apply files of each folder."""
    found: dict[str, list[Identity]] = {}
    for unit in tree.units.values():
        path = str(unit.subject.spec.get("path", "")).removeprefix("./").strip("/")
        for folder in {path, *(_folder(each.place) for each in unit.objects)}:
            found.setdefault(folder, []).append(unit.identity)
    return found


def _folder(place: Location) -> str:
    return place.file.rpartition("/")[0]


def remote_note(unit: Subject, address: str, path: str) -> Unchecked:
    """Return the note for a unit whose folder is in another repository."""
    what = f"{address} {path}".strip()
    return Unchecked(what, "is in another repository", unit.place)
