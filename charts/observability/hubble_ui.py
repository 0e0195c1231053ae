"""The page of Hubble, which Cilium's chart installs before GitOps starts."""

from kubestrata import Cluster, Component, Reference, ServiceReference
from kubestrata.constructs import GatewayReference, Route


class HubbleUi(Component):
    """A route to the network flows, at `hubble-ui-<cluster>` on `gateway`.

    The namespace has no default policies, so the proxies need no policy either.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, gateway: GatewayReference) -> None:
        super().__init__(scope, "hubble-ui", layer="observability", namespace=namespace)
        made = Reference(self, "", "Service", "hubble-ui", namespace.object_name)
        host = gateway.domain.sub(f"hubble-ui-{scope.name}")
        service = ServiceReference(made, 80)
        self.route = Route(self, "hubble-ui", host=host, gateway=gateway, to=service)
