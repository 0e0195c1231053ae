"""The base of generated structs, and common field types."""

from __future__ import annotations

import linecache
import re
import sys
from typing import TYPE_CHECKING, Any, Final, Never, TypeAlias, TypeVar, dataclass_transform

import msgspec

from kubestrata.core.errors import InvalidBody
from kubestrata.core.origin import Origin, caller

IntOrString: TypeAlias = int | str
"""A count or a percentage, a port number or a port name."""

QuantityLike: TypeAlias = str | int | float
"""A Kubernetes quantity such as `500m`, `1Gi` or 2."""

_Value = TypeVar("_Value")

if TYPE_CHECKING:
    import enum
    from collections.abc import Mapping

    class Null(enum.Enum):
        """The type of `NULL`."""

        NULL = "null"

    NULL: Final = Null.NULL
else:
    Null: Final = None

    class _ExplicitNull:
        __slots__ = ()

        def __repr__(self) -> str:
            return "NULL"

    NULL: Final = _ExplicitNull()
    """An explicit `null`; None leaves the field out."""


def _name_at(cls: type[msgspec.Struct], origin: Origin) -> str:
    """Return the name that the calling line uses for a class, which may have several names."""
    module = sys.modules[cls.__module__]
    for name in re.findall(r"(\w+)\(", linecache.getline(origin.file, origin.line)):
        if getattr(module, name, None) is cls:
            return str(name)
    return cls.__name__


def _explain(cls: type[msgspec.Struct], error: TypeError) -> InvalidBody:
    message = str(error)
    what = _name_at(cls, caller())
    word = re.search(r"'([^']*)'", message)
    if word is None:
        return InvalidBody(what, message)
    if message.startswith("Unexpected keyword"):
        from kubestrata.core.field_type import nearest  # noqa: PLC0415  # errors only

        fix = nearest(word[1], list(cls.__struct_fields__))
        return InvalidBody(what, f"has no field {word[1]!r}", fix)
    if message.startswith("Missing required"):
        return InvalidBody(what, f"needs the field {word[1]!r}", f"pass {word[1]}=")
    return InvalidBody(what, message)


class _Annotations(dict[str, Any]):
    """Annotations of a class as they are written; `items`, which msgspec reads, has the types.

    They are evaluated together: msgspec would compile each of them alone, in four times the time.
    """

    def __init__(self, module: str, written: dict[str, Any]) -> None:
        super().__init__(written)
        self._module = module
        self._types: dict[str, Any] | None = None

    def items(self) -> Any:
        if self._types is None:
            self._types = self._evaluated()
        return self._types.items()

    def _evaluated(self) -> dict[str, Any]:
        texts = {name: text for name, text in super().items() if isinstance(text, str)}
        scope = vars(sys.modules[self._module])
        found = eval(f"({''.join(f'{each},' for each in texts.values())})", scope)  # noqa: S307  # annotations
        return {**self, **dict(zip(texts, found, strict=True))}


_make: Any = msgspec.StructMeta.__call__


class _StructType(msgspec.StructMeta):
    if not TYPE_CHECKING:  # type checkers must see the synthesized __init__

        def __new__(mcls, name, bases, namespace, **config: Any) -> Any:  # noqa: ANN001
            if "__annotations__" in namespace:
                written = namespace["__annotations__"]
                namespace["__annotations__"] = _Annotations(namespace["__module__"], written)
            return super().__new__(mcls, name, bases, namespace, **config)

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # a metaclass
            try:
                return _make(cls, *args, **kwargs)
            except TypeError as error:
                raise _explain(cls, error) from None
            except AttributeError:
                from kubestrata.core.argument_type import wrong_field  # noqa: PLC0415  # errors only

                wrong = wrong_field(cls, kwargs)
                if wrong is None:
                    raise
                raise wrong from None


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, metaclass=_StructType, frozen=True, kw_only=True, omit_defaults=True):
    """A part of an object's body: frozen, keywords only, unset fields are not written."""


if TYPE_CHECKING:
    EmptyObject: TypeAlias = Mapping[str, Never]
    """An object whose schema declares no fields: only `{}` is kept by the API server."""
else:

    class EmptyObject(Struct, forbid_unknown_fields=True):
        """An object whose schema declares no fields: only `{}` is kept by the API server."""


def fixed(value: _Value) -> _Value:
    """Return a default that is always written; other defaults are left out."""
    found: _Value = msgspec.field(default_factory=lambda: value)
    return found
