"""Services with an address outside the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.constructs.network.connection import Connectable, allow_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Addresses, Entity, Pods
from kubestrata.constructs.traffic.dns_record import DnsRecord
from kubestrata.constructs.traffic.global_service import GlobalService
from kubestrata.constructs.traffic.service import PodService, service_metadata
from kubestrata.constructs.traffic.service_address import ServiceAddress
from kubestrata.constructs.traffic.service_port import ServicePort
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct


class LoadBalancer(PodService):
    """One Service of type LoadBalancer for existing pods, and the policy that admits its clients.

    `sources` are the CIDR blocks of its clients, by default any. With the traffic policy `Local`
    pods see the addresses of clients, and only nodes with a pod take part; `Cluster`, Kubernetes'
    default, may pass traffic on by another node, which the policy admits. `dns` publishes hosts.
    """

    def __init__(  # pods, ports, address and clients; the rest is metadata
        self,
        scope: Construct,
        id: str,
        *,
        pods: Connectable | Pods,
        ports: Sequence[ServicePort],
        address: ServiceAddress | None = None,
        sources: Sequence[str] = (),
        traffic_policy: Literal["Cluster", "Local"] | None = None,
        dns: DnsRecord | None = None,
        mesh: GlobalService | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        settings = address or ServiceAddress()
        clients = Addresses(sources) if sources else Entity("anywhere")
        notes, found = dict(settings.annotations), {**(labels or {}), **settings.labels}
        if dns is not None:
            notes, found = {**notes, **dns.annotations}, {**found, **dns.labels}
        spec = k8s.ServiceSpec(
            type="LoadBalancer",
            load_balancer_class=settings.load_balancer_class,
            external_traffic_policy=traffic_policy,
            load_balancer_source_ranges=list(sources) or None,
        )
        metadata = service_metadata(found, notes, mesh)
        super().__init__(scope, id, pods=pods, ports=ports, metadata=metadata, spec=spec)
        if component_of(self).cluster.find(Network) is None:
            return
        endpoint = self.endpoint
        flows = [Flow.of("ingress", clients, *endpoint.ports)]
        if sources and traffic_policy != "Local":
            flows.append(Flow.from_nodes(*endpoint.ports))
        allow_flows(self, endpoint.pods, flows, name=f"{id}-from-load-balancer")
