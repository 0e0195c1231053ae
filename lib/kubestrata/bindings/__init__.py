"""Typed bindings (`imports/kubeapis`), generated from Kubernetes' schemas and CRDs."""

from kubestrata.bindings.chart_shelf import ShelvedChart, read_charts
from kubestrata.bindings.compact import expanded
from kubestrata.bindings.custom_kind import CustomKind, CustomKindError, CustomVersion
from kubestrata.bindings.custom_source import defined_kinds
from kubestrata.bindings.generate import ImportReport, check, check_untouched, generate
from kubestrata.bindings.kind_index import IndexedKind, hidden_kinds, read_index
from kubestrata.bindings.known_keys import DERIVED
from kubestrata.bindings.tree import Progress

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
