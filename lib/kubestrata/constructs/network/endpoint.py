"""Pods that listen, and the component that may be told who comes."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.constructs.network.flow import NamedPort, NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.component import Component
from kubestrata.core.reference import Reference, ServiceReference


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a connection.

    `component` holds its side of the policies; `ready` is what must be there before anybody can
    connect, None where nothing can be waited for.
    """

    pods: Pods
    ports: tuple[NetworkPort | NamedPort, ...]
    component: Component
    ready: Reference | None = None

    def behind(self, service: ServiceReference) -> ServiceEndpoint:
        """A Service's port that leads here: whoever gets it can open the way to the pods."""
        return ServiceEndpoint(service.service, service.port, self)


@dataclass(frozen=True, slots=True)
class ServiceEndpoint(ServiceReference):
    """A port of a Service, and the pods behind it with the ports that they listen on."""

    endpoint: Endpoint
