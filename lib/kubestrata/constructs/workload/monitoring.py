"""The monitoring of a workload: a scrape, alerts and dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.network import Pods
from kubestrata.constructs.observability import Alert, AlertRules, Dashboard, RuleGroup, Scrape
from kubestrata.constructs.workload.container import read_text
from kubestrata.constructs.workload.pod_plan import Controller
from kubestrata.constructs.workload.port import HTTP
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.value.duration import Duration


class WorkloadMonitoring(Declaration, kw_only=True):
    """A scrape, the standard alerts and further ones, and dashboards.

    A dashboard may be a `Path` whose text is read.
    """

    port: Annotated[
        str | None, Meta(description="Name of the port that shows metrics; None has no scrape.")
    ] = HTTP
    path: Annotated[str, Meta(pattern="^/", description="Where on that port.")] = "/metrics"
    interval: Annotated[
        Duration | None, Meta(description="How often; the scraper's default unless given.")
    ] = None
    alerts: Annotated[Sequence[Alert], Meta(description="Beside those of every workload.")] = ()
    dashboards: Annotated[
        Mapping[str, str | Path], Meta(description="Grafana's JSON by name.")
    ] = {}

    def __post_init__(self) -> None:
        """Check the fields that JSON can hold, and read the files."""
        self.check_fields(without=("dashboards",))
        self.check_value("dashboards", self.dashboard_texts, Mapping[str, str])

    @property
    def dashboard_texts(self) -> dict[str, str]:
        """Return Grafana's JSON by name, with files read."""
        return {name: read_text(text) for name, text in self.dashboards.items()}


class Watch(Construct):
    """One Scrape, one AlertRules and one Dashboard per dashboard, all named after the workload.

    There is no Scrape without a port.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Pods,
        port: int | None,
        monitoring: WorkloadMonitoring,
        controller: Controller = "Deployment",
    ) -> None:
        """`port` is the number of the port that exposes metrics."""
        super().__init__(scope, f"{id}-watch")
        self.scrape: Scrape | None = None
        if monitoring.port is not None:
            self.scrape = Scrape(
                self,
                id,
                pods=pods,
                port=monitoring.port,
                path=monitoring.path,
                interval=monitoring.interval,
                pod_port=port,
            )
        alerts = [*standard_alerts(id, pods.namespace, controller), *monitoring.alerts]
        self.rules = AlertRules(self, id, groups=[RuleGroup(id, rules=alerts)])
        self.dashboards = [
            Dashboard(self, f"{id}-{name}", json=text)
            for name, text in monitoring.dashboard_texts.items()
        ]


# Metric of the pods that are available, and the label of their controller.
_AVAILABLE: Mapping[Controller, tuple[str, str]] = {
    "DaemonSet": ("kube_daemonset_status_number_available", "daemonset"),
    "Deployment": ("kube_deployment_status_replicas_available", "deployment"),
    "StatefulSet": ("kube_statefulset_status_replicas_available", "statefulset"),
}


def standard_alerts(id: str, namespace: str, controller: Controller = "Deployment") -> list[Alert]:
    """Return the alerts of every workload: no pod is available, or pods keep restarting.

    The alert of jobs is a failed run. The metrics are those of kube-state-metrics.
    """
    here = f'namespace="{namespace}"'
    if controller not in _AVAILABLE:
        failed = f'kube_job_status_failed{{{here},job_name=~"{id}(-.+)?"}}'
        return [
            Alert(
                name="JobFailed",
                expression=f"{failed} > 0",
                severity="warning",
                summary=f"Job {{{{ $labels.job_name }}}} of {namespace}/{id} failed.",
            )
        ]
    metric, label = _AVAILABLE[controller]
    available = f'{metric}{{{here},{label}="{id}"}}'
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
