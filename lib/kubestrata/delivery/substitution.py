"""Text as Flux must find it: placeholders in its syntax, everything else kept from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping
from kubestrata.core.value.placeholder import has_mark, marked_names, resolve
from kubestrata.core.written import RenderedObject

_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_MARK_BYTES = "\ufdd0".encode()


def _resolved(value: Any, *, substituted: bool) -> Any:
    def walk(part: Any) -> Any:
        if isinstance(part, str):
            return resolve(part, substituted=substituted)
        if is_mapping(part):
            return {walk(key): walk(item) for key, item in part.items()}
        if is_sequence(part):
            return [walk(item) for item in part]
        return part

    return walk(value)


def is_switched_off(manifest: Manifest) -> bool:
    """Whether the object tells Flux to leave its text alone."""
    metadata = manifest["metadata"]
    labels = {**mapping(metadata.get("labels")), **mapping(metadata.get("annotations"))}
    return bool(labels.get(_SWITCH) == "disabled")


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return marked_names(value) if has_mark(value) else []
    if is_mapping(value):
        return [name for pair in value.items() for part in pair for name in _names(part)]
    if is_sequence(value):
        return [name for item in value for name in _names(item)]
    return []


def settle(
    objects: Sequence[RenderedObject], declared: Sequence[str]
) -> tuple[list[Manifest], frozenset[str]]:
    """The manifests as they are written, and the placeholders in them.

    Without a placeholder there is no substitution and nothing to escape. Raises InvalidValue
    for a placeholder that the cluster does not declare, or that sits where Flux looks not.
    """
    texts = {item.identity: msgspec.json.encode(item.manifest) for item in objects}
    marked = {identity for identity, text in texts.items() if _MARK_BYTES in text}
    used: set[str] = set()
    for item in objects:
        if item.identity in marked:
            used |= _checked(item, declared)
    if not marked:
        return [item.manifest for item in objects], frozenset()
    return [
        _resolved(item.manifest, substituted=not is_switched_off(item.manifest))
        if item.identity in marked or b"$" in texts[item.identity]
        else item.manifest
        for item in objects
    ], frozenset(used)


def _checked(item: RenderedObject, declared: Sequence[str]) -> set[str]:
    """The placeholders of an object."""
    names = _names(item.manifest)
    for name in names:
        if name not in declared:
            why = f"uses the placeholder {name!r}, which the cluster does not declare"
            fix = f"declare it: known are {', '.join(sorted(declared)) or 'none'}"
            raise InvalidValue(str(item.identity), why, fix, where=item.origin)
    if is_switched_off(item.manifest):
        why = f"uses the placeholder {names[0]!r}, but switches substitution off"
        raise InvalidValue(str(item.identity), why, where=item.origin)
    return set(names)
