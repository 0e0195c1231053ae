"""Listeners of Gateways."""

from __future__ import annotations

from typing import Literal

from kubeapis import gateway as api
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.traffic.allowed_route import RoutesFrom
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.host import Host
from kubestrata.core.value.port import Port
from kubestrata.core.value.typed_text import check_texts


class Listener(Frozen):
    """A port, a protocol and the hosts that it serves; use one of the factories below.

    `host` is one host, or a wildcard for all hosts below a domain; TCP and UDP have none.
    """

    name: str
    port: Port
    protocol: Literal["HTTP", "HTTPS", "TCP", "TLS", "UDP"]
    host: Host | None
    routes: RoutesFrom
    certificate: SecretReference | None = None

    def __post_init__(self) -> None:
        check_texts(self)

    @classmethod
    def https(
        cls,
        host: Host,
        *,
        certificate: SecretReference,
        routes: RoutesFrom,
        name: str = "https",
        port: Port | None = None,
    ) -> Listener:
        """Return a listener that terminates TLS; the Secret is in the Gateway's namespace."""
        return cls(name, port or Port(443), "HTTPS", host, routes, certificate)

    @classmethod
    def http(
        cls, host: Host, *, routes: RoutesFrom, name: str = "http", port: Port | None = None
    ) -> Listener:
        """Return a listener without TLS, for redirects to HTTPS."""
        return cls(name, port or Port(80), "HTTP", host, routes)

    @classmethod
    def passthrough(
        cls, host: Host, *, routes: RoutesFrom, name: str = "tls", port: Port | None = None
    ) -> Listener:
        """Return a listener for TLS that the pods terminate: the Gateway sees only the SNI."""
        return cls(name, port or Port(443), "TLS", host, routes)

    @classmethod
    def tcp(cls, port: Port, *, routes: RoutesFrom, name: str) -> Listener:
        """Return a listener for TCP connections: one TcpRoute gets all of them."""
        return cls(name, port, "TCP", None, routes)

    @classmethod
    def udp(cls, port: Port, *, routes: RoutesFrom, name: str) -> Listener:
        """Return a listener for UDP packets: one UdpRoute gets all of them."""
        return cls(name, port, "UDP", None, routes)

    @property
    def domain(self) -> Host | None:
        """Return the domain of the hosts of its routes; None for TCP and UDP."""
        return Host(self.host.removeprefix("*.")) if self.host is not None else None

    @property
    def field(self) -> api.GatewaySpecListeners:
        """Return the entry of `spec.listeners`; naming the certificate makes an edge to it."""
        return api.GatewaySpecListeners(
            name=self.name,
            port=self.port,
            protocol=self.protocol,
            hostname=self.host,
            allowed_routes=self.routes.field,
            tls=self._tls(),
        )

    def _tls(self) -> api.GatewaySpecListenersTls | None:
        if self.protocol == "TLS":
            return api.GatewaySpecListenersTls(mode="Passthrough")
        if self.certificate is None:
            return None
        secret = api.GatewaySpecListenersTlsCertificateRefs(name=self.certificate.name)
        return api.GatewaySpecListenersTls(mode="Terminate", certificate_refs=[secret])
