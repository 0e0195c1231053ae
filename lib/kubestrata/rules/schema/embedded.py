"""V12, V13: configuration and queries inside objects, as the programs that read them take them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.rules.configuration import Configuration, configurations
from kubestrata.rules.consumer import consumer_faults
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_EXPRESSIONS = "spec.groups[].rules[].expr"
_TOKEN = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|["'`()\[\]{}]""")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


def _configuration(tree: ClusterTree) -> Iterator[Finding]:
    found = list(configurations(tree))
    spaces: dict[str, list[Configuration]] = {}
    for each in found:
        spaces.setdefault(each.subject.namespace, []).append(each)
    for each in found:
        if each.fault:
            # Whatever its name says, a program may read it in another way.
            yield each.subject.finding(each.path, each.fault, severity=Severity.WARNING)
            continue
        for fault in consumer_faults(each, spaces[each.subject.namespace]):
            fix = "" if each.is_secret else fault.fix
            yield each.subject.finding(each.path, fault.shown_in(each), fix, fault.severity)


def _queries(tree: ClusterTree) -> Iterator[Finding]:
    for kind in tree.knowledge.kinds_with(lambda one: one.queries):
        is_prometheus = tree.knowledge.kind(*kind).queries == "PromQL"
        for rule in tree.of_kind(*kind):
            for path, text in values(rule.manifest, _EXPRESSIONS):
                if is_prometheus and (why := _unparsed(rule, text)):
                    yield rule.finding(path, f"is not valid PromQL: {why}")
                # MetricsQL and LogsQL have more than PromQL, but the same brackets and texts.
                elif not is_prometheus and isinstance(text, str) and (why := _unbalanced(text)):
                    yield rule.finding(path, f"is not a valid query: {why}")


def _unbalanced(text: str) -> str:
    """Return the bracket or quote that is open or not expected, '' if there is none."""
    expected: list[str] = []
    for each in _TOKEN.findall(text):
        if len(each) > 1:
            continue
        if each in _CLOSED_BY:
            expected.append(_CLOSED_BY[each])
        elif not expected or expected.pop() != each:
            return f"{each} is not expected"
    return f"{expected[-1]} is missing" if expected else ""


def _unparsed(rule: Subject, text: object) -> str:
    """Return the reason why a query cannot be parsed, '' if it can or is not known here."""
    if not isinstance(text, str) or rule.is_open or "${" in text:
        return ""
    import promql_parser  # noqa: PLC0415  # few trees have queries

    try:
        promql_parser.parse(text)
    except ValueError as error:
        return str(error)
    return ""


RULES = (
    Rule(
        "V12",
        "embedded configuration can be read by its program, and names what it defines",
        "the program does not start, or keeps its old configuration",
        _configuration,
        in_charts=Severity.ERROR,
    ),
    Rule(
        "V13",
        "queries of rules are valid PromQL",
        "the operator rejects the rule, or no alert of its group is evaluated",
        _queries,
        in_charts=Severity.ERROR,
    ),
)
