"""Typed bindings (`imports/kubeapis`), generated from Kubernetes' schemas and CRDs.

Names are loaded when they are used: validation needs few of them, and no network.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubestrata.bindings.chart_shelf import ShelvedChart, read_charts
    from kubestrata.bindings.compact import expanded
    from kubestrata.bindings.custom_kind import CustomKind, CustomKindError, CustomVersion
    from kubestrata.bindings.custom_source import defined_kinds
    from kubestrata.bindings.generation import ImportReport, check, check_untouched, generate
    from kubestrata.bindings.kind_index import IndexedKind, hidden_kinds, read_index
    from kubestrata.bindings.known_keys import DERIVED
    from kubestrata.bindings.tree import Progress

_HOMES = {
    "DERIVED": "known_keys",
    "CustomKind": "custom_kind",
    "CustomKindError": "custom_kind",
    "CustomVersion": "custom_kind",
    "ImportReport": "generation",
    "IndexedKind": "kind_index",
    "Progress": "tree",
    "ShelvedChart": "chart_shelf",
    "check": "generation",
    "check_untouched": "generation",
    "defined_kinds": "custom_source",
    "expanded": "compact",
    "generate": "generation",
    "hidden_kinds": "kind_index",
    "read_charts": "chart_shelf",
    "read_index": "kind_index",
}

__all__ = [
    "DERIVED",
    "CustomKind",
    "CustomKindError",
    "CustomVersion",
    "ImportReport",
    "IndexedKind",
    "Progress",
    "ShelvedChart",
    "check",
    "check_untouched",
    "defined_kinds",
    "expanded",
    "generate",
    "hidden_kinds",
    "read_charts",
    "read_index",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
