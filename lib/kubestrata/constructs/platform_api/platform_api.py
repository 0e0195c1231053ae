"""A platform's own API: what a cluster offers where claims stand for native objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.constructs.platform_api.claim_spec import claim_spec
from kubestrata.constructs.platform_api.platform_kind import PlatformKind
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import DuplicateObject, InvalidValue
from kubestrata.core.json_value import JsonObject
from kubestrata.core.names import check_subdomain
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.resource import RawResource
from kubestrata.core.tree import component_of, path_of


@dataclass(frozen=True, slots=True)
class PlatformApi:
    """Offered by a cluster, it makes constructs claim `kinds`; others stay native objects.

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
