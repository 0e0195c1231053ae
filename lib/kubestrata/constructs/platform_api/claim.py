"""Claims of a platform's API: a declaration becomes the spec of an object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import DuplicateObject, InvalidValue
from kubestrata.core.json_value import Json, JsonObject, is_mapping, is_sequence
from kubestrata.core.names import check_subdomain
from kubestrata.core.node import Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.render import render
from kubestrata.core.resource import RawResource
from kubestrata.core.tree import component_of, path_of


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


@dataclass(frozen=True, slots=True)
class Claims:
    """An API group and its `kinds`.

    The order of a claim follows from its group: a PlatformDefinition provides it.
    """

    group: str
    kinds: Sequence[PlatformKind]
    version: str = "v1alpha1"

    def __post_init__(self) -> None:
        check_subdomain("API group", self.group)
        seen: set[type[Declaration]] = set()
        for kind in self.kinds:
            if kind.declaration in seen:
                why = f"{kind.declaration.__name__} is declared by another kind"
                raise DuplicateObject(f"kind {kind.kind!r}", why)
            seen.add(kind.declaration)

    @property
    def api_version(self) -> str:
        """`apiVersion` of every claim."""
        return f"{self.group}/{self.version}"

    def kind_of(self, declaration: type[Declaration]) -> PlatformKind | None:
        """The kind that a type of declaration is claimed as; None where it is not."""
        return next((each for each in self.kinds if each.declaration is declaration), None)

    def claim(self, scope: Construct, id: str, declaration: Declaration) -> RawResource:
        """A claim with the declaration as its spec; raises InvalidValue for one of no kind."""
        kind = self.kind_of(type(declaration))
        if kind is None:
            known = ", ".join(each.kind for each in self.kinds) or "none"
            why = f"is no kind of {self.group}, which has {known}"
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
    """The declaration under its wire names, references kept, fields at their default left out.

    Raises InvalidBody for what the declaration's type does not take.
    """
    render(declaration, origin, what)
    return _stated(declaration)


def _stated(declaration: msgspec.Struct) -> JsonObject:
    stated: dict[str, Json] = {}
    for each in msgspec.structs.fields(declaration):
        value = _plain(getattr(declaration, each.name))
        if each.required or value != _plain(_default(each)):
            stated[each.encode_name] = value
    return stated


def _default(info: msgspec.structs.FieldInfo) -> Any:
    if info.default_factory is not msgspec.NODEFAULT:
        return info.default_factory()
    return info.default


def _plain(value: Any) -> Json:
    if isinstance(value, msgspec.Struct):
        return _stated(value)
    if is_mapping(value):
        return {key: _plain(each) for key, each in value.items()}
    if is_sequence(value):
        return [_plain(each) for each in value]
    found: Json = value
    return found
