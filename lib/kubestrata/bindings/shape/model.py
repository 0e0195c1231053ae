"""The content of a generated module: fields, structs and kinds, independent of Python syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from kubestrata.bindings.shape.type_expr import TypeExpr
from kubestrata.core.frozen import Frozen

Path: TypeAlias = tuple[str, ...]
"""Names that lead to a struct, its kind in front: ("HTTPRoute", "spec", "rules")."""
Module: TypeAlias = tuple[str, ...]
"""The path of a generated module below the root package."""
StructPlace: TypeAlias = tuple[Module, Path]
"""A location of a struct: the module of its kind, and the path in it."""
PathKey: TypeAlias = tuple[Path, str]
"""A path and the key of a struct that it leads to: alternatives are several at one path."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: wire name, type, and the facts of its docstring line.

    Upstream's description makes no difference: fields that only differ there are equal. A
    `fixed` one has that value unless another is given, and is always written.
    """

    wire: str
    type: TypeExpr
    required: bool
    facts: tuple[str, ...] = ()
    description: str = field(default="", compare=False)
    fixed: str | None = None


class ClassRef(Frozen):
    """A class in the module at `module`, and how docstrings of other modules call it."""

    module: tuple[str, ...]
    name: str
    shown: str


class StructModel(Frozen):
    """One struct class; `path` is where it is in its kind, `key` that of its shape.

    A `closed` one refuses unknown keys of a mapping that is given in its place. `place` gave it
    its name; what it holds is called as there.
    """

    name: str
    path: str
    fields: tuple[Field, ...]
    key: str
    aliases: tuple[str, ...] = ()
    closed: bool = False
    restrictions: tuple[str, ...] = ()
    place: StructPlace | None = None


class KindFacts(Frozen):
    """The facts of one version of a kind in the index."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    served: bool
    storage: bool

    @property
    def api_version(self) -> str:
        """`group/version`, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version


class KindModel(Frozen):
    """One version of a kind: its resource class and the fields beside metadata and status.

    An `open` one keeps top-level fields that its schema does not name.
    """

    facts: KindFacts
    class_name: str
    fields: tuple[Field, ...]
    source: str
    versions: tuple[str, ...]
    description: str = ""
    restrictions: tuple[str, ...] = ()
    open: bool = False


class ModuleModel(Frozen):
    """One generated file; `path` is below the root package: ("gateway", "v1", "http_route")."""

    path: tuple[str, ...]
    source: str
    kinds: tuple[KindModel, ...]
    structs: tuple[StructModel, ...]
    names: Mapping[str, ClassRef]
    """Shape key -> class."""
    others: Mapping[str, ClassRef] = msgspec.field(default_factory=dict[str, ClassRef])
    """Further names, for classes of other modules."""
    placed: Mapping[tuple[Module, PathKey], ClassRef] = msgspec.field(
        default_factory=dict[tuple[Module, PathKey], ClassRef]
    )
    """Return the name of a struct at a location, else the name of its key."""

    @property
    def exports(self) -> list[str]:
        """Every public class and alias, sorted."""
        found = [*(kind.class_name for kind in self.kinds), *self.others]
        for struct in self.structs:
            found += [struct.name, *struct.aliases]
        return sorted(found)
