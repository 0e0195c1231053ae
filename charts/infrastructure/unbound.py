"""The resolver that asks the authoritative name servers itself."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Namespace, Reference
from kubestrata.constructs import HelmComponent

_NAME = "unbound"
_PORT = 53


class Unbound(HelmComponent):
    """Unbound with one replica, which validates DNSSEC; `service` answers inside the cluster."""

    def __init__(self, scope: Cluster, *, namespace: Namespace | Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.UNBOUND,
            values={
                # On one node, further pods would not improve availability.
                "replicaCount": 1,
                # Sizes are inputs of whoever delivers this cluster.
                "containers": {"unbound": {"resources": resources("100m", "64Mi", "128Mi")}},
            },
        )
        self.service = self.release.service(_NAME, _PORT)
