"""Claims of a platform's API: declarations as the spec of an object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import field

from kubestrata.core.cluster import component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import DuplicateObject, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, JsonObject, is_mapping, is_sequence
from kubestrata.core.names import check_subdomain
from kubestrata.core.node import Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.render import render
from kubestrata.core.resource import RawResource
from kubestrata.core.struct import Struct
from kubestrata.core.tree import path_of


class PlatformKind(Frozen):
    """A kind of claims.

    `declaration` is the type of its spec; `composition` the KCL program that creates its objects,
    with the files `more` at its end; `creates` are the API groups of these objects that are not
    built into Kubernetes.
    """

    kind: str
    plural: str
    declaration: type[Declaration]
    composition: Path
    creates: frozenset[str] = field(default_factory=frozenset[str])
    more: Sequence[Path] = ()

    def __post_init__(self) -> None:
        for path in (self.composition, *self.more):
            if not path.is_file():
                raise InvalidValue(f"PlatformKind {self.kind!r}", f"has no program {path.name}")

    @property
    def source(self) -> str:
        """Return the KCL program."""
        files = (self.composition, *self.more)
        return "\n".join(path.read_text(encoding="utf-8") for path in files)


@dataclass(frozen=True, slots=True)
class Claims:
    """An API group and its `kinds`.

    A claim is ordered by its group, which a PlatformDefinition provides.
    """

    group: str
    kinds: Sequence[PlatformKind]
    version: str = "v1alpha1"

    def __post_init__(self) -> None:
        check_subdomain("API group", self.group)
        seen: set[type[Declaration]] = set()
        for kind in self.kinds:
            if kind.declaration in seen:
                why = f"{kind.declaration.__name__} is already declared by another kind"
                raise DuplicateObject(f"kind {kind.kind!r}", why)
            seen.add(kind.declaration)

    @property
    def api_version(self) -> str:
        """Return `apiVersion` of every claim."""
        return f"{self.group}/{self.version}"

    def kind_of(self, declaration: type[Declaration]) -> PlatformKind | None:
        """Return the kind of a type of declaration; None if it has none."""
        return next((each for each in self.kinds if each.declaration is declaration), None)

    def claim(self, scope: Construct, id: str, declaration: Declaration) -> RawResource:
        """Create a claim with the declaration as its spec; raises InvalidValue without a kind."""
        kind = self.kind_of(type(declaration))
        if kind is None:
            known = ", ".join(each.kind for each in self.kinds) or "none"
            why = f"is not a kind of {self.group}, which has {known}"
            raise InvalidValue(type(declaration).__name__, why)
        component_of(scope).requires(sorted(kind.creates))
        origin = caller(path_of(scope, id))
        manifest: JsonObject = {
            "apiVersion": self.api_version,
            "kind": kind.kind,
            "metadata": {"name": id},
            "spec": claim_spec(declaration, origin, f"{kind.kind} {id!r}"),
        }
        return RawResource(scope, id, manifest, namespaced=True)


def claim_spec(declaration: Declaration, origin: Origin, what: str) -> JsonObject:
    """Return the declaration by wire names, with references kept and default values omitted.

    Raises InvalidBody for values that do not match the declaration's type.
    """
    render(declaration, origin, what)
    return _stated(declaration)


def _stated(declaration: msgspec.Struct) -> JsonObject:
    stated: dict[str, Json] = {}
    for each in _fields(type(declaration)):
        value = _plain(getattr(declaration, each.name))
        if each.required or value != _plain(_default(each)):
            stated[each.encode_name] = value
    return stated


@cache
def _fields(kind: type[msgspec.Struct]) -> Sequence[msgspec.structs.FieldInfo]:
    return msgspec.structs.fields(kind)


def _default(info: msgspec.structs.FieldInfo) -> Any:
    if info.default_factory is not msgspec.NODEFAULT:
        return info.default_factory()
    return info.default


def _plain(value: Any) -> Json:
    if isinstance(value, Struct):
        return _stated(value)
    if is_mapping(value):
        return {key: _plain(each) for key, each in value.items()}
    if is_sequence(value):
        return [_plain(each) for each in value]
    found: Json = value
    return found
