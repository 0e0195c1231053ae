"""Constructor calls of kinds, with wrong arguments reported as errors of the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubestrata.core.errors import InvalidBody

_make: Any = type.__call__


def _constructor(kind: Any) -> Any:
    """Return the constructor itself: `inspect` would use the metaclass's `__call__`."""
    return kind.__init__


class ResourceType(type):
    """The metaclass of kinds, which raises InvalidBody for wrong arguments."""

    if not TYPE_CHECKING:  # type checkers must see each kind's own __init__

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            """Create an object; errors raised inside a constructor are not changed."""
            try:
                return _make(cls, *args, **kwargs)
            except TypeError as error:
                trace = error.__traceback__
                if isinstance(error, InvalidBody) or trace is None or trace.tb_next is not None:
                    raise
                from kubestrata.core.call_error import explain_call  # noqa: PLC0415  # errors only

                raise explain_call(cls.__name__, str(error), _constructor(cls)) from None
