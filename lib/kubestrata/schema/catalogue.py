"""The schemas of generated trees (`imports/kubeapis`), read when a kind is first validated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from secrets import token_bytes
from typing import Any

from kubestrata.bindings import IndexedKind, expanded, read_index
from kubestrata.bindings.tree.kind_index import INDEX_FILE
from kubestrata.core.bindings_path import binding_folders
from kubestrata.core.folder_signature import signature_of_files
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import is_mapping
from kubestrata.knowledge import type_name
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.kind_schema import KindSchema, LazySchema
from kubestrata.schema.requirement import optional_fields
from kubestrata.schema.server_list import QUANTITY

# Types that definitions call a string where the API accepts a number too.
_SCALARS: Mapping[str, dict[str, Any]] = {
    ".IntOrString": {"type": ["integer", "string"]},
    ".Quantity": {"type": ["number", "string"], QUANTITY: True},
}


class Catalogue:
    """All kinds of generated trees; one without an index has none.

    The first of `folders` wins, as it does for `import`: a later one adds neither kinds of a
    package that an earlier one has, nor versions of its kinds. `more` are further trees, which
    were named for what is validated: their kinds replace those of the others.
    """

    def __init__(self, *folders: Path, more: Sequence[Path] = ()) -> None:
        self.folders = folders
        self._kinds: dict[tuple[str, str], list[IndexedKind]] = {}
        self._homes: dict[IndexedKind, Path] = {}
        for home in folders:
            kinds, packages = set(self._kinds), {kind.package for kind in self._homes}
            for kind in _indexed(home):
                if (kind.group, kind.kind) not in kinds and kind.package not in packages:
                    self._add(kind, home)
        self._named: set[tuple[str, str]] = set()
        self._more = more
        for home in more:
            self._replace(home)
        self._known: dict[tuple[str, str], KindSchema | None] = {}
        self._definitions: dict[Path, KubernetesDefinitions] = {}
        self._digests: dict[Path, bytes] = {}
        self.has_builtin = any(kind.builtin for kind in self._homes)

    def _add(self, kind: IndexedKind, home: Path) -> None:
        known = self._kinds.setdefault((kind.group, kind.kind), [])
        if kind.version not in [each.version for each in known]:
            known.append(kind)
            self._homes[kind] = home

    def _replace(self, home: Path) -> None:
        for kind in _indexed(home):
            key = (kind.group, kind.kind)
            if key not in self._named:
                self._named.add(key)
                for former in self._kinds.pop(key, ()):
                    del self._homes[former]
            self._add(kind, home)

    def is_named(self, group: str, kind: str) -> bool:
        """Return True if a kind comes from the further trees."""
        return (group, kind) in self._named

    @property
    def is_empty(self) -> bool:
        """Return True if nothing is bound."""
        return not self._kinds

    @property
    def all_kinds(self) -> Mapping[tuple[str, str], list[IndexedKind]]:
        """Return the versions of every kind, by group and kind."""
        return self._kinds

    def versions(self, group: str, kind: str) -> list[IndexedKind]:
        """Return the versions of a kind, none if it is not bound."""
        return self._kinds.get((group, kind), [])

    def kinds_of(self, group: str) -> list[str]:
        """Return the kinds of a group."""
        return sorted({kind for known, kind in self._kinds if known == group})

    def groups_of(self, kind: str) -> list[str]:
        """Return the groups that have a kind of a name."""
        return sorted(group for group, known in self._kinds if known == kind)

    def get(self, api_version: str, kind: str) -> KindSchema | None:
        """Return the schema of a version of a kind, None if it is not bound."""
        key = (api_version, kind)
        if key not in self._known:
            self._known[key] = self._read(api_version, kind)
        return self._known[key]

    def _read(self, api_version: str, kind: str) -> KindSchema | None:
        version = api_version.rpartition("/")[2]
        for found in self.versions(group_of(api_version), kind):
            if found.version == version:
                source = LazySchema(partial(self._stored, found), partial(self._digest, found))
                return KindSchema(found, source)
        return None

    def _stored(self, kind: IndexedKind) -> tuple[dict[str, Any], KubernetesDefinitions]:
        path = self._homes[kind] / kind.schema
        if kind.builtin:
            known = self._definitions_in(path.parent)
            return known[kind.definition], known
        return expanded(json.loads(path.read_text(encoding="utf-8"))), self.kubernetes()

    def _digest(self, kind: IndexedKind) -> bytes:
        path = self._homes[kind] / kind.schema
        if kind.builtin:
            return self._digest_of_definitions(path.parent)
        own = signature_of_files([path])
        return own.encode() + self.kubernetes_digest() if own else token_bytes()

    def kubernetes(self) -> KubernetesDefinitions:
        """Return the definitions of the Kubernetes version whose metadata custom kinds have."""
        folder = self._kubernetes
        return KubernetesDefinitions() if folder is None else self._definitions_in(folder)

    def kubernetes_digest(self) -> bytes:
        """Return a digest of the files of these definitions."""
        folder = self._kubernetes
        return b"" if folder is None else self._digest_of_definitions(folder)

    @property
    def _kubernetes(self) -> Path | None:
        pods = (kind for kind in self.versions("", "Pod") if kind.package == "k8s")
        return next(((self._homes[each] / each.schema).parent for each in pods), None)

    def _digest_of_definitions(self, folder: Path) -> bytes:
        if folder not in self._digests:
            found = signature_of_files(sorted(folder.glob("*.json")))
            self._digests[folder] = found.encode() if found else token_bytes()
        return self._digests[folder]

    def _definitions_in(self, folder: Path) -> KubernetesDefinitions:
        if folder not in self._definitions:
            found: dict[str, Any] = {}
            for file in sorted(folder.glob("*.json")):
                content: object = json.loads(file.read_text(encoding="utf-8"))["definitions"]
                found |= content if is_mapping(content) else {}
            for name in found:
                scalar = next((each for end, each in _SCALARS.items() if name.endswith(end)), None)
                found[name] = scalar or _accepted(name, found[name])
            self._definitions[folder] = KubernetesDefinitions(found)
        return self._definitions[folder]


def _accepted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a definition that requires no more than the API server does."""
    optional = optional_fields().get(type_name(name))
    if optional is None:
        return schema
    return {**schema, "required": [each for each in schema["required"] if each not in optional]}


def _indexed(folder: Path) -> Sequence[IndexedKind]:
    return read_index(folder) if (folder / INDEX_FILE).exists() else ()


@cache
def catalogue(folders: tuple[Path, ...], more: tuple[Path, ...] = ()) -> Catalogue:
    """Return the catalogue of generated trees and of further ones; compiled schemas are cached."""
    return Catalogue(*folders, more=more)


def installed(more: tuple[Path, ...] = ()) -> Catalogue:
    """Return the catalogue of `kubeapis`, a project's own package first, and of further trees."""
    return catalogue(tuple(binding_folders()), more)
