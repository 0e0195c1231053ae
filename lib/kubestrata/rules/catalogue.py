"""All rules: every module of a group's package that has a RULE, in the order of their ids."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from functools import cache

from kubestrata.core.docstring import docstring
from kubestrata.rules.rule import Rule

GROUPS = ("graph", "references", "substitution", "secrets", "schema", "policy", "change")
"""The packages below this one, in the order in which groups are listed."""
_NUMBERED = re.compile(r"([A-Z]+)(?:-([A-Z]+)|(\d+))")


def _order(rule: Rule) -> tuple[str, int, str]:
    found = _NUMBERED.match(rule.id)
    return (found[1], int(found[3] or 0), found[2] or "") if found else (rule.id, 0, "")


def rules_of(group: str) -> list[Rule]:
    """Return the rules of one group, in the order of their ids."""
    package = importlib.import_module(f"kubestrata.rules.{group}")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    found = [rule for module in modules for rule in _rules(module)]
    return sorted(found, key=_order)


def group_title(group: str) -> str:
    """Return the title of a group, from its package's docstring."""
    package = importlib.import_module(f"kubestrata.rules.{group}")
    return (docstring(package) or group).rstrip(".")


def _rules(module: object) -> Sequence[Rule]:
    rule = getattr(module, "RULE", None)
    several: Sequence[Rule] = getattr(module, "RULES", ())
    return (rule, *several) if isinstance(rule, Rule) else several


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of the library."""
    return tuple(rule for group in GROUPS for rule in rules_of(group))
