"""Gateways of Cilium with fixed addresses, for public hosts and for those of the local network."""

from kubestrata import Cluster, Component, Duration, Host, Reference
from kubestrata.constructs import Certificate, Gateway, GatewayReference, Gateways, SecretReference
from kubestrata.constructs.traffic import (
    GatewayExposure,
    Lifetime,
    Listener,
    PrivateKey,
    RoutesFrom,
)

_LISTENER = "https"
_LIFETIME = Lifetime(Duration("2160h"), Duration("360h"))


class WildcardCertificate(Component):
    """The certificate `wildcard-tls` for the domain, its hosts, and hosts of its subdomains.

    `names` are the names of Let's Encrypt's certificate; a wildcard covers one label only.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, issuer: Reference, subdomains: list[Host]
    ) -> None:
        super().__init__(scope, "wildcard-tls", layer="security", namespace=namespace)
        domain = scope.domain
        hosts = [domain.wildcard, domain, *(each.wildcard for each in subdomains)]
        self.secret: SecretReference = Certificate(
            self,
            "wildcard-tls",
            secret_name="wildcard-tls",  # noqa: S106  # a name
            hosts=hosts,
            issuer=issuer,
            common_name=domain.wildcard,
            lifetime=_LIFETIME,
            key=PrivateKey("RSA", 2048),
            usages=["digital signature", "key encipherment", "server auth"],
        ).secret


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
