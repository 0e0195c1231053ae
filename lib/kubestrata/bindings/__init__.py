"""Typed bindings (`imports/kubeapis`), generated from Kubernetes' schemas and CRDs."""

from kubestrata.bindings.compact import expanded
from kubestrata.bindings.custom_kind import CustomKind, CustomKindError, CustomVersion
from kubestrata.bindings.custom_source import defined_kinds
from kubestrata.bindings.generate import ImportReport, check, check_untouched, generate
from kubestrata.bindings.kind_index import IndexedKind, read_index
from kubestrata.bindings.tree import Progress

__all__ = [
    "CustomKind",
    "CustomKindError",
    "CustomVersion",
    "ImportReport",
    "IndexedKind",
    "Progress",
    "check",
    "check_untouched",
    "defined_kinds",
    "expanded",
    "generate",
    "read_index",
]
