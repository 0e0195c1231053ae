"""Schemas of the kinds that a tree defines itself, preferred over those of the bindings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from secrets import token_bytes
from typing import Any

import msgspec

from kubestrata.bindings import CustomKind, CustomVersion, IndexedKind
from kubestrata.core.identity import group_of
from kubestrata.schema.catalogue import Catalogue
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.kind_schema import KindSchema, LazySchema


class Extended(Catalogue):
    """A catalogue with the kinds that a tree defines; of those it has no other version."""

    def __init__(self, base: Catalogue, kinds: Sequence[CustomKind]) -> None:
        self.folders = base.folders
        self.has_builtin = base.has_builtin
        self._named = {key for key in base.all_kinds if base.is_named(*key)}
        self._base = base
        self._kinds = dict(base.all_kinds)
        self._own: dict[tuple[str, str], KindSchema] = {}
        self._defined = {(kind.group, kind.kind) for kind in kinds}
        for kind in kinds:
            found = [_indexed(kind, version) for version in kind.versions]
            self._kinds[kind.group, kind.kind] = found
            for indexed, version in zip(found, kind.versions, strict=True):
                source = LazySchema(
                    partial(_stored, version, base), partial(_digest, version, base)
                )
                self._own[f"{kind.group}/{version.name}", kind.kind] = KindSchema(indexed, source)

    @property
    def is_empty(self) -> bool:
        """Return True if nothing is bound, whatever the tree defines."""
        return self._base.is_empty

    def get(self, api_version: str, kind: str) -> KindSchema | None:
        """Return the schema of a version of a kind, None if there is no such version."""
        if (group_of(api_version), kind) in self._defined:
            return self._own.get((api_version, kind))
        return self._base.get(api_version, kind)


def _stored(
    version: CustomVersion, base: Catalogue
) -> tuple[dict[str, Any], KubernetesDefinitions]:
    return dict(version.schema), base.kubernetes()


def _digest(version: CustomVersion, base: Catalogue) -> bytes:
    try:
        schema = msgspec.msgpack.encode(version.schema)
    except (OverflowError, TypeError, ValueError, RecursionError):
        schema = token_bytes()
    return hashlib.sha256(base.kubernetes_digest() + schema).digest()


def _indexed(kind: CustomKind, version: CustomVersion) -> IndexedKind:
    return IndexedKind(
        kind.group,
        version.name,
        kind.kind,
        kind.plural,
        kind.namespaced,
        version.served,
        version.storage,
        builtin=False,
        package="",
        module="",
        schema="",
    )
