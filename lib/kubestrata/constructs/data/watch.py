"""Scrapes of pods that operators and charts make, where the cluster has somebody who scrapes."""

from __future__ import annotations

from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import RuleGroup
from kubestrata.constructs.observability.alert_rule import AlertRules
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.constructs.observability.scrape import Scrape
from kubestrata.core.node import Construct
from kubestrata.core.tree import component_of


def watch(
    scope: Construct,
    id: str,
    pods: Pods,
    *,
    port: str,
    number: int,
    alerts: RuleGroup | None = None,
) -> None:
    """Scrape `pods` at the port named `port`, whose number is `number`, and judge by `alerts`.

    Nothing is made where the cluster offers no Monitoring.
    """
    if component_of(scope).cluster.find(Monitoring) is None:
        return
    Scrape(scope, id, pods=pods, port=port, pod_port=number)
    if alerts is not None:
        AlertRules(scope, id, groups=[alerts])
