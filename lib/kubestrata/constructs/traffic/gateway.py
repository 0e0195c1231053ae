"""Gateways."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import gateway as api
from kubeapis import k8s
from kubestrata.constructs.network.peer import Entity, Peer
from kubestrata.constructs.traffic.dns_record import DnsRecord
from kubestrata.constructs.traffic.gateway_exposure import GatewayExposure
from kubestrata.constructs.traffic.gateway_reference import GatewayPort, GatewayReference
from kubestrata.constructs.traffic.listener import Listener
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

# Gateway classes whose proxies are part of the network plugin, outside of any pod.
_NETWORK_PROXIES = Entity("gateway")


class Gateway(Construct):
    """A Gateway of `gateway_class` named `id`.

    `exposure` configures its load balancer, `dns` lets external-dns publish the hosts of its
    routes. `proxies` is the source of its traffic, as the pods behind it see it. Raises
    InvalidReference for a certificate in another namespace, InvalidValue for listeners with the
    same name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        gateway_class: Reference,
        listeners: Sequence[Listener],
        exposure: GatewayExposure | None = None,
        dns: DnsRecord | None = None,
        proxies: Peer = _NETWORK_PROXIES,
    ) -> None:
        super().__init__(scope, f"{id}-gateway")
        _check_names(id, listeners)
        made = (
            api.GatewaySpecInfrastructure(annotations=dict(exposure.annotations))
            if exposure is not None
            else None
        )
        self.resource = api.Gateway(
            self,
            id,
            metadata=k8s.ObjectMeta(
                labels=dns.labels if dns is not None else None,
                annotations=dns.annotations or None if dns is not None else None,
            ),
            spec=api.GatewaySpec(
                gateway_class_name=gateway_class.name,
                listeners=[each.field for each in listeners],
                infrastructure=made,
            ),
        )
        for each in listeners:
            if each.certificate is not None:
                each.certificate.require_namespace(self.resource.identity.namespace)
        self._listeners = {each.name: each for each in listeners}
        self._proxies = proxies

    def listener(self, name: str) -> GatewayReference:
        """Return a listener with a host for routes; raises InvalidReference for any other."""
        found = self._find(name)
        if found.domain is None:
            why = f"has no host at listener {name!r}, which is for {found.protocol}"
            raise InvalidReference(str(self.resource.ref), why, f"write gateway.port({name!r})")
        return GatewayReference(self.resource.ref, name, found.domain, self._proxies)

    def port(self, name: str) -> GatewayPort:
        """Return a TCP or UDP listener for routes; raises InvalidReference for any other."""
        found = self._find(name)
        if found.protocol not in ("TCP", "UDP"):
            why = f"has listener {name!r} for {found.protocol}, not for TCP or UDP"
            raise InvalidReference(str(self.resource.ref), why, f"write gateway.listener({name!r})")
        return GatewayPort(self.resource.ref, name, found.protocol, self._proxies)

    def _find(self, name: str) -> Listener:
        found = self._listeners.get(name)
        if found is None:
            why = f"has no listener {name!r}; it has {', '.join(sorted(self._listeners))}"
            raise InvalidReference(str(self.resource.ref), why)
        return found


def _check_names(id: str, listeners: Sequence[Listener]) -> None:
    if not listeners:
        raise InvalidValue(f"Gateway {id!r}", "has no listener", "pass one")
    names = [each.name for each in listeners]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        why = f"has two listeners named {twice[0]!r}"
        raise InvalidValue(f"Gateway {id!r}", why, "pass name= to one of them")
