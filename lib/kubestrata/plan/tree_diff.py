"""The difference of two trees, object by object and field by field.

Comments, key order and quoting are no difference of objects; where only they changed, the
change says so. Files that are not plain YAML objects are compared as bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import is_mapping, is_sequence, mapping
from kubestrata.core.yaml_read import load_all

Verb = Literal["added", "removed", "changed"]
_OPAQUE = (".enc.yaml",)
_NAMED_BY = ("name", "key")


@dataclass(frozen=True, slots=True, order=True)
class FieldChange:
    """One field that differs; `before` or `after` is None where it is absent."""

    path: str
    verb: Verb
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object, or one file that holds none, that differs."""

    verb: Verb
    name: str
    file: str
    fields: Sequence[FieldChange] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    file: str
    value: Any
    content: bytes


def _entries(files: Mapping[str, bytes]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for file in sorted(files):
        for key, entry in _read(file, files[file]):
            found[key if key not in found else f"{key} in {file}"] = entry
    return found


def _read(file: str, content: bytes) -> list[tuple[str, _Entry]]:
    opaque = [(file, _Entry(file, file, None, content))]
    if file.endswith(_OPAQUE):
        return opaque
    try:
        documents = load_all(content.decode(), file)
    except (YamlSyntaxError, UnicodeDecodeError):
        return opaque
    if len(documents) != 1 or not isinstance(documents[0], dict):
        return opaque
    value: dict[str, Any] = documents[0]
    metadata = value.get("metadata")
    if not {"apiVersion", "kind"} <= value.keys() or not isinstance(metadata, dict):
        return [(file, _Entry(file, file, value, content))]
    cluster = file.partition("/")[0]
    return [
        (f"{cluster} {identity_of(value)}", _Entry(str(identity_of(value)), file, value, content))
    ]


def _keyed(items: Sequence[Any]) -> dict[str, Any] | None:
    """The items by the name that each has, None if some have none or two share one."""
    for key in _NAMED_BY:
        named: dict[str, Any] = {}
        for item in items:
            name = mapping(item).get(key)
            if not name or f"[{name}]" in named:
                break
            named[f"[{name}]"] = item
        if len(named) == len(items):
            return named
    return None


def _numbered(items: Sequence[Any]) -> dict[str, Any]:
    return {f"[{index}]": item for index, item in enumerate(items)}


def _parts(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if is_mapping(before) and is_mapping(after):
        return before, after
    if not is_sequence(before) or not is_sequence(after):
        return None
    one, other = _keyed(before), _keyed(after)
    if one is not None and other is not None and list(one) == list(other):
        return one, other
    return _numbered(before), _numbered(after)


def _join(path: str, key: str) -> str:
    if key.startswith("["):
        return path + key
    quoted = key if key.replace("_", "a").replace("-", "a").isalnum() else f"[{key!r}]"
    return path + quoted if quoted.startswith("[") or not path else f"{path}.{quoted}"


def field_changes(before: Any, after: Any, path: str = "") -> list[FieldChange]:
    """The fields that differ between two values, in the order of the values."""
    if before == after and type(before) is type(after):
        return []
    parts = _parts(before, after)
    if parts is None:
        return [FieldChange(path, "changed", before, after)]
    one, other = parts
    changes: list[FieldChange] = []
    for key in [*one, *(key for key in other if key not in one)]:
        where = _join(path, key)
        if key not in other:
            changes.append(FieldChange(where, "removed", before=one[key]))
        elif key not in one:
            changes.append(FieldChange(where, "added", after=other[key]))
        else:
            changes += field_changes(one[key], other[key], where)
    return changes


def _compare(before: _Entry, after: _Entry) -> ObjectChange | None:
    moved = f"moved from {before.file}" if before.file != after.file else ""
    if before.content == after.content and not moved:
        return None
    fields = field_changes(before.value, after.value)
    note = moved or ("" if fields else "same values, other bytes")
    return ObjectChange("changed", after.name, after.file, fields, note)


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[ObjectChange]:
    """What turns the tree `before` into `after`, sorted by file."""
    old, new = _entries(before), _entries(after)
    changes: list[ObjectChange] = []
    for key, entry in old.items():
        if key not in new:
            changes.append(ObjectChange("removed", entry.name, entry.file))
    for key, entry in new.items():
        if key not in old:
            changes.append(ObjectChange("added", entry.name, entry.file))
        elif (change := _compare(old[key], entry)) is not None:
            changes.append(change)
    return sorted(changes, key=lambda change: (change.file, change.name, change.verb))
