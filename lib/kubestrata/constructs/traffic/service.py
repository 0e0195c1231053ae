"""Services for existing pods, and names for hosts elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from kubeapis import k8s
from kubestrata.constructs.network.connection import Connectable, Endpoint, ServiceEndpoint
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.traffic.cluster_mesh import ClusterMesh
from kubestrata.constructs.traffic.global_service import GlobalService, is_shared
from kubestrata.constructs.traffic.service_port import ServicePort, check_ports
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.json_value import mapping
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.host import Host


class PodService(Construct):
    """One Service in front of pods; use one of the subclasses."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Connectable | Pods,
        ports: Sequence[ServicePort],
        metadata: k8s.ObjectMeta,
        spec: k8s.ServiceSpec,
    ) -> None:
        super().__init__(scope, f"{id}-service")
        what = f"Service {id!r}"
        if not ports and spec.cluster_ip != "None":
            raise InvalidValue(what, "has no port", "pass ports=[ServicePort(80)]")
        check_ports(what, ports, on_nodes=spec.type in ("LoadBalancer", "NodePort"))
        found: object = pods if isinstance(pods, Pods) else pods.endpoint
        behind = found if isinstance(found, Endpoint) else None
        selected = behind.pods if behind is not None else require(f"pods of {what}", found, Pods)
        if behind is not None and behind is not pods and not behind.ports:
            why = "listen on no port"
            raise InvalidValue(f"pods {selected.name!r} of {what}", why, "add a port to them")
        if not selected.labels:
            why = "selects every pod of the namespace"
            raise InvalidValue(f"pods {selected.name!r} of {what}", why, "pass their labels")
        self._ports = tuple(ports)
        self.resource = k8s.Service(
            self,
            id,
            metadata=_in_namespace(metadata, selected.namespace),
            spec=_for_pods(spec, selected, ports),
        )
        _share(self, self.resource)
        own = Endpoint(selected, (), component_of(self), self.resource.ref)
        self._behind = behind or own

    @property
    def ref(self) -> Reference:
        """Return the Service."""
        return self.resource.ref

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods on all ports of the Service, for `connect_to`."""
        return replace(self._behind, ports=tuple(each.pod_port for each in self._ports))

    def port(self, number: int) -> ServiceEndpoint:
        """Return one port, for routes and URLs; raises InvalidReference if it has no such port."""
        found = known_port(self.ref, self._ports, number)
        behind = replace(self._behind, ports=(found.pod_port,))
        return ServiceEndpoint(self.ref, number, behind)


class ClusterIpService(PodService):
    """One Service with an address inside the cluster, for existing pods.

    `mesh` makes it a global Service of Cilium's ClusterMesh.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Connectable | Pods,
        ports: Sequence[ServicePort],
        mesh: GlobalService | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        metadata = service_metadata(labels, annotations, mesh)
        spec = k8s.ServiceSpec()
        super().__init__(scope, id, pods=pods, ports=ports, metadata=metadata, spec=spec)


class HeadlessService(PodService):
    """One Service without an address: its name resolves to the addresses of the pods.

    With `not_ready` also to those of pods that are not ready, for members that find each other.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Connectable | Pods,
        ports: Sequence[ServicePort] = (),
        not_ready: bool = False,
        mesh: GlobalService | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        if mesh is not None and not mesh.endpoint_slices:
            why = "is headless, and clusters resolve its name from endpoint slices"
            fix = "pass GlobalService(endpoint_slices=True)"
            raise InvalidValue(f"global Service {id!r}", why, fix)
        metadata = service_metadata(labels, annotations, mesh)
        spec = k8s.ServiceSpec(cluster_ip="None", publish_not_ready_addresses=not_ready or None)
        super().__init__(scope, id, pods=pods, ports=ports, metadata=metadata, spec=spec)


class NodePortService(PodService):
    """One Service on a port of every node, for existing pods."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Connectable | Pods,
        ports: Sequence[ServicePort],
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        metadata = service_metadata(labels, annotations, None)
        spec = k8s.ServiceSpec(type="NodePort")
        super().__init__(scope, id, pods=pods, ports=ports, metadata=metadata, spec=spec)


class ExternalNameService(Construct):
    """One Service that is an alias of `host`: of a name outside, or of another namespace's Service.

    Clients use the host's own ports; `ports` declare them for Ingresses and routes.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host | ServiceReference,
        ports: Sequence[ServicePort] = (),
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-service")
        check_ports(f"Service {id!r}", ports, on_nodes=False)
        require(f"host of Service {id!r}", host, Host, ServiceReference, fix="write Host('...')")
        if isinstance(host, Host) and host.startswith("*."):
            raise InvalidValue(f"host {str(host)!r} of Service {id!r}", "must not be a wildcard")
        self.resource = k8s.Service(
            self,
            id,
            metadata=service_metadata(labels, annotations, None),
            spec=k8s.ServiceSpec(
                type="ExternalName",
                external_name=host if isinstance(host, Host) else host.host,
                ports=[each.field for each in ports] or None,
            ),
        )

    @property
    def ref(self) -> Reference:
        """Return the Service."""
        return self.resource.ref

    def port(self, number: int) -> ServiceReference:
        """Return a port of the host, for Ingresses and URLs."""
        return ServiceReference(self.ref, number)


def known_port(ref: Reference, ports: Sequence[ServicePort], number: int) -> ServicePort:
    """Return a port of a Service; raises InvalidReference if it has none of the number."""
    found = next((each for each in ports if each.port == number), None)
    if found is None:
        known = ", ".join(str(each.port) for each in ports) or "none"
        raise InvalidReference(str(ref), f"has no port {number}; it has {known}")
    return found


def _share(scope: Construct, service: k8s.Service) -> None:
    """Register a Service with the annotations of the mesh, so that other clusters may name it."""
    mesh = component_of(scope).cluster.find(ClusterMesh)
    annotations = mapping(mapping(service.body.get("metadata")).get("annotations"))
    if mesh is not None and is_shared(annotations):
        mesh.share(service.ref)


def service_metadata(
    labels: Mapping[str, str] | None,
    annotations: Mapping[str, str] | None,
    mesh: GlobalService | None,
) -> k8s.ObjectMeta:
    """Return the metadata of a Service."""
    found = {**(annotations or {}), **(mesh.annotations if mesh is not None else {})}
    return k8s.ObjectMeta(labels=labels or None, annotations=found or None)


def _in_namespace(metadata: k8s.ObjectMeta, namespace: str) -> k8s.ObjectMeta:
    return k8s.ObjectMeta(
        namespace=namespace, labels=metadata.labels, annotations=metadata.annotations
    )


def _for_pods(spec: k8s.ServiceSpec, pods: Pods, ports: Sequence[ServicePort]) -> k8s.ServiceSpec:
    fields = [each.field for each in ports]
    return msgspec.structs.replace(spec, selector=pods.labels, ports=fields or None)
