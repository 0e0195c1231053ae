"""Scrape, alerts and dashboards of a workload."""

from __future__ import annotations

from kubestrata.constructs.network import Pods
from kubestrata.constructs.observability import Alert, AlertRules, Dashboard, RuleGroup, Scrape
from kubestrata.constructs.workload.observed import WorkloadMonitoring
from kubestrata.core.node import Construct
from kubestrata.core.value.duration import Duration


class Watch(Construct):
    """One Scrape, one AlertRules and a Dashboard for each; all named after the workload."""

    def __init__(
        self, scope: Construct, id: str, *, pods: Pods, port: int, monitoring: WorkloadMonitoring
    ) -> None:
        """`port` is the number of the port that shows metrics."""
        super().__init__(scope, f"{id}-watch")
        self.scrape = Scrape(
            self,
            id,
            pods=pods,
            port=monitoring.port,
            path=monitoring.path,
            interval=monitoring.interval,
            pod_port=port,
        )
        rules = RuleGroup(id, rules=[*standard_alerts(id, pods.namespace), *monitoring.alerts])
        self.rules = AlertRules(self, id, groups=[rules])
        self.dashboards = [
            Dashboard(self, f"{id}-{name}", json=text)
            for name, text in monitoring.dashboard_texts.items()
        ]


def standard_alerts(id: str, namespace: str) -> list[Alert]:
    """What is wrong with any workload: none of its pods is there, or they restart all the time.

    Measured by kube-state-metrics.
    """
    here = f'namespace="{namespace}"'
    available = f'kube_deployment_status_replicas_available{{{here},deployment="{id}"}}'
    restarts = f'kube_pod_container_status_restarts_total{{{here},container="{id}"}}'
    return [
        Alert(
            name="WorkloadUnavailable",
            expression=f"{available} == 0",
            for_=Duration("5m"),
            severity="critical",
            summary=f"No pod of {namespace}/{id} is available.",
        ),
        Alert(
            name="WorkloadRestarting",
            expression=f"increase({restarts}[15m]) > 3",
            severity="warning",
            summary=f"{{{{ $labels.pod }}}} of {namespace}/{id} restarts again and again.",
        ),
    ]
