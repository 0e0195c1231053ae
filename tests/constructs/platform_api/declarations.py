"""Strategies for declarations of a type, and single invalid changes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from kubestrata.constructs.data import CnpgSchedule
from kubestrata.constructs.platform_api.app_spec import CARRIED
from kubestrata.constructs.workload import Container, Probe, Resources
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.quantity import Quantity

_TEXT = st.text(alphabet="abcXYZ-09 ", max_size=12)
_VALUES: Mapping[type, st.SearchStrategy[Any]] = {
    CnpgSchedule: st.sampled_from(["0 0 2 * * *", "30 */5 8-18 * * mon"]).map(CnpgSchedule),
    Cron: st.sampled_from(["@daily", "0 3 * * *", "*/5 8-18 * * mon-fri"]).map(Cron),
    Duration: st.sampled_from(["10m", "1h30m", "500ms"]).map(Duration),
    Host: st.sampled_from(["example.com", "*.a.example.com"]).map(Host),
    Image: st.sampled_from(["a/b:1", "ghcr.io/a/b:v1@sha256:" + "0" * 64]).map(Image),
    Port: st.integers(1, 65535).map(Port),
    Quantity: st.sampled_from(["500m", "1Gi", "2"]).map(Quantity),
}


# Fields that no claim has: workloads with them are native objects.
_NATIVE: Mapping[type, frozenset[str]] = {
    Container: frozenset(Container.__struct_fields__) - CARRIED,
    Probe: frozenset({"command", "disabled", "grpc", "headers", "port", "scheme"}),
    Resources: frozenset({"devices", "ephemeral_storage_request"}),
}


# Fields with a form of their own.
_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "env_from_fields": st.dictionaries(
        st.text(alphabet="ABC_", min_size=1, max_size=4),
        st.sampled_from(["status.podIP", "metadata.name", "metadata.labels['a']"]),
        max_size=2,
    ),
}


def declarations(kind: type[Declaration]) -> st.SearchStrategy[Declaration]:
    """Return a strategy for a type of declaration, without contradictory values."""
    return _of(inspect.type_info(kind)).filter(lambda value: value is not None)


def _of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    make = _STRATEGIES[type(kind)]
    return make(kind)


def _integers(kind: inspect.IntType) -> st.SearchStrategy[int]:
    low = kind.gt + 1 if kind.gt is not None else kind.ge
    high = kind.lt - 1 if kind.lt is not None else kind.le
    return st.integers(-99 if low is None else low, 9999 if high is None else high)


def _texts(kind: inspect.StrType) -> st.SearchStrategy[str]:
    least = kind.min_length or 0
    if kind.pattern is None:
        return st.text(alphabet="abcXYZ-09 ", min_size=least, max_size=least + 9)
    matching = st.from_regex(kind.pattern.replace("$", r"\Z"), alphabet=_ALPHABET)
    return matching.filter(lambda text: least <= len(text) <= (kind.max_length or 999))


def _lists(kind: inspect.CollectionType) -> st.SearchStrategy[list[Any]]:
    least = kind.min_length or 0
    return st.lists(_of(kind.item_type), min_size=least, max_size=least + 2)


def _mappings(kind: inspect.DictType) -> st.SearchStrategy[dict[Any, Any]]:
    least = kind.min_length or 0
    return st.dictionaries(
        _of(kind.key_type), _of(kind.value_type), min_size=least, max_size=least + 2
    )


_ALPHABET = st.characters(codec="ascii", exclude_categories=["Cc"])


def _struct(kind: inspect.StructType) -> st.SearchStrategy[Any]:
    required = {each.name: _of(each.type) for each in kind.fields if each.required}
    native = {name for base in kind.cls.__mro__ for name in _NATIVE.get(base, ())}
    optional = {
        each.name: _FIELDS[each.name] if each.name in _FIELDS else _of(each.type)
        for each in kind.fields
        if not each.required and each.name not in native
    }

    def made(values: dict[str, Any]) -> Any:
        try:
            return kind.cls(**values)
        except InvalidValue:
            return None

    drawn = st.fixed_dictionaries(required, optional=optional).map(made)
    return drawn.filter(lambda value: value is not None)


_STRATEGIES: Mapping[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.AnyType: lambda _: _TEXT,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.CollectionType: _lists,
    inspect.CustomType: lambda kind: _VALUES[kind.cls],
    inspect.DictType: _mappings,
    inspect.FloatType: lambda kind: st.sampled_from([kind.ge or 0.0, 0.25, kind.le or 9.5]),
    inspect.IntType: _integers,
    inspect.ListType: _lists,
    inspect.LiteralType: lambda kind: st.sampled_from(kind.values),
    inspect.Metadata: lambda kind: _of(kind.type),
    inspect.NoneType: lambda _: st.none(),
    inspect.StrType: _texts,
    inspect.StructType: _struct,
    inspect.VarTupleType: lambda kind: _lists(kind).map(tuple),
    inspect.UnionType: lambda kind: st.one_of([_of(each) for each in kind.types]),
}


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
