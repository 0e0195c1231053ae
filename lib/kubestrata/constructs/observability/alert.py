"""Alerts, recorded series and groups of them, whoever evaluates them.

Expressions are taken as they are: PromQL and MetricsQL for metrics, LogsQL for logs. Only what
every one of these languages refuses is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.duration import Duration

Severity = Literal["info", "warning", "critical"]
Language = Literal["metrics", "logs"]

_ALERT = "^[A-Za-z_][A-Za-z0-9_]*$"
_SERIES = "^[A-Za-z_:][A-Za-z0-9_:]*$"
_LABEL = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*\Z")
# Text in quotes, and comments to the end of their line.
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|#.*')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NoLabels = Annotated[Mapping[str, str], msgspec.Meta(description="Further labels.")]


class Alert(Declaration, kw_only=True):
    """A condition that needs a person: who sees it fire reads `summary` first.

    `summary` and `description` are templates of Prometheus (`{{ $labels.pod }}`). Raises
    InvalidValue for names, expressions and templates that no evaluator reads.
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
        """Refuse what no evaluator reads."""
        super().__post_init__()
        _check_expression(self.name, self.expression)
        _check_labels(self.name, self.labels)
        if "severity" in self.labels:
            why = "is given twice"
            raise InvalidValue(f"severity of {self.name}", why, "pass severity=")
        if not self.summary.strip():
            raise InvalidValue(f"summary of {self.name}", "says nothing")
        for text in (self.summary, self.description or ""):
            if text.count("{{") != text.count("}}"):
                why = "has braces that do not pair"
                raise InvalidValue(f"template {text!r} of {self.name}", why)

    @property
    def all_labels(self) -> dict[str, str]:
        """The labels of the rule: the severity before the others."""
        return {"severity": self.severity, **self.labels}

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of the rule."""
        given = {
            "summary": self.summary,
            "description": self.description,
            "runbook_url": self.runbook,
        }
        return {name: text for name, text in given.items() if text is not None}


class Record(Declaration, kw_only=True):
    """A series that is computed once and read often."""

    name: Annotated[str, msgspec.Meta(pattern=_SERIES)]
    expression: Annotated[str, msgspec.Meta(min_length=1)]
    labels: _NoLabels = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Refuse what no evaluator reads."""
        super().__post_init__()
        _check_expression(self.name, self.expression)
        _check_labels(self.name, self.labels)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after the other, in this order, at the same instant.

    `interval` None leaves it to the evaluator. `language` is what the expressions are written in:
    in the one of metrics every bracket has its partner, in the one of logs ranges may be half open.
    """

    name: str
    rules: Sequence[Alert | Record]
    interval: Duration | None = None
    language: Language = "metrics"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("RuleGroup", "has no name", "name what its rules share")
        if not self.rules:
            raise InvalidValue(f"RuleGroup {self.name!r}", "has no rules")
        if self.language == "metrics":
            for rule in self.rules:
                _check_brackets(rule.name, rule.expression)


def check_groups(groups: Sequence[RuleGroup]) -> None:
    """Raise InvalidValue for no groups, or two of one name."""
    names = [group.name for group in groups]
    if not names:
        raise InvalidValue("AlertRules", "has no groups")
    for name in names:
        if names.count(name) > 1:
            why = "is there twice"
            raise InvalidValue(f"RuleGroup {name!r}", why, "join the two")


def _check_labels(name: str, labels: Mapping[str, str]) -> None:
    for label in labels:
        if not _LABEL.match(label):
            fix = "write letters, digits and '_', not beginning with '__'"
            raise InvalidValue(f"label {label!r} of {name}", "is no label", fix)


def _check_expression(name: str, expression: str) -> None:
    if not expression.strip():
        raise InvalidValue(f"expression of {name}", "is empty")


def _check_brackets(name: str, expression: str) -> None:
    still_open: list[str] = []
    for sign in _ASIDE.sub("", expression):
        if sign in _PAIRS.values():
            still_open.append(sign)
        elif sign in _PAIRS and (not still_open or still_open.pop() != _PAIRS[sign]):
            why = f"closes a {sign!r} that nothing opened"
            raise InvalidValue(f"expression of {name}", why)
    if still_open:
        why = f"never closes a {still_open[-1]!r}"
        raise InvalidValue(f"expression of {name}", why)
