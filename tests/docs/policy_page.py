"""Generator of docs/reference/policy.md: the policy rules, and their names in other tools."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.policy.naming import naming_rule, owner_rule, required_labels_rule
from kubestrata.rules.rule import Rule
from tests.docs.answers import ELSEWHERE, PROPOSED, REFUSED, REMARKS
from tests.docs.other_tools import TOOLS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "policy.md"

_HEAD = """\
# Policy rules

Group P of `kubestrata check`: how workloads, rights, networks, routes and releases should be, \
over and above being valid. Written by `make docs`.

Each rule belongs to a profile. `baseline` rules are always checked; `restricted` rules are \
checked with the profile `restricted`, which includes `baseline`. An error stops a \
write, a warning is reported, a note is a remark. An exception is a waiver: rule, object, reason, \
owner, and the day on which it ends.

What a Helm chart makes is not seen. A rule that asks for an object beside another (a budget, a \
network policy, the binding of an account) is silent in namespaces for which a release makes \
objects.
"""
_CONFIGURED = """
## Rules made from configuration

Functions of `kubestrata.rules.policy.naming` that return a rule. A kind is `Bucket`, or \
`Bucket.s3.aws.upbound.io` with its group.

| id | function | holds |
| --- | --- | --- |
| P-NAME | `naming_rule(kinds, prefix)` | names of these kinds begin with the prefix |
| P-LABEL | `required_labels_rule(labels, kinds)` | objects of these kinds, or all, have \
the labels |
| P-OWNER | `owner_rule(annotation, owners, kinds)` | the annotation names an owner, one \
of `owners` if there are any |
"""
_TOOLS = """
## What other tools call them

Every check of kube-linter, Polaris and kube-score, the optional ones too. R, S, V and X are the \
other groups of the catalogue: references, substitution, schema, secrets.
"""
_PROPOSED = """
### kube-linter, proposed

Checks of open proposals, which no release has.

| check | rule |
| --- | --- |
"""


def policy_rules() -> list[Rule]:
    """The rules of group P, those that configuration makes too."""
    made = [naming_rule((), ""), required_labels_rule(()), owner_rule("")]
    return [*rules_of("policy"), *made]


def mapped(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """Return the rule ids and reasons of every check that is named anywhere."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for name in rule.also:
            found.setdefault(name, []).append(rule.id)
    for others in (ELSEWHERE, REFUSED):
        for name, what in others.items():
            found.setdefault(name, []).append(what)
    return found


def _rules() -> Iterator[str]:
    yield "\n## Rules\n\n| id | holds | otherwise | severity | profile |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    numbered = sorted(rules_of("policy"), key=lambda rule: (rule.id.startswith("P-"), rule.id))
    for rule in numbered:
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
    """The text of the page."""
    proposed = (f"| {check} | {what} |\n" for check, what in PROPOSED.items())
    parts = (_HEAD, *_rules(), _CONFIGURED, _TOOLS, *_tables(), _PROPOSED, *proposed)
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(PAGE.write_text(page(), encoding="utf-8") == 0)
