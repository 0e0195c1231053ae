"""Restarts of workloads whose Secrets or ConfigMaps change."""

from charts import catalogue
from charts.resource_request import bounded, resources
from charts.security_context import HARDENED, restricted_pod
from kubestrata import Cluster, Frozen, JsonObject, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent, Pods
from kubestrata.constructs.network import NamedPort

_NAME = "reloader"


class ReplicatedReloader(Frozen):
    """Two hardened replicas, of which one leads; `scraper` are the pods that read its metrics."""

    scraper: Pods

    @property
    def values(self) -> JsonObject:
        """Return the values of the chart."""
        return {
            "fullnameOverride": _NAME,
            "reloader": {
                # Without it the chart ignores the number of replicas.
                "enableHA": True,
                "readOnlyRootFileSystem": True,
                "deployment": _HARDENED,
                "podMonitor": {"enabled": True},
                "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            },
        }


class Reloader(HelmComponent):
    """Reloader, which restarts the annotated workloads of every namespace.

    It is one pod, or two with `replicated`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        chart: HelmChart = catalogue.RELOADER,
        replicated: ReplicatedReloader | None = None,
    ) -> None:
        flows = [Flow.to_kubernetes_api()]
        if replicated is not None:
            flows.append(Flow.from_pods(replicated.scraper, NamedPort("http")))
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=chart,
            values=_VALUES if replicated is None else replicated.values,
            creates=["monitoring.coreos.com"] if replicated is not None else [],
            flows=flows,
        )


_VALUES: JsonObject = {
    "reloader": {
        "watchGlobally": True,
        "enableHA": False,
        "deployment": {"resources": bounded("10m", "64Mi", "100m", "128Mi")},
    }
}
_HARDENED: JsonObject = {
    "replicas": 2,
    "securityContext": restricted_pod(65534, 65534),
    "containerSecurityContext": HARDENED,
    "resources": resources("10m", "64Mi", "128Mi"),
}
