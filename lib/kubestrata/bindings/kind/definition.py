"""Kubernetes' own schemas: the JSON definitions that `cdk8s import k8s` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubestrata.bindings.kind import builtin_kind
from kubestrata.bindings.kind.definition_check import REF, require_definitions
from kubestrata.bindings.kind.version import version_rank
from kubestrata.bindings.shape.fact import description_of, facts_of
from kubestrata.bindings.shape.model import Field, KindFacts
from kubestrata.bindings.shape.name import module_name
from kubestrata.bindings.shape.shape import SCALARS, choice_of
from kubestrata.bindings.shape.type_expr import (
    INT_OR_STRING,
    JSON,
    JSON_OBJECT,
    QUANTITY,
    ListOf,
    MapOf,
    ShapeRef,
    TypeExpr,
)
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping, mapping

OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_KEY = re.compile(r"[A-Za-z0-9.\-]+\.([a-z][a-z0-9]*)\.(v[a-z0-9]+)\.([A-Za-z][A-Za-z0-9]*)\Z")
_REFERRED = re.compile(re.escape(f'"$ref": "{REF}') + r'([^"]+)"')
PLAIN: Mapping[object, TypeExpr] = {**SCALARS, "object": JSON_OBJECT}
"""The types of what refers to nothing, by their name in a schema."""


class BuiltinKind(Frozen):
    """A kind that can be stored, and the key of its definition."""

    key: str
    facts: KindFacts


class Definitions:
    """The definitions of one Kubernetes version, by key (`io.k8s.api.core.v1.Pod`)."""

    def __init__(self, address: str, text: str) -> None:
        try:
            found: object = json.loads(text)["definitions"]
        except (ValueError, KeyError, TypeError, RecursionError):
            why = "is not a JSON file of definitions"
            raise ImportSourceError(address, "cannot be read", why) from None
        if not is_mapping(found) or OBJECT_META not in found:
            raise ImportSourceError(address, "cannot be read", f"has no definition {OBJECT_META}")
        require_definitions(address, found)
        self.address = address
        self.schemas: dict[str, dict[str, Any]] = found
        self.kinds = {kind.key: kind for kind in self._kinds()}

    def _kinds(self) -> Iterator[BuiltinKind]:
        newest = _newest_versions(self.schemas)
        for key, schema in self.schemas.items():
            identities = _identities(schema)
            metadata = mapping(mapping(schema.get("properties")).get("metadata"))
            if (
                len(identities) != 1
                or metadata.get("$ref") != REF + OBJECT_META
                or not _KEY.match(key)
            ):
                continue
            group, version, kind = identities[0]
            if kind in builtin_kind.NEVER_STORED:
                continue
            namespaced = builtin_kind.is_namespaced(group, kind) is not False
            plural = builtin_kind.plural_of(kind)
            storage = newest[group, kind] == version
            facts = KindFacts(
                group, version, kind, plural, namespaced, served=True, storage=storage
            )
            yield BuiltinKind(key, facts)

    @property
    def unknown(self) -> list[str]:
        """Kinds whose scope is not known; they are taken to be namespaced."""
        facts = [kind.facts for kind in self.kinds.values()]
        unknown = [
            each for each in facts if builtin_kind.is_namespaced(each.group, each.kind) is None
        ]
        return sorted(f"{each.api_version} {each.kind}" for each in unknown)

    def type_of(self, schema: Mapping[str, Any]) -> TypeExpr:
        """Return the type of one property."""
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]).removeprefix(REF))
        choice = choice_of(schema.get("enum"))
        if choice is not None:
            return choice
        name = schema.get("type")
        if name == "array":
            items: object = schema.get("items")
            return ListOf(self.type_of(items) if is_mapping(items) else JSON)
        values: object = schema.get("additionalProperties")
        if name == "object" and is_mapping(values):
            return MapOf(self.type_of(values))
        return PLAIN.get(name, JSON)

    def _referred(self, key: str) -> TypeExpr:
        schema = self.schemas.get(key)
        if schema is None:
            why = "refers to a definition that is missing"
            raise ImportSourceError(self.address, key, why)
        if schema.get("properties") and _KEY.match(key):
            return ShapeRef(key)
        if key.endswith(".Quantity"):
            return QUANTITY
        return (
            INT_OR_STRING if key.endswith(".IntOrString") else PLAIN.get(schema.get("type"), JSON)
        )

    def needed(self) -> list[str]:
        """Return the definitions that the kinds refer to, status included, sorted."""
        found: set[str] = set()
        waiting = [*self.kinds]
        while waiting:
            key = waiting.pop()
            if key not in found and key in self.schemas:
                found.add(key)
                waiting += _REFERRED.findall(json.dumps(self.schemas[key]))
        return sorted(found)

    def fields(self, key: str, without: frozenset[str]) -> tuple[Field, ...]:
        """Return the fields of one definition."""
        schema = self.schemas[key]
        required = schema.get("required") or ()
        return tuple(
            Field(wire, self.type_of(each), wire in required, facts_of(each), description_of(each))
            for wire, each in mapping(schema.get("properties")).items()
            if wire not in without
        )


def _identities(schema: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return group, version and kind of a definition: none for a struct, many for a shared one."""
    found: object = schema.get("x-kubernetes-group-version-kind")
    return [
        (str(each["group"]), str(each["version"]), str(each["kind"]))
        for each in (found if is_list(found) else [])
    ]


def _newest_versions(schemas: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    newest: dict[tuple[str, str], str] = {}
    for schema in schemas.values():
        for group, version, kind in _identities(schema):
            known = newest.get((group, kind), "")
            newest[group, kind] = max(known, version, key=version_rank)
    return newest


@lru_cache(10_000)
def module_of(key: str) -> str:
    """Return the module and schema file of a definition: io.k8s.api.apps.v1.Deployment -> apps_v1.

    Schemas that belong to no group and version are in `other`; no struct is.
    """
    found = _KEY.match(key)
    return module_name(f"{found[1]}_{found[2]}") if found else "other"
