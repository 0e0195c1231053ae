"""Targets of patches, compared with objects as in Kustomize."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.document import TreeDocument, file_identity
from kubestrata.gitops.file_list import FileList
from kubestrata.gitops.missing_target import generated_names
from kubestrata.rules.subject import Listed

_RENAMING = frozenset({"namePrefix", "namespace", "nameSuffix", "replacements", "transformers"})
"""Fields that change the name or the namespace by which a patch finds an object."""


class WithManifest(Protocol):
    """An object that a patch may match: of a file, or of a chart."""

    @property
    def manifest(self) -> Manifest: ...


def unmatched(closure: Closure, rendered: Sequence[TreeDocument] | None) -> list[Listed]:
    """Return patches that match no object of a folder, unless inputs are missing or still empty.

    Of a folder that is not `rendered`, the objects must keep the names that they are written with.
    """
    keys = {key for each in closure.lists for key in each.value}
    if closure.unchecked or closure.faults or "generators" in keys:
        return []
    if rendered is None and keys & _RENAMING:
        return []
    if any(each.value.get("kind") == "Component" for each in closure.lists[:1]):
        return []
    objects = [*closure.documents, *generated_names(closure.lists), *(rendered or ())]
    found: list[Listed] = []
    for made in closure.lists:
        for key in ("patches", "patchesJson6902"):
            patches = sequence(made.value.get(key))
            own = len(patches) - (closure.added_patches if made is closure.lists[0] else 0)
            for index, patch in enumerate(patches[:own] if key == "patches" else patches):
                target = mapping(patch).get("target")
                if not is_mapping(target) or chooses(target, objects):
                    continue
                found.append(_no_match(made, f"{key}[{index}].target", target))
    return found


def described(target: dict[str, Any]) -> str:
    """Return a patch target in words."""
    return ", ".join(f"{key} {value}" for key, value in target.items())


def _no_match(made: FileList, path: str, target: dict[str, Any]) -> Listed:
    name = str(target.get("name") or target.get("kind") or "target:")
    by = file_identity(made.path)
    return Listed(by, made.place(name), path, described(target), "unmatched")


def chooses(target: dict[str, Any], documents: Iterable[WithManifest]) -> bool:
    """Return True if a patch target matches one of the objects, compared as in Kustomize.

    A pattern that is invalid in Go matches everything: Kustomize reports it.
    """
    patterns: dict[str, Pattern] = {}
    for key in ("group", "version", "kind", "name", "namespace"):
        if wanted := target.get(key):
            try:
                patterns[key] = Pattern(str(wanted))
            except PatternError:
                continue
    return any(_fits(patterns, each.manifest) for each in documents)


def _fits(patterns: dict[str, Pattern], manifest: Manifest) -> bool:
    group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
    metadata = mapping(manifest.get("metadata"))
    actual = {
        "group": group,
        "version": version,
        "kind": str(manifest.get("kind")),
        "name": str(metadata.get("name")),
        "namespace": str(metadata.get("namespace", "")),
    }
    return all(pattern.matches(actual[key]) for key, pattern in patterns.items())
