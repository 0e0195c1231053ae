"""Calls of kinds: a call that does not fit the constructor is an error of the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubestrata.core.errors import InvalidBody


def _constructor(kind: Any) -> Any:
    """The function itself: the signature of a class is that of its metaclass's call."""
    return kind.__init__


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
                from kubestrata.core.call_error import explain_call  # noqa: PLC0415  # errors only

                raise explain_call(cls.__name__, str(error), _constructor(cls)) from None
