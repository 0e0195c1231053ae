"""A further evaluator of rules, beside the one that the metrics' own stack brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import Language
from kubestrata.core.value.duration import Duration

EVALUATION = "alert-evaluation"
"""The label of rules that an evaluator of their own reads; the stack's must leave these alone."""


@dataclass(frozen=True, slots=True)
class Results:
    """Where recorded series and the state of alerts go, and where the state is read back from.

    Base URLs of Prometheus' remote write and of its query API; one single-node store answers both.
    """

    write: str
    read: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Whom to query and whom to tell, as URLs; `results` None forgets at every restart."""

    source: str
    notifier: str
    results: Results | None = None
    language: Language = "metrics"
    interval: Duration | None = None


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Who evaluates: the labels that choose it for a rule, and its pods."""

    labels: Mapping[str, str]
    pods: Pods
