"""Objects of the tree that a synth replaces, for rules that compare."""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.yaml_read import load_all


def committed_objects(
    before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> dict[str, dict[Identity, Manifest]]:
    """Return the objects of changed files by cluster, without unreadable files."""
    found: dict[str, dict[Identity, Manifest]] = {}
    for path, content in before.items():
        if after.get(path) == content:
            continue
        cluster = found.setdefault(path.partition("/")[0], {})
        for manifest in _objects(path, content):
            cluster[identity_of(manifest)] = manifest
    return found


def _objects(path: str, content: bytes) -> list[Manifest]:
    try:
        documents = load_all(content.decode(), path)
    except (YamlSyntaxError, UnicodeDecodeError):
        return []
    values = [mapping(each) for each in documents]
    return [each for each in values if each.get("metadata") and _has_kind(each)]


def _has_kind(manifest: Manifest) -> bool:
    return all(isinstance(manifest.get(field), str) for field in ("apiVersion", "kind"))
