"""Gateways of Cilium with fixed addresses, for public hosts and for those of the local network."""

from kubestrata import Cluster, Component, Host, Reference
from kubestrata.constructs import Gateway, GatewayReference, Gateways, SecretReference
from kubestrata.constructs.traffic import (
    GatewayExposure,
    Listener,
    RoutesFrom,
)

_LISTENER = "https"


class CiliumGateways(Component):
    """The Gateways `cilium-gateway-external` and `cilium-gateway-internal`, for every namespace."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway_class: Reference,
        certificate: SecretReference,
        external: str,
        internal: str,
    ) -> None:
        super().__init__(scope, "cilium-gateway", layer="infrastructure", namespace=namespace)
        self._class, self._certificate = gateway_class, certificate
        self.external = self._gateway("external", scope.domain.wildcard, external)
        self.internal = self._gateway("internal", scope.domain.wildcard, internal)

    @property
    def offer(self) -> Gateways:
        """Return both, as the cluster provides them."""
        return Gateways(public=self.external, private=self.internal)

    def _gateway(self, name: str, host: Host, address: str) -> GatewayReference:
        routes = RoutesFrom.everywhere()
        gateway = Gateway(
            self,
            f"cilium-gateway-{name}",
            gateway_class=self._class,
            listeners=[
                Listener.http(host, routes=routes),
                Listener.https(host, certificate=self._certificate, routes=routes, name=_LISTENER),
            ],
            exposure=GatewayExposure.addresses(address),
        )
        return gateway.listener(_LISTENER)
