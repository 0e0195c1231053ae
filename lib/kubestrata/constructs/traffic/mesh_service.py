"""Services of other clusters of a ClusterMesh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.network.connection import Endpoint
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.traffic.cluster_mesh import MeshCheck, MeshUse
from kubestrata.constructs.traffic.global_service import GlobalService
from kubestrata.constructs.traffic.service import known_port, service_metadata
from kubestrata.constructs.traffic.service_port import ServicePort, check_ports
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference


class MeshService(Construct):
    """One global Service of Cilium's ClusterMesh without pods of this cluster.

    Its name leads to the pods of the global Service with this name and namespace in other clusters.
    Where the cluster provides a ClusterMesh, one of them must have that Service, or the cluster of
    `pods` if these are given: that is checked when the platform is synthesized. The order of
    components has no edge to the other cluster.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        ports: Sequence[ServicePort],
        pods: Pods | None = None,
        mesh: GlobalService | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """`mesh` is by default GlobalService(shared=False): there is nothing to share.

        `pods` are those of the other cluster behind it, for network policies.
        """
        super().__init__(scope, f"{id}-service")
        what = f"Service {id!r}"
        if not ports:
            raise InvalidValue(what, "has no port", "pass ports=[ServicePort(80)]")
        check_ports(what, ports, on_nodes=False)
        if pods is not None and pods.cluster is None:
            why = "are not in another cluster"
            raise InvalidValue(f"pods {pods.name!r} of {what}", why, "pass their cluster=")
        self._pods, self._ports = pods, tuple(ports)
        self.resource = k8s.Service(
            self,
            id,
            metadata=service_metadata(labels, annotations, mesh or GlobalService(shared=False)),
            spec=k8s.ServiceSpec(ports=[each.field for each in ports]),
        )
        use = MeshUse(
            pods.cluster if pods is not None else None,
            self.resource.identity.namespace,
            id,
            caller(id),
        )
        component_of(scope).cluster.check_of(MeshCheck).add(use)

    @property
    def ref(self) -> Reference:
        """Return the Service."""
        return self.resource.ref

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods of the other cluster; raises InvalidReference if they are not given."""
        if self._pods is None:
            fix = "pass pods=Pods(..., cluster=...)"
            raise InvalidReference(str(self.ref), "has no pods that are known", fix)
        ports = tuple(each.pod_port for each in self._ports)
        return Endpoint(self._pods, ports, component_of(self), self.resource.ref)

    def port(self, number: int) -> ServiceReference:
        """Return one port, for URLs; raises InvalidReference if it has no such port."""
        return ServiceReference(self.ref, known_port(self.ref, self._ports, number).port)
