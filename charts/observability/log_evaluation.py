"""An evaluator of rules over logs or traces, with its network policies."""

from collections.abc import Sequence

from charts.observability.victoria_metrics_stack import VMAGENT, VictoriaMetricsStack
from kubestrata import Component, Duration, ServiceReference
from kubestrata.constructs import Endpoint, Flow
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import (
    AlertEvaluation,
    AlertRules,
    Evaluation,
    RuleGroup,
)

_PORT = 8080


def evaluate(
    component: Component,
    id: str,
    *,
    stack: VictoriaMetricsStack,
    query: ServiceReference,
    reader: Endpoint,
    groups: Sequence[RuleGroup],
) -> None:
    """Add a VMAlert that queries `query` (pods `reader`) and notifies the stack's Alertmanager."""
    evaluation = Evaluation(
        source=query.url(),
        notifier=stack.notifier.url(),
        results=stack.results,
        language="logs",
        interval=Duration("1m"),
    )
    evaluator = AlertEvaluation(component, id, evaluation=evaluation).evaluator
    who = Endpoint(evaluator.pods, (NetworkPort(_PORT),), component)
    who.connect_to(reader, stack.alertmanager, *stack.results_endpoints)
    # Its operator creates the scrape of each VMAlert.
    who.allow(Flow.from_pods(VMAGENT, _PORT))
    AlertRules(component, id, groups=groups, evaluator=evaluator)
