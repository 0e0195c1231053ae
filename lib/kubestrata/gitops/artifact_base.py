"""Folders of which OCI artifacts are made, where no workflow of the repository says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping
from kubestrata.gitops.disk import Disk, join, parents
from kubestrata.gitops.document import TreeDocument
from kubestrata.gitops.instance import sync_of
from kubestrata.gitops.source import normalized
from kubestrata.rules.api_group import KUSTOMIZE, SOURCE
from kubestrata.rules.subject import Subject

_OCI = "OCIRepository"
_CLUSTERS = "clusters"
_TELLING = 2
"""The folders that the paths of a source must name together to identify its root."""


def inferred_bases(
    disk: Disk, declared: Mapping[Identity, Subject], documents: Iterable[TreeDocument]
) -> dict[str, str]:
    """Return OCI address -> folder of the artifacts whose contents only one folder can be.

    That is the one folder below which all paths of its Kustomizations exist, or for the root of
    an instance's artifact the folder `clusters/<name>` that contains the instance.
    """
    paths: dict[str, set[str]] = {}
    found: dict[str, str] = {}
    for each in documents:
        if (sync := sync_of(each.manifest)) is not None:
            if sync.source["kind"] == _OCI and not join("", sync.path):
                found |= dict(_of_cluster(sync.url, each.place.file))
        elif (address := _address(each, declared)) is not None:
            path = str(mapping(each.manifest.get("spec")).get("path") or "")
            paths.setdefault(address, set()).add(join("", path.lstrip("/")))
    folders = disk.contents[0] if paths else ()
    for address, names in paths.items():
        telling = {part for name in names for part in _parts(name)}
        if len(telling) < _TELLING or any("$" in name or name.startswith("..") for name in names):
            continue
        candidates = [
            base
            for base in ("", *folders)
            if all(disk.is_folder(join(base, name)) for name in names)
        ]
        if len(candidates) == 1 and candidates[0]:
            found.setdefault(address, candidates[0])
    return found


def _of_cluster(url: str, file: str) -> Iterator[tuple[str, str]]:
    for folder in parents(file):
        above, _, _ = folder.rpartition("/")
        if above.rpartition("/")[2] == _CLUSTERS:
            yield normalized(url), folder


def _address(document: TreeDocument, declared: Mapping[Identity, Subject]) -> str | None:
    """Return the address of the OCI source of a Kustomization."""
    manifest = document.manifest
    if not str(manifest.get("apiVersion")).startswith(f"{KUSTOMIZE}/"):
        return None
    named = mapping(mapping(manifest.get("spec")).get("sourceRef"))
    if named.get("kind") != _OCI:
        return None
    space = str(named.get("namespace") or identity_of(manifest).namespace)
    source = declared.get(Identity(SOURCE, _OCI, space, str(named.get("name"))))
    return None if source is None else normalized(str(source.spec.get("url") or ""))


def _parts(path: str) -> list[str]:
    return [each for each in path.split("/") if each]
