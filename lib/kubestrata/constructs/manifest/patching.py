"""Patches of the objects of a file, with the results of Kustomize."""

from __future__ import annotations

import copy
from typing import Any

from kubestrata.constructs.helm.patch import Patch
from kubestrata.constructs.manifest.manifest_file import FileObject
from kubestrata.constructs.manifest.merge_schema import merge_schema
from kubestrata.constructs.manifest.object_selector import nearest_object, pattern_of
from kubestrata.constructs.manifest.strategic_merge import PatchMismatchError, strategic_merge
from kubestrata.constructs.manifest.typed_patch import apply_typed
from kubestrata.core.errors import InvalidValue
from kubestrata.core.identity import Identity
from kubestrata.core.json_patch import PatchError, apply_operation
from kubestrata.core.json_value import Manifest, is_list, mapping
from kubestrata.core.origin import Origin
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference

_IDENTITY = ("apiVersion", "kind")
_NAMED = ("name", "namespace")
_RENAMES = "changes the kind, the name or the namespace"


def apply_patch(
    patch: Patch | TypedPatch[Any], found: list[FileObject], origin: Origin
) -> list[Reference]:
    """Change objects in place, and return the references that the patch adds.

    Raises InvalidValue for a patch that matches no object, or does not fit one.
    """
    if isinstance(patch, TypedPatch):
        return _typed(patch, found, origin)
    chosen = [each for each in found if _selects(patch, each)]
    what = f"patch of {patch.kind}{'' if patch.name is None else f' {patch.name}'}"
    if not chosen:
        fix = _other_version(patch, found) or nearest_object(
            patch.kind, patch.name, [each.identity for each in found]
        )
        raise InvalidValue(what, f"matches no object of {origin.path}", fix, where=origin)
    value, references = patch.plain()
    for each in chosen:
        try:
            each.manifest = _changed(each.manifest, copy.deepcopy(value))
        except (PatchMismatchError, PatchError) as error:
            why = f"does not fit {each.identity} at {each.place}: {error}"
            raise InvalidValue(what, why, where=origin) from None
    return references


def _typed(patch: TypedPatch[Any], found: list[FileObject], origin: Origin) -> list[Reference]:
    before = [(each, _names(each.manifest)) for each in found]
    references = apply_typed(patch, found, origin)
    for each, names in before:
        if _names(each.manifest) != names:
            why = f"{_RENAMES} of the object at {each.place}"
            raise InvalidValue(repr(patch), why, where=patch.origin)
    return references


def _selects(patch: Patch, found: FileObject) -> bool:
    same = found.manifest["apiVersion"] == patch.api_version and _kind(found) == patch.kind
    return same and (patch.name is None or pattern_of(patch.name).matches(found.identity.name))


def _kind(found: FileObject) -> str:
    return str(found.manifest["kind"])


def _other_version(patch: Patch, found: list[FileObject]) -> str | None:
    versions = {each.manifest["apiVersion"] for each in found if _kind(each) == patch.kind}
    if patch.api_version in versions or not versions:
        return None
    return f"write {' or '.join(map(repr, sorted(versions)))}, not {patch.api_version!r}"


def _changed(manifest: Manifest, value: Any) -> Manifest:
    if is_list(value):
        made = copy.deepcopy(manifest)
        for each in value:
            apply_operation(made, each)
    else:
        merged = strategic_merge(manifest, _edits(value), merge_schema(*_version(manifest)))
        if merged is None:
            raise PatchError("it deletes the object; pass drop=[ObjectSelector(...)] instead")
        made = merged
    if _names(made) != _names(manifest):
        raise PatchError(f"it {_RENAMES}")
    return made


def _edits(patch: Manifest) -> Manifest:
    """Return a merge patch without the fields by which it names its object."""
    metadata = {key: part for key, part in mapping(patch["metadata"]).items() if key not in _NAMED}
    rest = {key: part for key, part in patch.items() if key not in (*_IDENTITY, "metadata")}
    return {**rest, "metadata": metadata} if metadata else rest


def _version(manifest: Manifest) -> tuple[str, str]:
    return manifest["apiVersion"], manifest["kind"]


def _names(manifest: Manifest) -> tuple[object, ...]:
    metadata = mapping(manifest.get("metadata"))
    identity = Identity("", str(manifest.get("kind")), "", str(metadata.get("name")))
    return manifest.get("apiVersion"), identity, metadata.get("namespace")
