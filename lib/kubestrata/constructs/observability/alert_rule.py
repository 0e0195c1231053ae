"""Alerting rules and their evaluators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import RuleGroup, check_groups
from kubestrata.constructs.observability.alert_evaluation import (
    EVALUATION,
    Evaluation,
    Evaluator,
)
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource


class AlertEvaluation(Construct):
    """One VMAlert that evaluates the rules assigned to it: over logs, over traces.

    Raises MissingOffer where the cluster is not monitored by VictoriaMetrics.
    """

    def __init__(self, scope: Construct, id: str, *, evaluation: Evaluation) -> None:
        super().__init__(scope, f"{id}-evaluation")
        component = component_of(self)
        self.resource: Resource = component.cluster.ask(Monitoring).evaluation(self, id, evaluation)
        # Labels that the operator sets on the pods of a VMAlert.
        pods = Pods(
            f"vmalert-{id}",
            self.resource.identity.namespace,
            {"app.kubernetes.io/name": "vmalert", "app.kubernetes.io/instance": id},
        )
        self.evaluator = Evaluator({EVALUATION: id}, pods)


class AlertRules(Construct):
    """One VMRule or PrometheusRule; raises MissingOffer where the cluster has no Monitoring."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        groups: Sequence[RuleGroup],
        evaluator: Evaluator | None = None,
        monitoring: Monitoring | None = None,
    ) -> None:
        """`evaluator` None selects the evaluator of the cluster's monitoring.

        `monitoring` None is the cluster's; another one is for kinds that its operator converts.
        """
        super().__init__(scope, f"{id}-rules")
        check_groups(groups)
        labels: Mapping[str, str] = evaluator.labels if evaluator is not None else {}
        monitoring = monitoring or component_of(self).cluster.ask(Monitoring)
        self.resource: Resource = monitoring.rules(self, id, groups, labels)
