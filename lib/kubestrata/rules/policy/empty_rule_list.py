"""P95: lists of rules in policies of Cilium are not empty."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.cilium import CILIUM, CILIUM_POLICIES, specs_of
from kubestrata.rules.violation import Finding


def _empty(tree: ClusterTree) -> Iterator[Finding]:
    for policy in tree.of_kind(CILIUM, *CILIUM_POLICIES):
        for path, spec in specs_of(policy):
            for direction in ("egress", "ingress"):
                denies = spec.get(f"{direction}Deny")
                if spec.get(direction) == [] and not denies:
                    said = f"is empty, so that the policy denies no {direction}"
                    yield policy.finding(f"{path}.{direction}", said, "write one empty rule: [{}]")


RULES = (
    Rule(
        "P95",
        "a list of rules of a policy of Cilium is not empty",
        "a policy that should deny everything has no effect",
        _empty,
    ),
)
