"""Selections of objects by kind and name, for patches, exceptions and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubestrata.core.errors import InvalidValue
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin, caller

if TYPE_CHECKING:
    from kubestrata.core.pattern import Pattern

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ObjectSelector:
    """Objects by kind and name; `group` tells kinds of one name apart.

    `name` is a regular expression that matches the whole name, as in a Patch; None is any name.
    """

    kind: str
    name: str | None = None
    group: str | None = None
    origin: Origin = field(default_factory=caller, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.name is not None:
            pattern_of(self.name)

    def selects(self, identity: Identity) -> bool:
        """Return True for an object that is selected."""
        return (
            identity.kind == self.kind
            and self.group in (None, identity.group)
            and (self.name is None or pattern_of(self.name).matches(identity.name))
        )

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return kind if self.name is None else f"{kind} {self.name}"


def pattern_of(text: str) -> Pattern:
    """Return a pattern of names; raises InvalidValue for one that is not valid."""
    from kubestrata.core.pattern import Pattern, PatternError  # noqa: PLC0415  # loads re2

    try:
        return Pattern(text)
    except PatternError as error:
        raise InvalidValue(f"name {text!r}", f"is not a valid pattern: {error}") from None


def nearest_object(kind: str, name: str | None, known: Sequence[Identity]) -> str:
    """Return a fix that names the objects most like a kind and a name."""
    from kubestrata.core.alike import alike  # noqa: PLC0415  # errors only

    names = sorted(each.name for each in known if each.kind == kind)
    if names:
        near = alike(name or "", names) or names[:_SHOWN]
        more = f" and {len(names) - _SHOWN} more" if near == names[:_SHOWN] != names else ""
        return f"name {kind} {' or '.join(near)}{more}"
    kinds = sorted({each.kind for each in known})
    return f"name one of its kinds: {', '.join(alike(kind, kinds) or kinds)}"
