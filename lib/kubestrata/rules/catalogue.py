"""All rules: the RULES of every module of a group's package, in the order of their ids."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from kubestrata.core.docstring import docstring
from kubestrata.rules.rule import Rule

GROUPS = ("graph", "references", "substitution", "secrets", "schema", "policy", "change")
"""The packages below this one, in the order in which groups are listed."""


def rules_of(group: str) -> list[Rule]:
    """Return the rules of one group, in the order of their ids."""
    package = importlib.import_module(f"kubestrata.rules.{group}")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    found: list[Rule] = [rule for module in modules for rule in module.RULES]
    return sorted(found, key=lambda rule: rule.id)


def group_title(group: str) -> str:
    """Return the title of a group, from its package's docstring."""
    package = importlib.import_module(f"kubestrata.rules.{group}")
    return (docstring(package) or group).rstrip(".")


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of the library."""
    return tuple(rule for group in GROUPS for rule in rules_of(group))
