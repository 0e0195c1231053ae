"""Detection of the folders where clusters begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.argo import is_argo
from kubestrata.gitops.disk import below, join, parents
from kubestrata.gitops.document import Reading, TreeDocument
from kubestrata.gitops.reader import Renderer
from kubestrata.rules.api_group import KUSTOMIZE

_ENTRIES = ("flux", "flux-system", "gitops", "argocd", "bootstrap")
# A tree that kubestrata wrote: its index, and the folder where each cluster begins.
INDEX, ENTRY = ".kubestrata", "flux"


@dataclass(frozen=True, slots=True)
class Root:
    """A cluster's name and the folder where its delivery begins."""

    name: str
    folder: str


def roots_of(renderer: Renderer, files: Mapping[str, Reading], root: str | None) -> list[Root]:
    """Return the clusters of a repository, by folder; if given, `root` is the only one."""
    if root is not None:
        return _named([join("", root)], renderer.disk.root.name)
    starters = [
        each
        for reading in files.values()
        for each in reading.documents
        if _is_kustomization(each) or is_argo(each) or _is_instance(each)
    ]
    found = _own(renderer, starters) | _generated(renderer, starters)
    found = found or _below_clusters(starters) or _unapplied(renderer, starters)
    return _named(sorted(found), renderer.disk.root.name)


def _is_kustomization(document: TreeDocument) -> bool:
    version, kind = document.manifest.get("apiVersion"), document.manifest.get("kind")
    return str(version).startswith(f"{KUSTOMIZE}/") and kind == "Kustomization"


def _is_instance(document: TreeDocument) -> bool:
    version, kind = document.manifest.get("apiVersion"), document.manifest.get("kind")
    return str(version).startswith("fluxcd.controlplane.io/") and kind == "FluxInstance"


def _home(document: TreeDocument) -> str:
    return document.place.file.rpartition("/")[0]


def _applied(renderer: Renderer, document: TreeDocument) -> list[str]:
    spec = mapping(document.manifest.get("spec"))
    sources = [mapping(spec.get("source")), *map(mapping, sequence(spec.get("sources")))]
    paths = [one.get("path") for one in (spec, mapping(spec.get("sync")), *sources)]
    folders = (renderer.folder(path) for path in paths if path is not None)
    return [folder for folder in folders if folder is not None]


def _own(renderer: Renderer, starters: Iterable[TreeDocument]) -> set[str]:
    """Return the folders that apply themselves, as after a bootstrap."""
    found: set[str] = set()
    for each in starters:
        for folder in _applied(renderer, each):
            if below(_home(each), folder) or _is_instance(each):
                found.add(folder)
    return _outermost(found)


def _outermost(folders: set[str]) -> set[str]:
    """Return the folders that are in none of the others."""
    if "" in folders:
        return {""}
    return {one for one in folders if folders.isdisjoint(parents(one))}


def _generated(renderer: Renderer, starters: Iterable[TreeDocument]) -> set[str]:
    """Return the entry folders of trees written by kubestrata, even if applied from outside."""
    homes = {_home(each) for each in starters}
    entries = {home for home in homes if home.rpartition("/")[2] == ENTRY}
    return {one for one in entries if renderer.disk.is_file(join(one, f"../../{INDEX}"))}


def _below_clusters(starters: Iterable[TreeDocument]) -> set[str]:
    found: set[str] = set()
    for each in starters:
        parts = _home(each).split("/")
        if "clusters" in parts[:-1]:
            found.add("/".join(parts[: parts.index("clusters") + 2]))
    return found


def _unapplied(renderer: Renderer, starters: list[TreeDocument]) -> set[str]:
    """Return the folders of Kustomizations and Applications that nothing else applies."""
    reached = {folder for each in starters for folder in _applied(renderer, each)}
    homes = {_home(each) for each in starters}
    if "" in reached:
        return set()
    free = {home for home in homes if home not in reached and reached.isdisjoint(parents(home))}
    return _outermost(free)


def _named(folders: Iterable[str], home: str) -> list[Root]:
    roots: list[Root] = []
    taken: set[str] = set()
    for folder in folders:
        parts = [part for part in folder.split("/") if part]
        telling = [part for part in parts if part not in _ENTRIES]
        name = (telling or [home])[-1]
        roots.append(Root(folder if name in taken else name, folder))
        taken.add(roots[-1].name)
    return roots
