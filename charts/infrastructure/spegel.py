"""The mirror by which nodes fetch images from each other."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.observability import Scrape

_NAME = "spegel"
# Ports of the registry, of the router between nodes, and of the metrics.
_REGISTRY, _ROUTER, _METRICS = 5000, 5001, 9090


class Spegel(HelmComponent):
    """A DaemonSet that serves the images of its node to the others, and is containerd's mirror."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.SPEGEL,
            values=_VALUES,
            flows=[
                Flow.from_nodes(_REGISTRY),
                Flow.from_cluster(_ROUTER),
                Flow.to_cluster(_ROUTER, _REGISTRY),
            ],
        )
        Scrape(self, _NAME, pods=self.release.pods, port="metrics", pod_port=_METRICS)


_VALUES: JsonObject = {
    "spegel": {
        # The folder that Talos' containerd reads.
        "containerdRegistryConfigPath": "/etc/cri/conf.d/hosts",
        "prependExisting": True,
        "registryFilters": [":latest$"],
        "mirroredRegistries": [
            "https://docker.io",
            "https://ghcr.io",
            "https://quay.io",
            "https://registry.k8s.io",
        ],
    },
    "service": {"registry": {"hostPort": 29999}},
    "resources": bounded("100m", "128Mi", "500m", "256Mi"),
    "priorityClassName": "system-node-critical",
}
