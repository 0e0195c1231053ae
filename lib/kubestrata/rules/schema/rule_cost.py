"""V14: the API server accepts the cost of the CEL rules in definitions of kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import is_mapping, sequence
from kubestrata.rules.api_group import API_EXTENSIONS, CROSSPLANE
from kubestrata.rules.field import mapping_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding
from kubestrata.schema import DEFINITION_LIMIT, RULE_LIMIT, RuleCost, rule_costs, shortened

_FIX = "set maxItems, maxProperties and maxLength where lists, maps and texts are declared"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in (
        *tree.of_kind(API_EXTENSIONS, "CustomResourceDefinition"),
        *tree.of_kind(CROSSPLANE, "CompositeResourceDefinition"),
    ):
        if subject.chart is not None:
            continue  # A published definition was accepted by an API server before.
        for index, version in enumerate(sequence(subject.spec.get("versions"))):
            schema: object = mapping_at(version, "schema").get("openAPIV3Schema")
            if is_mapping(schema):
                yield from _version(subject, f"spec.versions[{index}]", schema)


def _version(subject: Subject, path: str, schema: dict[str, Any]) -> Iterator[Finding]:
    costs = list(rule_costs(schema))
    over = [each for each in costs if each.cost > RULE_LIMIT]
    for each in over:
        what = f"the rule `{shortened(each.rule, 100)}` of {each.path or 'the object'}"
        message = f"{what} may cost {_times(each.cost, RULE_LIMIT)} what the API server allows"
        yield subject.finding(path, f"{message}{_reason(each)}", _FIX)
    total = sum(each.cost for each in costs)
    if not over and total > DEFINITION_LIMIT:
        most = max(costs, key=lambda each: each.cost)
        message = f"its {len(costs)} rules may cost {_times(total, DEFINITION_LIMIT)} what the API "
        message += f"server allows together, most of it at {most.path or 'the object'}"
        yield subject.finding(path, message, _FIX)


def _times(cost: int, limit: int) -> str:
    factor = cost / limit
    return "more than 100 times" if factor > 100 else f"{factor:.1f} times"


def _reason(cost: RuleCost) -> str:
    return f"; {cost.unbounded} has no bound" if cost.unbounded else ""


RULES = (
    Rule(
        "V14",
        "the CEL rules of a definition are within the cost that the API server allows",
        "the API server rejects the definition",
        _check,
    ),
)
