"""Owners of the files of a tree: which Flux Kustomization applies a folder, and if it prunes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping

_GROUP = "kustomize.toolkit.fluxcd.io"
_PRUNE = f"{_GROUP}/prune"


@dataclass(frozen=True, slots=True)
class Owner:
    """A Flux Kustomization."""

    name: str
    prunes: bool


class Owners:
    """The Kustomizations of a tree, by the folder that each applies: `<cluster>/...`."""

    def __init__(self, manifests: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the files of a tree and the object in each."""
        self._by_folder: dict[str, Owner] = {}
        for file, manifest in manifests:
            if str(manifest.get("apiVersion", "")).startswith(f"{_GROUP}/"):
                spec = mapping(manifest.get("spec"))
                name = str(mapping(manifest.get("metadata")).get("name", ""))
                owner = Owner(name, prunes=spec.get("prune") is True)
                cluster, parts = file.partition("/")[0], str(spec.get("path", "")).split("/")
                if cluster in parts:
                    self._by_folder["/".join(parts[parts.index(cluster) :]).rstrip("/")] = owner

    def of(self, file: str) -> Owner | None:
        """Return what applies a file: the Kustomization of the nearest folder above it."""
        folder = file.rpartition("/")[0]
        while folder and folder not in self._by_folder:
            folder = folder.rpartition("/")[0]
        return self._by_folder.get(folder)


def is_kept(manifest: Mapping[str, Any]) -> bool:
    """Return True if Flux never prunes the object."""
    metadata = mapping(manifest.get("metadata"))
    marks = (mapping(metadata.get(field)).get(_PRUNE) for field in ("annotations", "labels"))
    return "disabled" in marks
