"""Strategies for declarations that claims can carry, and single violations of their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from kubestrata.constructs.platform_api.app_spec import CARRIED
from kubestrata.constructs.workload import Container, Probe, Resources
from kubestrata.core.declaration import Declaration
from kubestrata.testing import strategies

_Declared = TypeVar("_Declared", bound=Declaration)

# Fields that no claim has: workloads with them are native objects.
_NATIVE: Mapping[type, frozenset[str]] = {
    Container: frozenset(Container.__struct_fields__) - CARRIED,
    Probe: frozenset({"command", "disabled", "grpc", "headers", "port", "scheme"}),
    Resources: frozenset({"devices", "ephemeral_storage_request"}),
}


def declarations(kind: type[_Declared]) -> SearchStrategy[_Declared]:
    """Return a strategy for a type of declaration, without the fields that no claim has."""
    found: SearchStrategy[_Declared] = _declarations(kind)
    return found


@cache  # a new strategy would prepare itself again for each example
def _declarations(kind: type[Any]) -> SearchStrategy[Any]:
    return strategies.declarations(kind, without=_NATIVE)


def damaged(spec: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield specs with a single violation of their schema, and its path."""
    for path, place in _places(spec, schema, ()):
        for fault in _faults(_at(spec, path), place):
            changed = deepcopy(spec)
            if path:
                _at(changed, path[:-1])[path[-1]] = fault
            else:
                changed = fault
            yield ".".join(map(str, path)), changed
        for name in place.get("required", ()):
            changed = deepcopy(spec)
            del _at(changed, path)[name]
            yield f"{'.'.join(map(str, path))} without {name}", changed


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _places(
    value: Any, schema: Mapping[str, Any], path: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    yield path, schema
    if isinstance(value, dict):
        for key, part in value.items():
            below = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
            if below is not None:
                yield from _places(part, below, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _places(part, schema["items"], (*path, index))


def _faults(value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if "type" in schema:
        yield {"object": "text", "array": {}, "string": 7}.get(schema["type"], "text")
    if "enum" in schema:
        yield "no such value"
    if "properties" in schema:
        yield {**value, "noSuchField": 1}
    for limit, fault in (("minimum", -1), ("maximum", 1)):
        if limit in schema:
            yield schema[limit] + fault
    if schema.get("minItems"):
        yield []
    if "maxItems" in schema:
        yield value * (schema["maxItems"] + 1) if value else [None]
    if "pattern" in schema:
        yield "\\"
    if "maxLength" in schema:
        yield "a" * (schema["maxLength"] + 1)
