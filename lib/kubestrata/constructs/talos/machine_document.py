"""Documents of a machine configuration: rendered, checked for their bindings, and merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence
from kubestrata.core.origin import Origin
from kubestrata.core.render import render
from kubestrata.core.struct import Struct
from kubestrata.schema.document_schema import DocumentSchema, schema_of

_REPLACED = frozenset({"podSubnets", "serviceSubnets"})
_KEYS = ("interface", "deviceSelector", "vlanId")
"""Fields by which Talos finds the same item of two lists."""


def rendered(document: Struct, schema: DocumentSchema, origin: Origin) -> Manifest:
    """Return a document as plain values; raises InvalidValue for a part, or another version."""
    found, name = schema_of(document), type(document).__name__
    if found is None:
        why = "is not a struct of a machine configuration"
        raise InvalidValue(name, why, "use kubeapis.talos", where=origin)
    if found is not schema:
        why = f"is of {found.package} (Talos {found.version}), the others are of {schema.package}"
        raise InvalidValue(name, why, f"use {schema.package}.{name}", where=origin)
    manifest: Manifest = render(document, origin, name)[0]
    if (manifest.get("kind") or "") not in schema.kinds or not _is_document(manifest):
        why = "is a part of a document, not a document"
        raise InvalidValue(name, why, "wrap it, as in Config(machine=...)", where=origin)
    return manifest


def _is_document(manifest: Manifest) -> bool:
    return "kind" in manifest or manifest.get("version") == "v1alpha1"


def identity_of_document(manifest: Manifest) -> tuple[str, str]:
    """Return kind and name, by which Talos merges documents; both '' for the first document."""
    return str(manifest.get("kind") or ""), str(manifest.get("name") or "")


def merged(documents: Iterable[Manifest]) -> list[Manifest]:
    """Return one document of each kind and name, as Talos merges patches.

    Mappings are merged, a later scalar replaces an earlier one, and lists are joined. Items of
    network interfaces and VLANs are merged by name, selector or id.
    """
    found: dict[tuple[str, str], Manifest] = {("", ""): {}}
    for each in documents:
        key = identity_of_document(each)
        found[key] = _mapping(found.get(key, {}), each)
    return [each for each in found.values() if each]


def _mapping(before: Mapping[str, Any], after: Mapping[str, Any]) -> Manifest:
    made = dict(before)
    for key, value in after.items():
        old = made.get(key)
        if is_mapping(old) and is_mapping(value):
            made[key] = _mapping(old, value)
        elif is_sequence(old) and is_sequence(value) and key not in _REPLACED:
            made[key] = _list(old, value)
        else:
            made[key] = value
    return made


def _list(before: Iterable[Any], after: Iterable[Any]) -> list[Any]:
    made = list(before)
    for value in after:
        at = next((index for index, old in enumerate(made) if _is_same(old, value)), None)
        if at is None:
            made.append(value)
        elif is_mapping(value):
            made[at] = _mapping(made[at], value)
    return made


def _is_same(before: object, after: object) -> bool:
    if is_mapping(before) and is_mapping(after):
        keys = [each for each in _KEYS if each in after]
        if keys:
            return bool(before.get(keys[0]) == after[keys[0]])
    return before == after
