"""Values in a chart's objects that only stand for others, and must not get into a cluster.

To be the same at each synthesis, charts are rendered with constants in place of what Helm makes
anew each time (passwords, keys, certificates), and of Secrets that they look up.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping
from kubestrata.gitops.release_input import DUMMY
from kubestrata.helm.normalise import is_stand_in, named_in
from kubestrata.helm.stable_template import UUID

# Constants do no harm there: a checksum that never changes, a name that is always the same.
_HARMLESS = ("annotations", "labels")
_NAME = "metadata.name"
_PARTS = 3


def invented_field(manifest: Manifest, invented: Sequence[str]) -> str | None:
    """Return the path of a field with such a value; None if there is none.

    `invented` are the fields of `Rendered.replaced`, as they were before patches.
    """
    names = _names(manifest)
    for entry in invented:
        kind, name, path = entry.split(" ", _PARTS - 1)
        if f"{kind} {name}" not in names or path == _NAME or _is_harmless(path):
            continue
        for value in _values_at(manifest, path):
            if is_stand_in(value) or is_stand_in(_decoded(value)):
                return path
    constants = (DUMMY, UUID) if manifest.get("kind") == "Secret" else (DUMMY,)
    for path, text in _texts(manifest, ""):
        both = (text, _decoded(text))
        if any(constant in each for constant in constants for each in both):
            return path
    return None


def _names(manifest: Manifest) -> set[str]:
    """Return the names that an object has in `Rendered.replaced`, with and without namespace."""
    metadata = mapping(manifest.get("metadata"))
    bare = {**metadata, "namespace": ""}
    return {named_in(manifest), named_in({**manifest, "metadata": bare})}


def _is_harmless(path: str) -> bool:
    return any(f"metadata.{each}." in f"{path}." for each in _HARMLESS)


def _values_at(value: Any, path: str) -> Iterator[Any]:
    """Yield what is at a path, in which keys may have dots as well."""
    if not path:
        yield value
    elif is_mapping(value):
        for key, part in value.items():
            if path == key or path.startswith(f"{key}."):
                yield from _values_at(part, path[len(key) + 1 :])
    elif is_sequence(value):
        step, _, rest = path.partition(".")
        if step.isdecimal() and int(step) < len(value):
            yield from _values_at(value[int(step)], rest)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path.removeprefix("."), value
    elif is_mapping(value):
        for key, part in value.items():
            yield from _texts(part, f"{path}.{key}")
    elif is_sequence(value):
        for at, part in enumerate(value):
            yield from _texts(part, f"{path}[{at}]")


def _decoded(value: Any) -> str:
    try:
        return base64.b64decode(value, validate=True).decode() if isinstance(value, str) else ""
    except (binascii.Error, ValueError):
        return ""
