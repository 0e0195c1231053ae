"""Keywords of value types that a misspelt keyword probably means: `replica` of `Scaling.fixed`."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

from kubestrata.core.alike import alike

_LIKENESS = 0.8


def nested_keyword(word: str, function: Any) -> str | None:
    """Return the call with the keyword, as `scaling=Scaling.fixed(replicas=...)`, None without one.

    The types of the function's keywords are searched, and their factories.
    """
    found: dict[str, str] = {}
    for call, keyword in _inner(function):
        found.setdefault(keyword, f"{call}({keyword}=...)")
    near = alike(word, found, likeness=_LIKENESS)
    return found[near[0]] if near else None


def _inner(function: Any) -> Iterator[tuple[str, str]]:
    """Yield the calls that make values of a function's keywords, with each of their keywords."""
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError):
        # Types that only a type checker imports.
        return
    for name, hint in hints.items():
        for kind in _classes(hint):
            if not kind.__module__.startswith("kubestrata."):
                continue
            yield from ((f"{name}={kind.__name__}", each) for each in _keywords(kind))
            for factory in (key for key, each in vars(kind).items() if _is_factory(key, each)):
                call = f"{name}={kind.__name__}.{factory}"
                yield from ((call, each) for each in _keywords(getattr(kind, factory)))


def _is_factory(name: str, value: object) -> bool:
    return isinstance(value, classmethod) and not name.startswith("_")


def _classes(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not typing.get_args(hint):
        yield hint
    for each in typing.get_args(hint):
        yield from _classes(each)


def _keywords(function: Any) -> Iterator[str]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return
    for each in parameters.values():
        if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD):
            yield each.name
