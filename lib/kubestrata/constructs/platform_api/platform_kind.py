"""One kind of a platform's API: a declaration, and what composes its objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class PlatformKind:
    """A kind that claims have.

    `declaration` is the type of its spec; `composition` the KCL program that makes its objects,
    of API groups that `creates` names where Kubernetes does not have them.
    """

    kind: str
    plural: str
    declaration: type[Declaration]
    composition: Path
    creates: frozenset[str] = field(default_factory=frozenset[str])

    def __post_init__(self) -> None:
        if not self.composition.is_file():
            why = f"has no program {self.composition.name}"
            raise InvalidValue(f"PlatformKind {self.kind!r}", why)

    @property
    def source(self) -> str:
        """The KCL program."""
        return self.composition.read_text(encoding="utf-8")
