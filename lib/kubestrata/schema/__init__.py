"""Validation of objects with the schemas of the bindings, with the API server's results."""

from kubestrata.core.value.amount import is_quantity, quantity
from kubestrata.schema.catalogue import Catalogue, catalogue, installed
from kubestrata.schema.cel_cost import CelBudget
from kubestrata.schema.cel_estimate import DEFINITION_LIMIT, RULE_LIMIT, RuleCost, rule_costs
from kubestrata.schema.cel_rule import UnjudgedRule
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
from kubestrata.schema.kind_schema import KindSchema, Verdict
from kubestrata.schema.message import REQUIRED
from kubestrata.schema.syntax import syntax_problem
from kubestrata.schema.values import ValuesSchema, stored_values

__all__ = [
    "DEFINITION_LIMIT",
    "REQUIRED",
    "RULE_LIMIT",
    "Catalogue",
    "CelBudget",
    "Doubtful",
    "Extended",
    "Fault",
    "KindSchema",
    "KubernetesDefinitions",
    "Misspelled",
    "RuleCost",
    "UnjudgedRule",
    "UnknownField",
    "ValuesSchema",
    "Verdict",
    "catalogue",
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
