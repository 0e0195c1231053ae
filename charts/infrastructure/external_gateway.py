"""The Gateway behind the tunnel, for the hosts of one domain."""

from charts.infrastructure.internal_issuers import Names, internal_certificate
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import Gateway, GatewayReference
from kubestrata.constructs.traffic import GatewayExposure, Listener, RoutesFrom


class ExternalGateway(Component):
    """The Gateway `external` with one certificate, and a listener for the domain and for its hosts.

    `address` is its own in the load balancer's pool. There is no plain HTTP: the tunnel speaks TLS.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway_class: Reference,
        issuer: Reference,
        address: str,
    ) -> None:
        super().__init__(scope, "gateway", layer="infrastructure", namespace=namespace)
        domain = scope.domain
        certificate = internal_certificate(
            self,
            f"cert-{scope.name}",
            issuer=issuer,
            names=Names([domain.wildcard, domain]),
            usages=["digital signature", "key encipherment"],
        )
        routes = RoutesFrom.everywhere()
        apex, hosts = f"https-{scope.name}-gateway", f"https-domain-{scope.name}-gateway"
        gateway = Gateway(
            self,
            "external",
            gateway_class=gateway_class,
            listeners=[
                Listener.https(domain, certificate=certificate, routes=routes, name=apex),
                Listener.https(domain.wildcard, certificate=certificate, routes=routes, name=hosts),
            ],
            exposure=GatewayExposure.addresses(address),
        )
        self.apex: GatewayReference = gateway.listener(apex)
        self.hosts: GatewayReference = gateway.listener(hosts)
