"""Defaults of custom resources, filled in as the API server does before validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.branch import Branch, Growth


class Defaults(Frozen):
    """The values of absent fields; for those in `instead` also the value of a null."""

    values: Mapping[str, Any]
    instead: frozenset[str]


def defaults_of(schema: dict[str, Any]) -> Defaults | None:
    """Return the defaults of the fields of one object."""
    properties = schema.get("properties")
    if not is_mapping(properties):
        return None
    found = {
        name: each["default"]
        for name, each in properties.items()
        if is_mapping(each) and "default" in each
    }
    not_null = (name for name in found if properties[name].get("nullable") is not True)
    return Defaults(found, frozenset(not_null)) if found else None


def filling(schema: dict[str, Any]) -> Branch[Defaults] | None:
    """Return the branch of a schema's defaults."""
    return Growth(defaults_of, {}).of(schema)


def filled(branch: Branch[Defaults] | None, value: Any) -> Any:
    """Return the value with its defaults: itself if it lacks none, else a partial copy."""
    if branch is None:
        return value
    if is_mapping(value):
        return _object(branch, value)
    if is_list(value) and branch.items is not None:
        items = [filled(branch.items, each) for each in value]
        return value if all(map(_same, items, value)) else items
    return value


def _same(one: object, other: object) -> bool:
    return one is other


def _object(branch: Branch[Defaults], value: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    fields, extra = branch.fields, branch.extra
    for name, old in value.items():
        child = fields.get(name, extra)
        new = filled(child, old) if child is not None else old
        if new is not old:
            changed[name] = new
    if branch.own is not None:
        for name, default in branch.own.values.items():
            if name not in value or (value[name] is None and name in branch.own.instead):
                changed[name] = filled(fields.get(name), default)
    return {**value, **changed} if changed else value
