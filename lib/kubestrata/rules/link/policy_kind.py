"""Groups of kinds that policies of Kyverno match or generate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.identity import group_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import known, mapping_at
from kubestrata.rules.subject import Subject

_POLICIES = frozenset({("kyverno.io", "ClusterPolicy"), ("kyverno.io", "Policy")})
_PARTS = 3
"""Parts of a kind with its group: `gateway.networking.k8s.io/v1/HTTPRoute`."""


def groups_of_policy(policy: Subject) -> Iterator[str]:
    """Yield the API groups that a policy of Kyverno names, each once."""
    if (policy.identity.group, policy.identity.kind) not in _POLICIES:
        return
    rules = map(mapping, sequence(policy.spec.get("rules")))
    yield from dict.fromkeys(group for rule in rules for group in _groups(rule) if group)


def _groups(rule: Mapping[str, Any]) -> Iterator[str]:
    match = mapping(rule.get("match"))
    for each in (match, *sequence(match.get("all")), *sequence(match.get("any"))):
        for kind in sequence(mapping_at(each, "resources").get("kinds")):
            parts = known(kind).split("/")
            if len(parts) >= _PARTS and "*" not in parts[0]:
                yield parts[0]
    made = known(mapping(rule.get("generate")).get("apiVersion"))
    yield group_of(made) if made else ""
