"""Typed bindings (`imports/kubeapis`), generated from Kubernetes' schemas and CRDs."""

from kubestrata.bindings.compact import expanded
from kubestrata.bindings.generate import ImportReport, check, check_untouched, generate
from kubestrata.bindings.kind_index import IndexedKind, read_index
from kubestrata.bindings.tree import Progress

__all__ = [
    "ImportReport",
    "IndexedKind",
    "Progress",
    "check",
    "check_untouched",
    "expanded",
    "generate",
    "read_index",
]
