"""ConfigMaps of generators, with the hashes of Kustomize in their names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.gitops.direct_patch import NotDirectError, copied
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository

_ENTRY = frozenset({"files", "literals", "name", "namespace", "options"})
_OPTIONS = frozenset({"annotations", "disableNameSuffixHash", "labels"})
_LITERAL = re.compile(r"([\w.-]+)=(?!\s)([^'\"\\\n]*)(?<!\s)")
_SPELLING = str.maketrans("013ae", "ghkmt")
"""Digits and vowels that Kustomize replaces in a hash, so that it makes no word."""
_HASH = 10
_ESCAPED = {each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
"""Characters that JSON of Go escapes."""


def generated_maps(
    disk: Repository, folder: str, value: Mapping[str, Any]
) -> Iterator[tuple[Manifest, bool]]:
    """Yield the ConfigMaps of a list, and True for each whose name gets a hash.

    Raises NotDirectError for what only Kustomize can read.
    """
    shared = mapping(value.get("generatorOptions"))
    for entry in map(mapping, sequence(value.get("configMapGenerator"))):
        own = mapping(entry.get("options"))
        if not entry.keys() <= _ENTRY or not {*shared, *own} <= _OPTIONS:
            raise NotDirectError
        metadata = {"name": _word(entry.get("name"))}
        if entry.get("namespace"):
            metadata["namespace"] = _word(entry["namespace"])
        made: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
        for key in ("annotations", "labels"):
            if pairs := {**_texts(shared.get(key)), **_texts(own.get(key))}:
                made["metadata"][key] = pairs
        if data := _data(disk, folder, entry):
            made["data"] = data
        bare = own.get("disableNameSuffixHash") or shared.get("disableNameSuffixHash")
        yield made, bare is not True


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise NotDirectError
    return value


def _texts(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not is_mapping(value) or not all(isinstance(each, str) for each in value.values()):
        raise NotDirectError
    return {key: str(copied(each)) for key, each in value.items()}


def _data(disk: Repository, folder: str, entry: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    pairs = [_file(disk, folder, str(each)) for each in sequence(entry.get("files"))]
    pairs += [_literal(str(each)) for each in sequence(entry.get("literals"))]
    for key, text in pairs:
        if key in found:
            raise NotDirectError
        found[key] = text
    return found


def _file(disk: Repository, folder: str, entry: str) -> tuple[str, str]:
    key, _, path = entry.rpartition("=")
    try:
        text = disk.bytes_of(join(folder, path)).decode()
    except (OSError, UnicodeDecodeError):
        raise NotDirectError from None
    return key or path.rpartition("/")[2], copied(text)


def _literal(entry: str) -> tuple[str, str]:
    found = _LITERAL.fullmatch(entry)
    if found is None:
        raise NotDirectError
    return found[1], copied(found[2])


def hashed_name(config_map: Manifest) -> str:
    """Return the name of a ConfigMap with the hash of its data."""
    name = str(mapping(config_map["metadata"])["name"])
    value = {"data": config_map.get("data", ""), "kind": "ConfigMap", "name": ""}
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH]
    return f"{name}-{digest.translate(_SPELLING)}"
