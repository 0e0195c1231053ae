"""Patches that have one meaning without the schemas of Kustomize."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.core.yaml_read import load_all

_SELECTED = frozenset({"group", "version", "kind", "name"})
_IDENTITY = ("apiVersion", "kind")
_NAMED = ("name", "namespace")


_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt \t]|$)")
"""Dates get a time, if they are not quoted."""
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
"""Characters that Kustomize refuses or changes."""
_FOLDED = re.compile(r"[\s:-]>[-+0-9]*[^\S\n]*(?:#.*)?$", re.MULTILINE)
_MOST_EXACT = 1e15


class NotDirectError(Exception):
    """Only Kustomize itself can build it, or tell what is wrong with it."""


def selected(target: Mapping[str, Any], manifests: Iterable[Manifest]) -> list[Manifest]:
    """Return the objects that a target selects by their group, version, kind and name."""
    if not target or not target.keys() <= _SELECTED:
        raise NotDirectError
    try:
        patterns = {key: Pattern(str(part)) for key, part in target.items() if part}
    except PatternError:
        raise NotDirectError from None
    return [each for each in manifests if _fits(patterns, each)]


def _fits(patterns: Mapping[str, Pattern], manifest: Manifest) -> bool:
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    name = mapping(manifest["metadata"])["name"]
    actual = {"group": group, "version": version, "kind": manifest["kind"], "name": name}
    return all(pattern.matches(actual[key]) for key, pattern in patterns.items())


def has_folded(text: str) -> bool:
    """Return True if a text may have a folded scalar, whose line breaks Kustomize changes."""
    return _FOLDED.search(text) is not None


def patch_documents(text: str) -> list[Any]:
    """Return the documents of a patch; a JSON patch is a list, which is read as by kubectl."""
    if has_folded(text):
        raise NotDirectError
    try:
        found = load_all(text, "a patch", kustomized=True)
        return load_all(text, "a patch") if any(map(is_list, found)) else found
    except YamlSyntaxError:
        raise NotDirectError from None


def apply_operations(value: Manifest, operations: Sequence[Any]) -> None:
    """Apply a JSON patch (RFC 6902) in place: operations that add, replace and remove."""
    identity = _identity(value)
    for each in map(mapping, operations):
        verb, path = each.get("op"), each.get("path")
        if not isinstance(path, str) or not path.startswith("/") or path == "/":
            raise NotDirectError
        *parents, last = [
            part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")
        ]
        place: Any = value
        for key in parents:
            place = _inside(place, key)
        if verb == "remove":
            _remove(place, last)
        elif verb in ("add", "replace") and "value" in each and _is_plain(each["value"]):
            _write(place, last, each["value"], is_new=verb == "add")
        else:
            raise NotDirectError
    if _identity(value) != identity:
        raise NotDirectError


def _inside(place: Any, key: str) -> Any:
    if is_mapping(place) and key in place:
        return place[key]
    if is_list(place):
        return place[_index(place, key)]
    raise NotDirectError


def _index(place: list[Any], key: str) -> int:
    if not key.isascii() or not key.isdigit() or int(key) >= len(place):
        raise NotDirectError
    return int(key)


def _remove(place: Any, key: str) -> None:
    if is_mapping(place) and key in place:
        del place[key]
    elif is_list(place):
        del place[_index(place, key)]
    else:
        raise NotDirectError


def _write(place: Any, key: str, value: Any, *, is_new: bool) -> None:
    if is_mapping(place) and (is_new or key in place):
        place[key] = copied(value)
    elif is_list(place) and is_new and key == "-":
        place.append(copied(value))
    elif is_list(place) and is_new:
        place.insert(_index(place, key), copied(value))
    elif is_list(place):
        place[_index(place, key)] = copied(value)
    else:
        raise NotDirectError


def _identity(value: Manifest) -> list[Any]:
    metadata = mapping(value.get("metadata"))
    return [*(value.get(key) for key in _IDENTITY), *(metadata.get(key) for key in _NAMED)]


def merge(value: Manifest, patch: Manifest) -> None:
    """Merge a patch of maps in place; the identity of an object stays.

    Lists replace lists, which is so for kinds that Kustomize has no schema of.
    """
    if not _is_plain(patch) or not _is_plain(value):
        raise NotDirectError
    metadata = mapping(patch.get("metadata"))
    rest = {key: part for key, part in patch.items() if key not in (*_IDENTITY, "metadata")}
    if edits := {key: part for key, part in metadata.items() if key not in _NAMED}:
        rest["metadata"] = edits
    _merge(value, rest)


def _merge(value: dict[str, Any], patch: Mapping[str, Any]) -> None:
    for key, part in patch.items():
        here = value.get(key)
        if here is not None and _form(here) is not _form(part):
            raise NotDirectError
        if here and part in ({}, []):
            raise NotDirectError
        if is_mapping(here):
            _merge(here, part)
        else:
            value[key] = copied(part)


def _form(value: Any) -> type:
    return dict if is_mapping(value) else list if is_list(value) else str


def _is_plain(value: Any) -> bool:
    """Return True if a value has no null, which may remove a field, and no directive."""
    if is_mapping(value):
        return all(not key.startswith("$") and _is_plain(part) for key, part in value.items())
    if is_list(value):
        return all(map(_is_plain, value))
    return value is not None


def copied(value: Any) -> Any:
    """Return a copy of a value that Kustomize writes as it reads it."""
    if is_mapping(value):
        return {key: copied(part) for key, part in value.items()}
    if is_list(value):
        return [copied(each) for each in value]
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str) and (_DATE.match(value) or _UNWRITTEN.search(value)):
        raise NotDirectError
    return value


def _number(value: float) -> float:
    """Return a number as JSON has it: a whole one without a fraction."""
    if not abs(value) < _MOST_EXACT:
        raise NotDirectError
    return int(value) if value.is_integer() else value
