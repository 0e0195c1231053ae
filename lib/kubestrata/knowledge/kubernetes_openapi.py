"""`python -m kubestrata.knowledge.kubernetes_openapi FOLDER` writes the table of versions.

The folder has one OpenAPI file (`.json` or `.json.gz`) for each minor version, with the version in
its name: `kubernetes-1.34.json`. It is `api/openapi-spec/swagger.json` of Kubernetes at a tag, or
any file with its `definitions`; no text of the descriptions is kept.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from kubestrata.knowledge.knowledge import KnowledgeError
from kubestrata.knowledge.kubernetes_history import (
    TABLE,
    KubernetesHistory,
    VersionSpan,
    history_text,
    type_name,
)

_MINOR = re.compile(r"(?<![\d.])v?1\.(\d+)(?=\D|\Z)")
_KINDS = "x-kubernetes-group-version-kind"
_GATED = re.compile(r"\balpha\b|\bfeature ?gate\b", re.IGNORECASE)
_OPEN = re.compile(r"\bbeta\b|\bstable\b|enabled by default", re.IGNORECASE)
_OPTIONS = frozenset({"DeleteOptions", "WatchEvent"})
"""Kinds of requests and answers, which every group has."""

Definitions: TypeAlias = Mapping[str, Any]


def read_openapi(folder: Path) -> dict[int, Definitions]:
    """Return the definitions of each minor version; raises KnowledgeError."""
    found: dict[int, Definitions] = {}
    for path in sorted(folder.glob("*.json*")):
        minor = _MINOR.search(path.name)
        if minor is None:
            raise KnowledgeError(f"{path.name}: has no version such as 1.34 in its name")
        data = path.read_bytes()
        content = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        definitions = content.get("definitions", content.get("$defs"))
        if not isinstance(definitions, dict):
            raise KnowledgeError(f"{path.name}: has no definitions")
        if int(minor[1]) in found:
            raise KnowledgeError(f"{path.name}: is a second file of 1.{minor[1]}")
        found[int(minor[1])] = definitions
    missing = set(range(min(found), max(found) + 1)) - set(found) if found else {0}
    if missing:
        raise KnowledgeError(f"{folder}: has no file of 1.{min(missing)}")
    return found


def history_of(versions: Mapping[int, Definitions]) -> KubernetesHistory:
    """Return the table of consecutive minor versions."""
    kinds: dict[str, set[int]] = {}
    fields: dict[str, dict[str, set[int]]] = {}
    alpha: set[tuple[str, str, int]] = set()
    for minor, definitions in versions.items():
        for definition, schema in definitions.items():
            for kind in _kinds(schema):
                kinds.setdefault(kind, set()).add(minor)
            of = fields.setdefault(type_name(definition), {"": set()})
            of[""].add(minor)
            for field, each in schema.get("properties", {}).items():
                of.setdefault(field, set()).add(minor)
                text = each.get("description", "")
                if _GATED.search(text) and not _OPEN.search(text):
                    alpha.add((type_name(definition), field, minor))
    oldest, newest = min(versions), max(versions)
    changed: dict[str, dict[str, VersionSpan]] = {}
    for name in sorted(fields):
        own = fields[name].pop("")
        for field in sorted(fields[name]):
            minors = fields[name][field]
            if minors != own:
                is_alpha = (name, field, min(minors)) in alpha
                changed.setdefault(name, {})[field] = _span(minors, oldest, newest, is_alpha)
    served = {name: _span(kinds[name], oldest, newest) for name in sorted(kinds)}
    return KubernetesHistory(oldest, newest, served, changed)


def _kinds(schema: Mapping[str, Any]) -> Iterable[str]:
    """Yield the kinds of a definition, without lists, options and other parts of requests."""
    named = schema.get(_KINDS, ())
    properties = schema.get("properties", {})
    if len(named) > 1 or "metadata" not in properties or "items" in properties:
        return
    for each in named:
        if each["kind"] not in _OPTIONS:
            yield f"{each['group']}/{each['version']}".lstrip("/") + f" {each['kind']}"


def _span(minors: set[int], oldest: int, newest: int, is_alpha: bool = False) -> VersionSpan:  # noqa: FBT001, FBT002
    since, last = min(minors), max(minors)
    return VersionSpan(0 if since == oldest else since, 0 if last == newest else last + 1, is_alpha)


if __name__ == "__main__":
    TABLE.write_bytes(history_text(history_of(read_openapi(Path(sys.argv[1])))))
