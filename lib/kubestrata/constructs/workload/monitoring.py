"""The monitoring of a workload: a scrape, alerts and dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.network import Pods
from kubestrata.constructs.observability import Alert, AlertRules, Dashboard, RuleGroup, Scrape
from kubestrata.constructs.workload.container import HTTP, read_text
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.value.duration import Duration


class WorkloadMonitoring(Declaration, kw_only=True):
    """A scrape, the standard alerts and further ones, and dashboards.

    A dashboard may be a `Path` whose text is read.
    """

    port: Annotated[str, Meta(description="Name of the port that shows metrics.")] = HTTP
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
    """One Scrape, one AlertRules and one Dashboard per dashboard, all named after the workload."""

    def __init__(
        self, scope: Construct, id: str, *, pods: Pods, port: int, monitoring: WorkloadMonitoring
    ) -> None:
        """`port` is the number of the port that exposes metrics."""
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
    """Return the alerts of every workload: no pod is available, or pods keep restarting.

    The metrics are those of kube-state-metrics.
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
