"""Services of other clusters of a ClusterMesh."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import k8s
from kubestrata.constructs.network.connection import Endpoint
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.traffic.cluster_mesh import ClusterMesh, MeshCheck, MeshUse
from kubestrata.constructs.traffic.global_service import GlobalService
from kubestrata.constructs.traffic.service import service_metadata
from kubestrata.constructs.traffic.service_port import ServicePort, check_ports
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference


class MeshService(Construct):
    """A Service named `id` that stands for the global Service of this name in cluster `of`.

    It has no pods here, so all of its endpoints are in the other cluster. The namespace is that of
    the component, in both clusters. `pods` are those behind it, for network policies. The other
    cluster must make its Service global; that is checked when the platform is synthesized.
    """

    def __init__(
        self, scope: Construct, id: str, *, of: str, ports: Sequence[ServicePort], pods: Pods
    ) -> None:
        super().__init__(scope, f"{id}-mesh-service")
        check_label("cluster", of)
        what = f"MeshService {id!r}"
        if not ports:
            raise InvalidValue(what, "has no port", "pass ports=[ServicePort(80)]")
        check_ports(what, ports, on_nodes=False)
        component = component_of(scope)
        cluster = component.cluster
        cluster.ask(ClusterMesh)
        if of == cluster.name:
            why = f"is of cluster {of!r}, its own"
            raise InvalidValue(what, why, "pass the Service itself")
        self.resource = k8s.Service(
            self,
            id,
            metadata=service_metadata(None, None, GlobalService(shared=False)),
            spec=k8s.ServiceSpec(ports=[each.field for each in ports]),
        )
        namespace = self.resource.identity.namespace
        cluster.check_of(MeshCheck).add(MeshUse(of, namespace, id, caller(id)))
        self._ports = tuple(ports)
        self.pods = Pods(pods.name, pods.namespace, pods.labels, cluster=of)

    @property
    def ref(self) -> Reference:
        """Return the Service of this cluster."""
        return self.resource.ref

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods in the other cluster, on all ports."""
        ports = tuple(each.pod_port for each in self._ports)
        return Endpoint(self.pods, ports, component_of(self), self.resource.ref)

    def port(self, number: int) -> ServiceReference:
        """Return one port, for URLs; raises InvalidReference if it has no such port."""
        found = next((each for each in self._ports if each.port == number), None)
        if found is None:
            known = ", ".join(str(each.port) for each in self._ports)
            raise InvalidReference(str(self.ref), f"has no port {number}; it has {known}")
        return ServiceReference(self.ref, number)
