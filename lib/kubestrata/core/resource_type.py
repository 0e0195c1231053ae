"""What a wrong call of a kind's constructor tells: the line, the mistake, the nearest keyword."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from kubestrata.core.errors import InvalidBody

_QUOTED = re.compile(r"'([^']*)'")
_COUNTED = re.compile(r"(takes .*? given)")


def _constructor(kind: Any) -> Any:
    """The function itself: the signature of a class is that of its metaclass's call."""
    return kind.__init__


def _explain(kind: type, message: str) -> InvalidBody:
    from kubestrata.core.field_type import nearest  # noqa: PLC0415  # errors only

    what = kind.__name__
    known = [name for name in inspect.signature(_constructor(kind)).parameters if name != "self"]
    words = _QUOTED.findall(message)
    if "unexpected keyword argument" in message and words:
        return InvalidBody(what, f"has no field {words[0]!r}", nearest(words[0], known))
    if " missing " in message and words:
        field = "field" if len(words) == 1 else "fields"
        names = " and ".join(map(repr, words))
        fix = "pass " + ", ".join(f"{word}=" for word in words)
        return InvalidBody(what, f"needs the {field} {names}", fix)
    if "multiple values" in message and words:
        return InvalidBody(what, f"was given {words[0]!r} twice", f"pass {words[0]} once")
    counted = _COUNTED.search(message)
    if counted:
        return InvalidBody(what, counted[1], "pass the fields of the body as keywords")
    return InvalidBody(what, message)


class ResourceType(type):
    """The class of kinds: a call that does not fit the constructor raises InvalidBody."""

    if not TYPE_CHECKING:  # type checkers must see each kind's own __init__

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            """Make an object; an error from inside of a constructor stays what it is."""
            try:
                return super().__call__(*args, **kwargs)
            except TypeError as error:
                trace = error.__traceback__
                if isinstance(error, InvalidBody) or trace is None or trace.tb_next is not None:
                    raise
                raise _explain(cls, str(error)) from None
