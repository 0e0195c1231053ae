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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "emit.compact": "expanded",
        "generation": "ImportReport check check_untouched check_versions follows_charts generate",
        "kind.custom_kind": "CustomKind CustomKindError",
        "kind.custom_source": "defined_kinds",
        "kind.version": "CustomVersion",
        "source.known_keys": "DERIVED",
        "tree.kind_index": "IndexedKind hidden_kinds read_index",
        "tree.lock": "SchemaSource read_sources",
        "tree.tree": "Progress",
    },
)
