"""Alerts, recording rules and rule groups, independent of the evaluator.

Expressions are passed through: PromQL and MetricsQL for metrics, LogsQL for logs. Only errors
in every one of these languages are rejected here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts

Severity = Literal["info", "warning", "high", "critical"]
Language = Literal["metrics", "logs"]

_ALERT = "^[A-Za-z_][A-Za-z0-9_]*$"
_SERIES = "^[A-Za-z_:][A-Za-z0-9_:]*$"
_LABEL = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*\Z")
# Quoted text, and comments to the end of their line.
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|#.*')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NoLabels = Annotated[Mapping[str, str], msgspec.Meta(description="Further labels.")]


class Alert(Declaration, kw_only=True):
    """A condition that needs human attention; notifications begin with `summary`.

    `summary` and `description` are Prometheus templates (`{{ $labels.pod }}`). Raises InvalidValue
    for names, expressions and templates that no evaluator accepts.
    """

    name: Annotated[str, msgspec.Meta(pattern=_ALERT)]
    expression: Annotated[str, msgspec.Meta(min_length=1)]
    severity: Severity
    summary: Annotated[str, msgspec.Meta(min_length=1)]
    description: str | None = None
    for_: Annotated[
        Duration | None, msgspec.Meta(description="How long it must hold before it fires.")
    ] = msgspec.field(default=None, name="for")
    keep_firing_for: Annotated[
        Duration | None, msgspec.Meta(description="How long it fires on after it held.")
    ] = None
    labels: _NoLabels = msgspec.field(default_factory=dict[str, str])
    runbook: Annotated[str | None, msgspec.Meta(description="Where to read what to do.")] = None

    def __post_init__(self) -> None:
        """Reject what no evaluator accepts."""
        super().__post_init__()
        _check_expression(self.name, self.expression)
        _check_labels(self.name, self.labels)
        if "severity" in self.labels:
            why = "is set twice"
            raise InvalidValue(f"severity of {self.name}", why, "pass severity=")
        if not self.summary.strip():
            raise InvalidValue(f"summary of {self.name}", "is empty")
        for text in (self.summary, self.description or ""):
            if text.count("{{") != text.count("}}"):
                why = "has unbalanced braces"
                raise InvalidValue(f"template {text!r} of {self.name}", why)

    @property
    def all_labels(self) -> dict[str, str]:
        """Return the labels of the rule, the severity first."""
        return {"severity": self.severity, **self.labels}

    @property
    def annotations(self) -> dict[str, str]:
        """Return the annotations of the rule."""
        given = {
            "summary": self.summary,
            "description": self.description,
            "runbook_url": self.runbook,
        }
        return {name: text for name, text in given.items() if text is not None}


class Record(Declaration, kw_only=True):
    """A recording rule: a series that is precomputed for frequent queries."""

    name: Annotated[str, msgspec.Meta(pattern=_SERIES)]
    expression: Annotated[str, msgspec.Meta(min_length=1)]
    labels: _NoLabels = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Reject what no evaluator accepts."""
        super().__post_init__()
        _check_expression(self.name, self.expression)
        _check_labels(self.name, self.labels)


class RuleGroup(Frozen):
    """Rules that are evaluated in this order, for the same instant.

    `interval` None is the evaluator's default. `language` is that of the expressions: brackets must
    be balanced in metrics queries; ranges in logs queries may be half-open.
    """

    name: str
    rules: Sequence[Alert | Record]
    interval: Duration | None = None
    language: Language = "metrics"

    def __post_init__(self) -> None:
        check_texts(self)
        if not self.name.strip():
            raise InvalidValue("RuleGroup", "has no name", "set name=")
        if not self.rules:
            raise InvalidValue(f"RuleGroup {self.name!r}", "has no rules")
        if self.language == "metrics":
            for rule in self.rules:
                _check_brackets(rule.name, rule.expression)


def check_groups(groups: Sequence[RuleGroup]) -> None:
    """Raise InvalidValue for an empty list, or duplicate names."""
    names = [group.name for group in groups]
    if not names:
        raise InvalidValue("AlertRules", "has no groups")
    for name in names:
        if names.count(name) > 1:
            why = "appears twice"
            raise InvalidValue(f"RuleGroup {name!r}", why, "merge the two")


def _check_labels(name: str, labels: Mapping[str, str]) -> None:
    for label in labels:
        if not _LABEL.match(label):
            fix = "write letters, digits and '_', not beginning with '__'"
            raise InvalidValue(f"label {label!r} of {name}", "is not a valid label name", fix)


def _check_expression(name: str, expression: str) -> None:
    if not expression.strip():
        raise InvalidValue(f"expression of {name}", "is empty")


def _check_brackets(name: str, expression: str) -> None:
    still_open: list[str] = []
    for sign in _ASIDE.sub("", expression):
        if sign in _PAIRS.values():
            still_open.append(sign)
        elif sign in _PAIRS and (not still_open or still_open.pop() != _PAIRS[sign]):
            why = f"has an unmatched closing {sign!r}"
            raise InvalidValue(f"expression of {name}", why)
    if still_open:
        why = f"has an unclosed {still_open[-1]!r}"
        raise InvalidValue(f"expression of {name}", why)
