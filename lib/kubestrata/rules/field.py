"""The accessor of nested fields: by path, `spec.rules[].backendRefs[]`, however they are malformed.

A field that is absent, or below a scalar or a list, has no value. For a single level,
`mapping` and `sequence` of `core.json_value` do the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from kubestrata.core.json_value import is_mapping, mapping, sequence

Found = tuple[str, Any]
"""A path with its indexes (`spec.rules[0].backendRefs[1]`), and the value there."""
_STEP = re.compile(r'"([^"]+)"|([^."]+)')


class _Step(NamedTuple):
    name: str
    is_list: bool
    is_deep: bool


@cache
def _steps(path: str) -> tuple[_Step, ...]:
    names = (quoted or plain for quoted, plain in _STEP.findall(path))
    return tuple(
        _Step(each.strip("*[]") if deep else each.removesuffix("[]"), each.endswith("[]"), deep)
        for each in names
        for deep in (each.startswith("**"),)
    )


def values(value: object, path: str) -> Iterator[Found]:
    """Yield every value at a path, in the notation of `knowledge.fact`, with its own path."""
    return _values(value, _steps(path), "")


def value_at(value: object, path: str) -> Any:
    """Return the first value at a path, None if there is none."""
    steps = _steps(path)
    for at, step in enumerate(steps):
        if step.is_list or step.is_deep:
            return next((found for _, found in _values(value, steps[at:], "")), None)
        if not is_mapping(value) or step.name not in value:
            return None
        value = value[step.name]
    return value


def mapping_at(value: object, path: str) -> dict[str, Any]:
    """Return the mapping at a path, an empty one if there is none."""
    return mapping(value_at(value, path))


def _values(value: object, steps: tuple[_Step, ...], path: str) -> Iterator[Found]:
    for at, (name, is_list, is_deep) in enumerate(steps):
        if is_deep:
            for below, found in _below(value, name.lower(), path):
                yield from _values(found, steps[at + 1 :], below)
            return
        if not is_mapping(value) or name not in value:
            return
        value, path = value[name], f"{path}.{name}" if path else name
        if is_list:
            for index, item in enumerate(sequence(value)):
                yield from _values(item, steps[at + 1 :], f"{path}[{index}]")
            return
    yield path, value


def _below(value: object, ending: str, prefix: str) -> Iterator[Found]:
    if is_mapping(value):
        for key, inner in value.items():
            path = f"{prefix}.{key}"
            if key.lower().endswith(ending):
                yield path, inner
            yield from _below(inner, ending, path)
    else:
        for index, inner in enumerate(sequence(value)):
            yield from _below(inner, ending, f"{prefix}[{index}]")


def known(value: object) -> str:
    """Return a name that is complete, '' if it is absent or filled in later."""
    text = value if isinstance(value, str) else ""
    return "" if "${" in text or "{{" in text or "<<" in text else text
