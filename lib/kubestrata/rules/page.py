"""The documentation of a rule, and the page of each group."""

from __future__ import annotations

from kubestrata.core.errors import ConfigError
from kubestrata.rules.catalogue import GROUPS, all_rules, group_title, rules_of
from kubestrata.rules.rule import Rule, ids_by_name


def rule_page(rule: Rule) -> str:
    """Return the page of one rule: claim, reason, severity, and its other names."""
    lines = [
        f"## {rule.id}: {rule.claim}",
        "",
        f"Otherwise {rule.why}.",
        "",
        f"{rule.severity.value}, profile {rule.profile}.",
    ]
    if rule.aliases:
        lines += ["", "Formerly " + ", ".join(f"`{name}`" for name in rule.aliases) + "."]
    if rule.also:
        lines += ["", "Elsewhere: " + ", ".join(f"`{name}`" for name in rule.also) + "."]
    return "\n".join([*lines, ""])


def group_page(group: str) -> str:
    """Return the page with all rules of a group."""
    pages = [rule_page(rule) for rule in rules_of(group)]
    return "\n".join([f"# {group_title(group)}", "", *pages])


def explain(name: str) -> str:
    """Return the page of a rule or a group; raises ConfigError for any other name."""
    if name.lower() in GROUPS:
        return group_page(name.lower())
    wanted = ids_by_name(all_rules()).get(name.upper())
    rule = next((rule for rule in all_rules() if rule.id == wanted), None)
    if rule is None:
        known = ", ".join([*GROUPS, *(rule.id for rule in all_rules())])
        raise ConfigError(
            "kubestrata check",
            f"--explain {name}",
            "is not a valid rule or group",
            f"use one of {known}",
        )
    return rule_page(rule)
