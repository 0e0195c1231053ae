"""Writes docs/reference/policy.md: the policy rules, and their names in other tools."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.configured import naming_rule, owner_rule, required_labels_rule
from kubestrata.rules.rule import Rule
from tests.docs.answers import ELSEWHERE, PROPOSED, REFUSED, REMARKS
from tests.docs.other_tools import TOOLS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "policy.md"

_HEAD = """\
# Policy rules

Group P of `kubestrata check`: good practice for workloads, permissions, networks, routes and \
releases, beyond validity. Written by `make docs`.

Each rule belongs to a profile. `baseline` rules always apply; `restricted` rules \
apply if the profile `restricted` is set, which includes `baseline`. An error prevents a write, \
a warning is reported, a note is a remark. An exception is a waiver: rule, object, reason, \
owner, and expiry date.

Objects that a Helm chart creates are not known. A rule that requires an object beside another \
(a budget, a network policy, the binding of an account) reports nothing in namespaces in which a \
release creates objects.
"""
_CONFIGURED = """
## Rules from configuration

Functions of `kubestrata.rules.configured` that return a rule. A kind is `Bucket`, or \
`Bucket.s3.aws.upbound.io` with its group.

| id | function | rule |
| --- | --- | --- |
| P81 | `naming_rule(kinds, prefix)` | names of these kinds begin with the prefix |
| P82 | `required_labels_rule(labels, kinds)` | objects of these kinds, or all, have \
the labels |
| P83 | `owner_rule(annotation, owners, kinds)` | the annotation has an owner, one \
of `owners` if there are any |
"""
_TOOLS = """
## Names in other tools

Every check of kube-linter, Polaris and kube-score, the optional ones too. R, S, V and X are the \
other groups of the catalogue: references, substitution, schema, secrets.
"""
_PROPOSED = """
### kube-linter, proposed

Checks of open proposals, in no release yet.

| check | rule |
| --- | --- |
"""


def policy_rules() -> list[Rule]:
    """Return the rules of group P, with those from configuration."""
    made = [naming_rule((), ""), required_labels_rule(()), owner_rule("")]
    return [*rules_of("policy"), *made]


def mapped(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """Return the rule ids or the reason for each check."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for name in rule.also:
            found.setdefault(name, []).append(rule.id)
    for others in (ELSEWHERE, REFUSED):
        for name, what in others.items():
            found.setdefault(name, []).append(what)
    return found


def _rules() -> Iterator[str]:
    yield "\n## Rules\n\n| id | rule | otherwise | severity | profile |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    for rule in rules_of("policy"):
        cells = (rule.id, rule.claim, rule.why, rule.severity.value, rule.profile)
        yield f"| {' | '.join(cells)} |\n"


def _tables() -> Iterator[str]:
    found = mapped(policy_rules())
    for tool, checks in TOOLS.items():
        yield f"\n### {tool}\n\n| check | rule | remark |\n| --- | --- | --- |\n"
        for check in checks:
            name = f"{tool}/{check}"
            what = ", ".join(found.get(name, ()))
            row = ("no", REFUSED[name]) if name in REFUSED else (what, REMARKS.get(name, ""))
            yield f"| {check} | {row[0]} | {row[1]} |\n"


def page() -> str:
    """Return the text of the page."""
    proposed = (f"| {check} | {what} |\n" for check, what in PROPOSED.items())
    parts = (_HEAD, *_rules(), _CONFIGURED, _TOOLS, *_tables(), _PROPOSED, *proposed)
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(PAGE.write_text(page(), encoding="utf-8") == 0)
