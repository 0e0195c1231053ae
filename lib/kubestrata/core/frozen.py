"""The base of frozen value types.

They are structs of msgspec, because Python compiles six methods for each dataclass: a command
loads some 400 of these classes, and dataclasses would take an eighth of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, dataclass_transform

import msgspec


def _refused(kind: type[msgspec.Struct], message: str, given: int, named: set[str]) -> TypeError:
    """Return Python's error for a call with wrong arguments; msgspec's does not name the class."""
    call = f"{kind.__qualname__}()"
    if message.startswith("Missing required"):
        fields = kind.__struct_fields__
        optional = len(kind.__struct_defaults__)
        needed = fields[given : len(fields) - optional]
        missing = " and ".join(repr(each) for each in needed if each not in named)
        return TypeError(f"{call} missing required arguments: {missing}")
    if message.startswith("Extra positional"):
        takes = len(kind.__match_args__)
        return TypeError(f"{call} takes {takes} positional arguments but {given} were given")
    word = message.partition("'")[2].partition("'")[0]
    if message.startswith("Unexpected keyword"):
        return TypeError(f"{call} got an unexpected keyword argument {word!r}")
    return TypeError(f"{call} got multiple values for argument {word!r}")


_make: Any = msgspec.StructMeta.__call__


class _FrozenType(msgspec.StructMeta):
    if not TYPE_CHECKING:  # type checkers must see the synthesized __init__

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # a metaclass
            try:
                return _make(cls, *args, **kwargs)
            except TypeError as error:
                trace = error.__traceback__
                if trace is None or trace.tb_next is not None:  # raised by the class itself
                    raise
                raise _refused(cls, str(error), len(args), set(kwargs)) from None


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class FrozenRecord(msgspec.Struct, frozen=True):
    """A frozen value that only this library creates, one or more for each object.

    Its calls cost a third of those of `Frozen`, which name the class of a wrong call.
    """


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Frozen(msgspec.Struct, metaclass=_FrozenType, frozen=True):
    """A value that never changes after it was created; equal to others with the same fields."""
