"""The documentation of a rule with its examples, and the page of each group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kubestrata.core.errors import ConfigError
from kubestrata.rules.catalogue import GROUPS, all_rules, group_title, rules_of
from kubestrata.rules.configured import naming_rule, owner_rule, required_labels_rule
from kubestrata.rules.engine import OF_THE_CHECK
from kubestrata.rules.rule import Rule, ids_by_name

EXAMPLES = Path(__file__).with_name("examples.json")
"""By rule what violates it and what keeps it; written by `make docs` from the fixtures."""
CHECK = "check"
"""The page of the rules about the check itself."""
CONFIGURED = "configured"
"""The page of the rules that a project configures."""
PAGES = (*GROUPS, CONFIGURED, CHECK)


def documented() -> Sequence[Rule]:
    """Return every rule that has a page."""
    return (*all_rules(), *_further(CONFIGURED), *_further(CHECK))


def _further(page: str) -> Sequence[Rule]:
    if page == CHECK:
        return OF_THE_CHECK
    names = naming_rule(("Bucket.s3.aws.upbound.io",), "xplane-")
    labels = required_labels_rule(("team", "stage"), ("Namespace",))
    return names, labels, owner_rule("example.com/owner", ("team-shop", "team-data"))


@cache
def examples() -> Mapping[str, Mapping[str, str]]:
    """Return the examples of every rule: `violates` and `keeps`, each as Markdown."""
    found: Mapping[str, Mapping[str, str]] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found


def rule_page(rule: Rule) -> str:
    """Return the page of one rule: claim, reason, severity, other names, and examples."""
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
    shown = examples().get(rule.id, {})
    for title, key in (("Violates it:", "violates"), ("Keeps it:", "keeps")):
        if key in shown:
            lines += ["", title, "", shown[key]]
    return "\n".join([*lines, ""])


def group_page(group: str) -> str:
    """Return the page with all rules of a group."""
    titles = {
        CHECK: "T, W: the check itself",
        CONFIGURED: "P81 to P83: rules from cdk8s.yaml",
    }
    rules = rules_of(group) if group in GROUPS else _further(group)
    title = titles.get(group) or group_title(group)
    return "\n".join([f"# {title}", "", *map(rule_page, rules)])


def explain(name: str) -> str:
    """Return the page of a rule or a group; raises ConfigError for any other name."""
    if name.lower() in PAGES:
        return group_page(name.lower())
    wanted = ids_by_name(documented()).get(name.upper())
    rule = next((rule for rule in documented() if rule.id == wanted), None)
    if rule is None:
        known = ", ".join([*PAGES, *(rule.id for rule in documented())])
        raise ConfigError(
            "kubestrata check",
            f"--explain {name}",
            "is not a valid rule or group",
            f"use one of {known}",
        )
    return rule_page(rule)
