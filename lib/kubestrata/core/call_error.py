"""Errors for calls with wrong arguments: the line, the mistake, the nearest keyword."""

from __future__ import annotations

import inspect
import re
import traceback
from types import FrameType, ModuleType
from typing import Any

from kubestrata.core.alike import alike
from kubestrata.core.errors import InvalidBody
from kubestrata.core.field_type import nearest
from kubestrata.core.nested_keyword import nested_keyword
from kubestrata.core.origin import is_library, shown

_CALLED = re.compile(r"([\w.<>]+)\(\) (?:got |missing |takes )")
_QUOTED = re.compile(r"'([^']*)'")
_COUNTED = re.compile(r"(takes .*? given)")


def wrong_call(error: TypeError, *kinds: type) -> InvalidBody | None:
    """Return the error for a call with wrong arguments; None for a TypeError of another kind.

    `kinds` are classes whose constructor may have been called; others are looked up where the
    call was made.
    """
    called = _CALLED.match(str(error))
    if isinstance(error, InvalidBody) or called is None or error.__traceback__ is None:
        return None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    function = _function(called[1], frames[-1], kinds)
    if function is None or getattr(function, "__code__", None) is frames[-1].f_code:
        return None
    name = called[1].removesuffix(".__init__").rpartition("<locals>.")[2]
    return explain_call(name, str(error), function, where=_where(error), noun="keyword")


def explain_call(
    what: str, message: str, function: Any, *, where: str | None = None, noun: str = "field"
) -> InvalidBody:
    """Return the error for a call that `function` refused with Python's own `message`."""
    words = _QUOTED.findall(message)
    if "unexpected keyword argument" in message and words:
        known = _keywords(function)
        is_near = alike(words[0], known, likeness=0.5)
        inner = None if is_near else nested_keyword(words[0], function)
        fix = f"write {inner}" if inner else nearest(words[0], known)
        return InvalidBody(what, f"has no {noun} {words[0]!r}", fix, where=where)
    if " missing " in message and words:
        plural = noun if len(words) == 1 else f"{noun}s"
        fix = "pass " + ", ".join(f"{word}=" for word in words)
        return InvalidBody(what, f"needs the {plural} {_joined(words)}", fix, where=where)
    if "multiple values" in message and words:
        return InvalidBody(
            what, f"was given {words[0]!r} twice", f"pass {words[0]} once", where=where
        )
    counted = _COUNTED.search(message)
    if counted:
        rest = "the fields of the body" if noun == "field" else "the others"
        return InvalidBody(what, counted[1], f"pass {rest} as keywords", where=where)
    return InvalidBody(what, message, where=where)


def _keywords(function: Any) -> list[str]:
    """Return the keyword-only parameters, or all parameters of a function without any."""
    parameters = inspect.signature(function).parameters.values()
    only = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    return only or [each.name for each in parameters if each.name != "self"]


def _joined(words: list[str]) -> str:
    return " and ".join(map(repr, words))


def _where(error: TypeError) -> str | None:
    """Return the line of the call: the innermost one outside the library, if there is one."""
    steps = traceback.walk_tb(error.__traceback__)
    lines = [
        f"{shown(frame.f_code.co_filename)}:{line}"
        for frame, line in steps
        if not is_library(frame.f_code.co_filename)
    ]
    return lines[-1] if lines else None


def _function(called: str, frame: FrameType, kinds: tuple[type, ...]) -> Any:
    """Return the function of that qualified name, as the calling frame sees it, or None."""
    first, *rest = called.rpartition("<locals>.")[2].split(".")
    struct = frame.f_locals.get("cls")  # `frozen` has no function that could be called
    if isinstance(struct, type) and struct.__qualname__ == called:
        return struct
    roots = [
        *(each for kind in kinds for each in kind.__mro__),
        *type(frame.f_locals.get("self")).__mro__,
    ]
    scopes = {**frame.f_globals, **frame.f_locals}
    modules = [each for each in scopes.values() if isinstance(each, ModuleType)]
    candidates = [scopes.get(first), *(vars(each).get(first) for each in modules)]
    named = (each for each in (*roots, *candidates) if getattr(each, "__name__", "") == first)
    found = (_member(each, rest) for each in named)
    return next((each for each in found if _qualified(each) == called), None)


def _member(value: Any, names: list[str]) -> Any:
    for name in names:
        value = inspect.getattr_static(value, name, None)
        value = getattr(value, "__func__", value)
    return value


def _qualified(value: Any) -> str:
    return str(getattr(value, "__qualname__", "")) if inspect.isfunction(value) else ""
