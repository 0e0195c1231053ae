"""Additional evaluator of rules, beside the one of the metrics stack."""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import Language
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts

EVALUATION = "alert-evaluation"
"""Label of rules for an additional evaluator; the stack's own evaluator must exclude them."""


class Results(Frozen):
    """Store for recorded series and alert state, from which the state is also restored.

    Base URLs of Prometheus' remote write and of its query API; one single-node store serves both.
    """

    write: str
    read: str


class Evaluation(Frozen):
    """URLs to query and to notify; with `results` None, state is lost at every restart."""

    source: str
    notifier: str
    results: Results | None = None
    language: Language = "metrics"
    interval: Duration | None = None

    def __post_init__(self) -> None:
        check_texts(self)


class Evaluator(Frozen):
    """An evaluator: the labels that select its rules, and its pods."""

    labels: Mapping[str, str]
    pods: Pods
