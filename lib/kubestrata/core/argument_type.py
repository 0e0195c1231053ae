"""Diagnosis of failed calls: the argument, or the field of one, whose value has a wrong type.

Types are read from annotations as they are written; what cannot be resolved is not checked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_sequence

_BUILTIN: Mapping[str, tuple[type, ...]] = {
    "None": (type(None),),
    "bool": (bool,),
    "float": (float, int),
    "int": (int,),
    "str": (str,),
}
_GENERIC: Mapping[str, type] = {"Iterable[": Iterable, "Mapping[": Mapping, "Sequence[": Sequence}
_DEEPEST = 4


class _Hint(NamedTuple):
    kinds: tuple[type, ...]
    items: str


def wrong_argument(
    owner: str, function: object, given: Mapping[str, object]
) -> InvalidValue | None:
    """Return the error for the first keyword with a value of a wrong type, None without one."""
    hints: Mapping[str, object] = getattr(function, "__annotations__", {})
    scope: Mapping[str, object] = getattr(function, "__globals__", {})
    found = ((name, value, str(hints.get(name, "")), scope) for name, value in given.items())
    return _first(f" of {owner}", found)


def wrong_field(kind: type, given: Mapping[str, object]) -> InvalidValue | None:
    """Return the error for the first field of a struct with a wrong type, None without one."""
    hints = _hints(kind)
    found = ((name, value, *hints[name]) for name, value in given.items() if name in hints)
    return _first(f" of {kind.__name__}", found)


def _hints(kind: type) -> dict[str, tuple[str, Mapping[str, object]]]:
    """Return the annotation of each field as text, and the names that it may use."""
    hints: dict[str, tuple[str, Mapping[str, object]]] = {}
    for base in reversed(kind.__mro__):
        scope = vars(sys.modules[base.__module__])
        own: Mapping[str, object] = vars(base).get("__annotations__", {})
        hints |= {name: (str(own[name]), scope) for name in own}
    return hints


def _first(
    owner: str, given: Iterable[tuple[str, object, str, Mapping[str, object]]]
) -> InvalidValue | None:
    for name, value, hint, scope in given:
        for path, found, wanted in _wrong(value, hint, scope, _DEEPEST):
            given_type = "None" if found is None else f"a {type(found).__name__}"
            why = f"is {given_type}, where {wanted} is expected"
            return InvalidValue(f"{name}{path}{owner}", why)
    return None


def _wrong(
    value: object, hint: str, scope: Mapping[str, object], depth: int
) -> Iterator[tuple[str, object, str]]:
    """Yield the path of each wrong value, the value, and what is expected there."""
    resolved = _resolve(hint, scope)
    if resolved is not None and not isinstance(value, resolved.kinds):
        yield "", value, " or ".join(dict.fromkeys(map(_named, resolved.kinds)))
        return
    if resolved is not None and isinstance(value, str) and not _takes_text(resolved.kinds):
        yield "", value, " or ".join(dict.fromkeys(map(_named, resolved.kinds)))
        return
    if depth == 0:
        return
    if is_sequence(value):
        for index, each in enumerate(value):
            item_hint = resolved.items if resolved is not None else ""
            for path, found, wanted in _wrong(each, item_hint, scope, depth - 1):
                yield f"[{index}]{path}", found, wanted
    elif isinstance(value, Frozen):
        hints = _hints(type(value))
        for name in value.__struct_fields__:
            held = getattr(value, name)
            for path, found, wanted in _wrong(held, *hints[name], depth - 1):
                yield f".{name}{path}", found, wanted


def _resolve(hint: str, scope: Mapping[str, object]) -> _Hint | None:
    """Return the classes of an annotation, None if one of them is not a class that can be used."""
    kinds: list[type] = []
    items = ""
    if hint.startswith("Annotated["):
        hint = _split(hint.removeprefix("Annotated["), ",")[0]
    for part in _split(hint):
        generic = next((name for name in _GENERIC if part.startswith(name)), None)
        if part in _BUILTIN:
            kinds += _BUILTIN[part]
        elif generic is not None:
            kinds.append(_GENERIC[generic])
            items = part.removeprefix(generic).removesuffix("]") if generic == "Sequence[" else ""
        else:
            found = _classes(_named_in(scope, part))
            if not found:
                return None
            kinds += found
    return _Hint(tuple(kinds), items) if kinds else None


def _split(hint: str, mark: str = "|") -> list[str]:
    """Return the members of a union, as they are written outside of brackets."""
    parts: list[str] = []
    depth, current = 0, ""
    for letter in hint:
        depth += (letter == "[") - (letter == "]")
        if letter == mark and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [*parts, current.strip()] if hint else []


def _named_in(scope: Mapping[str, object], name: str) -> object:
    """Return the value of a name, which may have the module that holds it: `k8s.ObjectMeta`."""
    first, _, attribute = name.partition(".")
    found = scope.get(first)
    return getattr(found, attribute, None) if attribute.isidentifier() else found


def _classes(found: object) -> tuple[type, ...]:
    """Return the classes of a name, of its union or its alias; none for other protocols."""
    members: tuple[Any, ...] = get_args(found) if isinstance(found, UnionType) else (found,)
    classes = [get_origin(each) or each for each in members]
    if all(isinstance(each, type) and _tells_instances(each) for each in classes):
        return tuple(classes)
    return ()


def _takes_text(kinds: Iterable[type]) -> bool:
    """Return True if text, or a value type of text such as Image, is one of the classes."""
    return any(issubclass(each, str) for each in kinds)


def _tells_instances(kind: type) -> bool:
    if kind is Any:
        return False
    is_protocol: bool = getattr(kind, "_is_protocol", False)
    return not is_protocol or getattr(kind, "_is_runtime_protocol", False)


def _named(kind: type) -> str:
    return "None" if kind is type(None) else kind.__name__
