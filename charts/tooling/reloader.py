"""Reloader: restarts of workloads whose configuration changed."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent, Pods
from kubestrata.constructs.network import NamedPort

_NAME = "reloader"


class Reloader(HelmComponent):
    """Two replicas, of which one leads; `scraper` are the pods that read its metrics."""

    def __init__(self, scope: Cluster, *, namespace: Reference, scraper: Pods) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            namespace=namespace,
            chart=catalogue.OCI_RELOADER,
            values={"fullnameOverride": _NAME, "reloader": _VALUES},
            creates=["monitoring.coreos.com"],
            flows=[Flow.to_kubernetes_api(), Flow.from_pods(scraper, NamedPort("http"))],
        )


_VALUES: JsonObject = {
    # Without it the chart ignores the number of replicas.
    "enableHA": True,
    "readOnlyRootFileSystem": True,
    "deployment": {
        "replicas": 2,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "resources": {
            "requests": {"cpu": "10m", "memory": "64Mi"},
            "limits": {"memory": "128Mi"},
        },
    },
    "podMonitor": {"enabled": True},
    "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
}
