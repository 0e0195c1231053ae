"""Variable substitution by Flux: placeholders in its syntax, all other text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubestrata.core.errors import InvalidValue, SourceError
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping
from kubestrata.core.secret_record import remember
from kubestrata.core.value.placeholder import has_mark, marked_names, resolve
from kubestrata.core.written import WrittenObject
from kubestrata.core.yaml_text import dump

_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"


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
    """Return True if the object disables substitution by Flux."""
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
    objects: Sequence[tuple[WrittenObject, Manifest]], declared: Sequence[str]
) -> tuple[list[tuple[Manifest, bytes]], frozenset[str]]:
    """Return the manifests as they are written, with their text, and the placeholders in them.

    Each object is paired with the manifest to deliver. Without a placeholder there is no
    substitution and nothing to escape. Raises InvalidValue for a placeholder that the cluster does
    not declare, or that appears in an object with substitution disabled.
    """
    texts = [_text(item, manifest) for item, manifest in objects]
    marked = [has_mark(text) for text in texts]
    is_substituted = any(marked)
    used: set[str] = set()
    settled: list[tuple[Manifest, bytes]] = []
    for (item, manifest), text, is_marked in zip(objects, texts, marked, strict=True):
        if is_marked:
            used |= _checked(item, declared)
        if is_marked or (is_substituted and "$" in text):
            substituted = not is_switched_off(manifest)
            final = _resolved(manifest, substituted=substituted)
            remember(final)
            settled.append((final, _text(item, final).encode()))
        else:
            settled.append((manifest, text.encode()))
    return settled, frozenset(used)


def _text(item: WrittenObject, manifest: Manifest) -> str:
    try:
        return dump(manifest)
    except SourceError as error:
        what = f"{item.identity} {error.where}: {error.what}"
        raise type(error)(what, error.why, error.fix, where=item.origin) from error


def _checked(item: WrittenObject, declared: Sequence[str]) -> set[str]:
    """Return the placeholders of an object; raises InvalidValue for invalid ones."""
    names = _names(item.manifest)
    for name in names:
        if name not in declared:
            why = f"uses the placeholder {name!r}, which the cluster does not declare"
            known = ", ".join(sorted(declared)) or "none"
            fix = f"declare it in the Flux of the cluster; declared: {known}"
            raise InvalidValue(str(item.identity), why, fix, where=item.origin)
    if is_switched_off(item.manifest):
        why = f"uses the placeholder {names[0]!r}, but disables substitution"
        raise InvalidValue(str(item.identity), why, where=item.origin)
    return set(names)
