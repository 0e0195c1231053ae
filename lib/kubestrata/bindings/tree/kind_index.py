"""The index of all generated kinds: `_index.json` beside the bindings.

It answers what needs no class: whether a kind is cluster-scoped, which group a CRD brings,
which module holds a kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import asdict

from kubestrata.bindings.shape.model import KindFacts
from kubestrata.core.frozen import Frozen

INDEX_FILE = "_index.json"


class IndexedKind(Frozen):
    """One version of a kind: its facts in the API and the module of its class.

    `builtin` kinds come with Kubernetes; every other group exists only once a CRD does.
    `module` and `schema` are below the root package; `definition` is the key in a schema
    file that holds many.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    served: bool
    storage: bool
    builtin: bool
    package: str
    module: str
    schema: str
    definition: str = ""


def indexed(
    facts: KindFacts, path: tuple[str, ...], schema: str, definition: str = ""
) -> IndexedKind:
    """Return the index entry of a kind in the module at `path`."""
    return IndexedKind(
        **asdict(facts),
        builtin=bool(definition),
        package=path[0],
        module=".".join(path),
        schema=schema,
        definition=definition,
    )


def index_text(kinds: Iterable[IndexedKind]) -> str:
    """Render the index file: one kind per line, sorted."""
    ordered = sorted(kinds, key=lambda kind: (kind.group, kind.kind, kind.version))
    lines = [json.dumps(asdict(kind), separators=(",", ":")) for kind in ordered]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def read_index(package: Path) -> list[IndexedKind]:
    """Return the kinds of a generated tree (`imports/kubeapis`) by group, kind and version."""
    text = (package / INDEX_FILE).read_text(encoding="utf-8")
    return [IndexedKind(**entry) for entry in json.loads(text)]


def hidden_kinds(own: Path, others: Iterable[Path]) -> dict[str, list[str]]:
    """Return package -> kinds of other trees that a package of the same name in `own` lacks."""
    kinds = read_index(own)
    has = {(kind.package, kind.group, kind.kind) for kind in kinds}
    packages = {kind.package for kind in kinds}
    lost: dict[str, set[str]] = {}
    for folder in others:
        for kind in read_index(folder):
            key = (kind.package, kind.group, kind.kind)
            if kind.package in packages and key not in has:
                lost.setdefault(kind.package, set()).add(kind.kind)
    return {package: sorted(lost[package]) for package in sorted(lost)}
