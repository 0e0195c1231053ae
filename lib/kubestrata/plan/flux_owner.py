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
    """A Flux Kustomization, and its `deletionPolicy`, '' for Flux's default."""

    name: str
    prunes: bool
    is_suspended: bool = False
    policy: str = ""

    def keeps(self, *, is_deleted: bool) -> str:
        """Return why an object that it no longer applies stays, '' if it is deleted.

        `is_deleted` if the Kustomization itself is deleted, with what it applied.
        """
        if self.is_suspended:
            return f"Kustomization {self.name} is suspended"
        if is_deleted and self.policy not in ("", "MirrorPrune"):
            kept = self.policy == "Orphan"
            return f"the deletionPolicy of Kustomization {self.name} is Orphan" if kept else ""
        return "" if self.prunes else f"Kustomization {self.name} does not prune"


class Owners:
    """The Kustomizations of a tree, by the folder that each applies: `<cluster>/...`."""

    def __init__(self, manifests: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the files of a tree and the object in each."""
        self._by_folder: dict[str, Owner] = {}
        self._names: set[tuple[str, str]] = set()
        for file, manifest in manifests:
            if str(manifest.get("apiVersion", "")).startswith(f"{_GROUP}/"):
                spec = mapping(manifest.get("spec"))
                name = str(mapping(manifest.get("metadata")).get("name", ""))
                is_suspended, policy = spec.get("suspend") is True, spec.get("deletionPolicy")
                owner = Owner(name, spec.get("prune") is True, is_suspended, str(policy or ""))
                cluster, parts = file.partition("/")[0], str(spec.get("path", "")).split("/")
                self._names.add((cluster, name))
                if cluster in parts:
                    self._by_folder["/".join(parts[parts.index(cluster) :]).rstrip("/")] = owner

    def has(self, owner: Owner, cluster: str) -> bool:
        """Return True if a Kustomization of that name is in the tree."""
        return (cluster, owner.name) in self._names

    def of(self, file: str) -> Owner | None:
        """Return the Kustomization that applies a file: the one of the nearest folder above it."""
        folder = file.rpartition("/")[0]
        while folder and folder not in self._by_folder:
            folder = folder.rpartition("/")[0]
        return self._by_folder.get(folder)


def is_kept(manifest: Mapping[str, Any]) -> bool:
    """Return True if Flux never prunes the object."""
    metadata = mapping(manifest.get("metadata"))
    marks = (mapping(metadata.get(field)).get(_PRUNE) for field in ("annotations", "labels"))
    return "disabled" in marks
