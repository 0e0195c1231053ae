"""Logs of a small cluster: VictoriaLogs on one pod, and Vector on every node."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import Flow, HelmRelease

NAME = "vl"
_PORT = 9428


class SingleNodeLogs(Component):
    """The store as release `vl`, which Vector sends the lines of all containers to.

    `query` is its Service.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "victoria-logs", layer="infrastructure", namespace=namespace)
        release = HelmRelease(
            self,
            NAME,
            chart=catalogue.VICTORIA_LOGS_SINGLE.at("0.11.17"),
            values=_VALUES,
            creates=["monitoring.coreos.com"],
        )
        release.allow(Flow.from_cluster(_PORT), Flow.to_cluster(_PORT), Flow.to_kubernetes_api())
        self.query = release.service(f"{NAME}-victoria-logs-single-server", _PORT)


_VALUES: JsonObject = {
    "serviceAccount": {"create": True},
    "server": {
        "retentionPeriod": "1",
        "retentionDiskSpaceUsage": "40GiB",
        "extraArgs": {
            "envflag.enable": True,
            "envflag.prefix": "VM_",
            "loggerFormat": "json",
            "httpListenAddr": f":{_PORT}",
            "http.shutdownDelay": "15s",
        },
        "persistentVolume": {"enabled": True, "size": "50Gi"},
        "resources": resources("45m", "1664Mi", "1664Mi"),
        "serviceMonitor": {"enabled": True},
    },
    "vector": {"enabled": True, "resources": resources("85m", "233Mi", "1Gi")},
    "dashboards": {"enabled": True, "labels": {"grafana_dashboard": "1"}},
}
