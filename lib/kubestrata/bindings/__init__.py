"""Typed bindings (`imports/kubeapis`), generated from Kubernetes' schemas and CRDs.

Names are loaded when they are used: validation needs few of them, and no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.bindings.emit.compact import expanded
    from kubestrata.bindings.generation import (
        ImportReport,
        check,
        check_untouched,
        check_versions,
        follows_charts,
        generate,
    )
    from kubestrata.bindings.kind.custom_kind import CustomKind, CustomKindError
    from kubestrata.bindings.kind.custom_source import defined_kinds
    from kubestrata.bindings.kind.version import CustomVersion
    from kubestrata.bindings.source.known_keys import DERIVED
    from kubestrata.bindings.tree.kind_index import IndexedKind, hidden_kinds, read_index
    from kubestrata.bindings.tree.lock import SchemaSource, read_sources
    from kubestrata.bindings.tree.tree import Progress

_HOMES = {
    "DERIVED": "source.known_keys",
    "CustomKind": "kind.custom_kind",
    "CustomKindError": "kind.custom_kind",
    "CustomVersion": "kind.version",
    "ImportReport": "generation",
    "IndexedKind": "tree.kind_index",
    "Progress": "tree.tree",
    "SchemaSource": "tree.lock",
    "check": "generation",
    "check_untouched": "generation",
    "check_versions": "generation",
    "defined_kinds": "kind.custom_source",
    "expanded": "emit.compact",
    "follows_charts": "generation",
    "generate": "generation",
    "hidden_kinds": "tree.kind_index",
    "read_index": "tree.kind_index",
    "read_sources": "tree.lock",
}

__all__ = [
    "DERIVED",
    "CustomKind",
    "CustomKindError",
    "CustomVersion",
    "ImportReport",
    "IndexedKind",
    "Progress",
    "SchemaSource",
    "check",
    "check_untouched",
    "check_versions",
    "defined_kinds",
    "expanded",
    "follows_charts",
    "generate",
    "hidden_kinds",
    "read_index",
    "read_sources",
]

__getattr__, __dir__ = load_when_used(__name__, _HOMES)
