"""Odd CRDs: what real ones do that schemas of ordinary kinds do not."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.bindings.project import crd, version

TEXT = {"type": "string"}
EMPTY = {"type": "object"}
WIRES = (
    "uRI",
    "iP",
    "iPs",
    "tLSConfig",
    "memoryMiB",
    "barBaz",
    "bar_baz",
    "bar",
    "baz",
    "from",
    "$ref",
    "metadata",
    "resources",
    "5xx",
    "aVeryLongNameOfAFieldThatIsInAnotherOneOfTheSameLength",
    "anotherVeryLongNameOfAFieldThatIsInTheFirstOne",
)
# The same in every kind, so that kinds share structs.
SHARED: Mapping[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": TEXT, "key": TEXT},
}
SCALARS: tuple[dict[str, Any], ...] = (
    TEXT,
    {"type": "integer", "minimum": 1, "maximum": 9, "exclusiveMaximum": True},
    {"type": "number", "minimum": 0, "exclusiveMinimum": True},
    {"type": "integer", "minimum": 0, "exclusiveMinimum": False},
    {"type": "string", "pattern": "^(?!bad)[a-z]+$", "maxLength": 5},
    {"type": "string", "pattern": "^[a-c]{1,3}$"},
    {"type": "sting"},
    {"type": "number", "enum": [0.5, 1]},
    {"type": "string", "enum": ["auto", "5xx", True]},
    {"enum": ["auto", True, 3], "x-kubernetes-preserve-unknown-fields": True},
    {"anyOf": [TEXT, {"type": "boolean"}], "x-kubernetes-preserve-unknown-fields": True},
    {
        "oneOf": [TEXT, {"type": "array", "items": TEXT}],
        "x-kubernetes-preserve-unknown-fields": True,
    },
    {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, TEXT]},
    {"type": "boolean", "nullable": True},
)
OBJECTS: tuple[Mapping[str, Any], ...] = (
    EMPTY,
    {**EMPTY, "nullable": True},
    {**EMPTY, "additionalProperties": EMPTY},
    {**EMPTY, "additionalProperties": True},
    {**EMPTY, "x-kubernetes-preserve-unknown-fields": True},
    {"type": "array", "items": EMPTY},
    SHARED,
    {"type": "array", "items": SHARED},
)
Draw = Callable[[random.Random, int], dict[str, Any]]


def schema(choose: random.Random, depth: int) -> dict[str, Any]:
    """One field; nested four levels deep at most."""
    if depth > 3 or choose.random() < 0.5:
        return dict(choose.choice((*SCALARS, *OBJECTS)))
    inner = {
        "type": "object",
        "properties": {
            wire: schema(choose, depth + 1) for wire in choose.sample(WIRES, choose.randint(1, 5))
        },
    }
    return {"type": "array", "items": inner} if choose.random() < 0.3 else inner


def odd_crd(choose: random.Random, kind: str, group: str) -> dict[str, Any]:
    """A CRD of one or two versions; its `spec` has a field that no other kind has."""
    mark = f"mark{kind}{group.replace('.', '').replace('-', '')}"
    names = choose.sample(("v1", "v1beta1", "v2alpha1"), choose.randint(1, 2))
    made: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        fields = {wire: schema(choose, 0) for wire in choose.sample(WIRES, 6)}
        fields |= {mark: TEXT, "ref": dict(SHARED)}
        made.append(version(fields, name=name, storage=not number))
    return crd(*made, kind=kind, group=group)
