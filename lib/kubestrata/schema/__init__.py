"""Validation of objects with the schemas of the bindings, with the API server's results.

Names are loaded when they are used: configuration documents need neither CEL nor the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used
from kubestrata.core.value.amount import is_quantity, quantity

if TYPE_CHECKING:
    from kubestrata.schema.catalogue import Catalogue, installed
    from kubestrata.schema.cel_cost import CelBudget
    from kubestrata.schema.cel_estimate import DEFINITION_LIMIT, RULE_LIMIT, RuleCost, rule_costs
    from kubestrata.schema.cel_rule import UncheckedRule
    from kubestrata.schema.definitions import KubernetesDefinitions
    from kubestrata.schema.extended import Extended
    from kubestrata.schema.fault import (
        Doubtful,
        Fault,
        Misspelled,
        UnknownField,
        dotted,
        is_open,
        shortened,
        shown,
    )
    from kubestrata.schema.kind_schema import FITS, KindSchema, LazySchema, Verdict
    from kubestrata.schema.message import REQUIRED
    from kubestrata.schema.syntax import syntax_problem
    from kubestrata.schema.values import ValuesSchema, stored_values

__all__ = [
    "DEFINITION_LIMIT",
    "FITS",
    "REQUIRED",
    "RULE_LIMIT",
    "Catalogue",
    "CelBudget",
    "Doubtful",
    "Extended",
    "Fault",
    "KindSchema",
    "KubernetesDefinitions",
    "LazySchema",
    "Misspelled",
    "RuleCost",
    "UncheckedRule",
    "UnknownField",
    "ValuesSchema",
    "Verdict",
    "dotted",
    "installed",
    "is_open",
    "is_quantity",
    "quantity",
    "rule_costs",
    "shortened",
    "shown",
    "stored_values",
    "syntax_problem",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "catalogue": "Catalogue installed",
        "cel_cost": "CelBudget",
        "cel_estimate": "DEFINITION_LIMIT RULE_LIMIT RuleCost rule_costs",
        "cel_rule": "UncheckedRule",
        "definitions": "KubernetesDefinitions",
        "extended": "Extended",
        "fault": "Doubtful Fault Misspelled UnknownField dotted is_open shortened shown",
        "kind_schema": "FITS KindSchema LazySchema Verdict",
        "message": "REQUIRED",
        "syntax": "syntax_problem",
        "values": "ValuesSchema stored_values",
    },
)
