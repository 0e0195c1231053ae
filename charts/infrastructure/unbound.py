"""The resolver that asks the authoritative name servers itself."""

from charts import catalogue
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
            # On one node, further pods would not improve availability.
            values={"replicaCount": 1},
        )
        self.service = self.release.service(_NAME, _PORT)
