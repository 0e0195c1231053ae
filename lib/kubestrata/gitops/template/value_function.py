"""Functions of ApplicationSet templates that work on numbers, lists and maps.

Their annotations are the types that Go accepts.
"""

from __future__ import annotations

import json
from typing import Any

from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.limit import MOST_TEXT
from kubestrata.gitops.template.value import same_type, shown


def _not(value: Any) -> bool:
    return not value


def _eq(first: Any, second: Any, *others: Any) -> bool:
    for each in (second, *others):
        parts = any(is_mapping(one) or is_sequence(one) for one in (first, each))
        if parts or (None not in (first, each) and not same_type(first, each)):
            raise TemplateError("eq: incompatible types for comparison")
    return first in (second, *others)


def _ne(first: Any, second: Any) -> bool:
    return not _eq(first, second)


def _lt(first: Any, second: Any) -> bool:
    if not same_type(first, second) or not isinstance(first, str | int | float):
        raise TemplateError("incompatible types for comparison")
    return bool(first < second)


def _le(first: Any, second: Any) -> bool:
    return not _lt(second, first)


def _gt(first: Any, second: Any) -> bool:
    return _lt(second, first)


def _ge(first: Any, second: Any) -> bool:
    return not _lt(first, second)


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if not (is_mapping(value) or is_sequence(value)):
        raise TemplateError(f"len of {shown(value)}")
    return len(value)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if is_mapping(value):
            if not isinstance(key, str):
                raise TemplateError(f"index: {shown(key)} is not the key of a map")
            value = value.get(key)
        elif is_sequence(value) and isinstance(key, int):
            if not 0 <= key < len(value):
                raise TemplateError(f"index out of range: {key}")
            value = value[key]
        else:
            raise TemplateError(f"index: {shown(value)} has no items")
    return value


def _default(default: Any, *values: Any) -> Any:
    return values[0] if values and values[0] else default


def _empty(value: Any) -> bool:
    return not value


def _coalesce(*values: Any) -> Any:
    return next((each for each in values if each), None)


def _ternary(yes: Any, no: Any, condition: bool) -> Any:  # noqa: FBT001  # as it is in sprig
    return yes if condition else no


def _fail(message: str) -> str:
    raise TemplateError(message)


def _list(*values: Any) -> list[Any]:
    return list(values)


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _last(values: list[Any]) -> Any:
    return values[-1] if values else None


def _rest(values: list[Any]) -> list[Any]:
    return list(values[1:])


def _initial(values: list[Any]) -> list[Any]:
    return list(values[:-1])


def _slice(values: list[Any], *bounds: int) -> list[Any]:
    first = bounds[0] if bounds else 0
    last = bounds[1] if len(bounds) > 1 else len(values)
    if not 0 <= first <= last <= len(values):
        raise TemplateError(f"slice of {len(values)} items from {first} to {last}")
    return list(values[first:last])


def _append(values: list[Any], value: Any) -> list[Any]:
    return [*values, value]


def _concat(*values: Any) -> list[Any]:
    if not all(map(is_sequence, values)):
        raise TemplateError("concat takes lists")
    return [each for part in values for each in part]


def _compact(values: list[Any]) -> list[Any]:
    return [each for each in values if each]


def _reverse(values: list[Any]) -> list[Any]:
    return list(reversed(values))


def _uniq(values: list[Any]) -> list[Any]:
    made: list[Any] = []
    for each in values:
        if not _has(each, made):
            made.append(each)
    return made


def _without(values: list[Any], *gone: Any) -> list[Any]:
    return [each for each in values if not _has(each, list(gone))]


def _sort_alpha(value: Any) -> list[Any]:
    return sorted(map(shown, value if is_sequence(value) else [value]))


def _has(needle: Any, values: Any) -> bool:
    if isinstance(needle, dict | list):
        raise NotEvaluatedError("has of a list or map is not evaluated here")
    return any(same_type(needle, each) and needle == each for each in values or ())


def _until(count: int) -> list[Any]:
    if abs(count) > MOST_TEXT:
        raise NotEvaluatedError(f"until makes more than {MOST_TEXT} numbers")
    return list(range(count)) if count >= 0 else list(range(0, count, -1))


def _dict(*pairs: Any) -> dict[str, Any]:
    values = [*pairs, ""] if len(pairs) % 2 else pairs
    return {shown(key, ""): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _get(values: dict[str, Any], key: str) -> Any:
    return values.get(key, "")


def _has_key(values: dict[str, Any], key: str) -> bool:
    return key in values


def _keys(values: dict[str, Any]) -> list[Any]:
    return sorted(values)


def _values(values: dict[str, Any]) -> list[Any]:
    return [values[key] for key in sorted(values)]


def _pick(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in values.items() if key in keys}


def _omit(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in values.items() if key not in keys}


def _dig(*arguments: Any) -> Any:
    if len(arguments) < 3 or not is_mapping(arguments[-1]):
        raise TemplateError("dig takes keys, a default and a map")
    *keys, default, value = arguments
    for key in keys:
        if not is_mapping(value):
            raise TemplateError(f"dig: {shown(value)} has no keys")
        if key not in value:
            return default
        value = value[key]
    return value


def _int(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def _atoi(text: str) -> int:
    return _int(text)


def _add(*values: Any) -> int:
    return sum(map(_int, values))


def _add1(value: Any) -> int:
    return _int(value) + 1


def _sub(first: Any, second: Any) -> int:
    return _int(first) - _int(second)


def _max(first: Any, *others: Any) -> int:
    return max(map(_int, (first, *others)))


def _min(first: Any, *others: Any) -> int:
    return min(map(_int, (first, *others)))


def _to_json(value: Any) -> str:
    made = json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for mark in "<>&":
        made = made.replace(mark, f"\\u{ord(mark):04x}")
    return made


def _to_raw_json(value: Any) -> str:
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _whole(value: Any) -> Any:
    """Return a value whose whole numbers are written without a point."""
    if is_mapping(value):
        return {key: _whole(part) for key, part in value.items()}
    if is_sequence(value):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return None


FUNCTIONS = (
    _not,
    _eq,
    _ne,
    _lt,
    _le,
    _gt,
    _ge,
    _len,
    _index,
    _default,
    _empty,
    _coalesce,
    _ternary,
    _fail,
    _list,
    _first,
    _last,
    _rest,
    _initial,
    _slice,
    _append,
    _concat,
    _compact,
    _reverse,
    _uniq,
    _without,
    _sort_alpha,
    _has,
    _until,
    _dict,
    _get,
    _has_key,
    _keys,
    _values,
    _pick,
    _omit,
    _dig,
    _int,
    _atoi,
    _add,
    _add1,
    _sub,
    _max,
    _min,
    _to_json,
    _to_raw_json,
    _from_json,
)
