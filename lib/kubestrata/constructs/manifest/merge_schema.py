"""The merge rules of lists: which fields identify their items, from the schemas of the bindings.

Kinds of Kubernetes have them; lists of every other kind are replaced as a whole, as in Kustomize.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from kubestrata.core.bindings_path import binding_folders
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, mapping, sequence

_REF = "#/definitions/"


class MergeSchema(Frozen):
    """The schema of one field, as far as merges read it; an empty one replaces lists."""

    schema: dict[str, Any]
    definitions: dict[str, Any]

    def field(self, name: str) -> MergeSchema:
        """Return the schema of a field of a map."""
        found = mapping(self.schema.get("properties")).get(name)
        return self._resolved(self.schema.get("additionalProperties") if found is None else found)

    @property
    def items(self) -> MergeSchema:
        """The schema of the items of a list."""
        return self._resolved(self.schema.get("items"))

    @property
    def is_merged(self) -> bool:
        """Return True for a list whose items are merged."""
        return "merge" in str(self.schema.get("x-kubernetes-patch-strategy", "")).split(",")

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that identify an item of a merged list; none for a list of scalars."""
        key = self.schema.get("x-kubernetes-patch-merge-key")
        if key is None:
            return ()
        several = sequence(self.schema.get("x-kubernetes-list-map-keys"))
        return tuple(map(str, several)) if key in several else (str(key),)

    def _resolved(self, schema: object) -> MergeSchema:
        found = schema if is_mapping(schema) else {}
        while (name := str(found.get("$ref", ""))).startswith(_REF):
            target = mapping(self.definitions.get(name.removeprefix(_REF)))
            found = {**target, **{key: part for key, part in found.items() if key != "$ref"}}
        return MergeSchema(found, self.definitions)


def merge_schema(api_version: str, kind: str) -> MergeSchema:
    """Return the schema of a kind of Kubernetes, an empty one for another kind."""
    kinds, definitions = _kubernetes()
    name = kinds.get((api_version, kind))
    return MergeSchema(mapping(definitions.get(name or "")), definitions)


@cache
def _kubernetes() -> tuple[dict[tuple[str, str], str], dict[str, Any]]:
    """Return the definition of each kind of Kubernetes, and all definitions."""
    from kubestrata.bindings import read_index  # noqa: PLC0415  # only for patches

    for folder in binding_folders():
        kinds: dict[tuple[str, str], str] = {}
        definitions: dict[str, Any] = {}
        files: set[str] = set()
        for each in read_index(folder) if (folder / "_index.json").exists() else ():
            if each.builtin:
                version = f"{each.group}/{each.version}" if each.group else each.version
                kinds[version, each.kind] = each.definition
                files.add(each.schema.rpartition("/")[0])
        for below in sorted(files):
            for file in sorted((folder / below).glob("*.json")):
                definitions |= json.loads(file.read_text(encoding="utf-8"))["definitions"]
        if kinds:
            return kinds, definitions
    return {}, {}
