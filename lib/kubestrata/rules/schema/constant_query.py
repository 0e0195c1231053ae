"""V15: the conditions of alerts can become true, and false again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_RULES = "spec.groups[].rules[]"
# Operators whose result does not depend on the data if both sides are alike.
_CONSTANT = {"!=", "-", "/", "<", "<=", "==", ">", ">="}
# Metrics without series as long as nothing is wrong (source: metrics of the API server).
_RARE = {"apiserver_requested_deprecated_apis": "has series only after requests to deprecated APIs"}


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for kind in tree.knowledge.kinds_with(lambda one: one.queries):
        for rule in tree.of_kind(*kind):
            for path, value in values(rule.manifest, _RULES):
                entry = mapping(value)
                text = entry.get("expr")
                if "alert" in entry and isinstance(text, str):
                    for said, fix in _faults(rule, text):
                        yield rule.finding(f"{path}.expr", said, fix)


def _faults(rule: Subject, text: str) -> Iterator[tuple[str, str]]:
    if rule.is_open or "${" in text:
        return
    import promql_parser  # noqa: PLC0415  # few trees have queries

    try:
        query = promql_parser.parse(text)
    except ValueError:
        return  # V13 reports it, or it is MetricsQL.
    yield from _constant(query)


def _constant(query: Any) -> Iterator[tuple[str, str]]:
    """Yield what is constant in a query: the parser has no type for its nodes."""
    lhs, rhs = getattr(query, "lhs", None), getattr(query, "rhs", None)
    if lhs is not None and str(query.op) in _CONSTANT and str(lhs) == str(rhs):
        yield f"both sides of {query.op} are {_shown(lhs)}", "write another side"
    function = getattr(getattr(query, "func", None), "name", "")
    arguments = list(getattr(query, "args", None) or ())
    if function.startswith("absent"):
        for each in arguments:
            metric = str(getattr(getattr(each, "vector_selector", each), "name", "") or "")
            if metric in _RARE:
                said = f"is true when all is well: {metric} {_RARE[metric]}"
                yield said, "use a metric that is always there"
    inner = (lhs, rhs, getattr(query, "expr", None), *arguments)
    for each in inner:
        if each is not None:
            yield from _constant(each)


def _shown(query: Any) -> str:
    return " ".join(str(query.prettify()).split())


RULES = (
    Rule(
        "V15",
        "the condition of an alert depends on what it measures",
        "the alert never fires, or always does",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
