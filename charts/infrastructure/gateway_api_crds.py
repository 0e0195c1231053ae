"""The CRDs of the Gateway API, from the upstream repository."""

from charts import catalogue
from kubestrata import Cluster, Component


class GatewayApiCrds(Component):
    """CustomResourceDefinitions at a pinned commit, never pruned."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(
            scope, "gateway-api-crds", layer="infrastructure", source=catalogue.GATEWAY_API
        )
