"""An application from one image, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from kubestrata.constructs.network import Endpoint, Network, NetworkParty, NetworkPort, Pods
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.traffic import RouteReference
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.declaration import Exposure, WorkloadDeclaration, check_parts
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies, WorkloadServices
from kubestrata.constructs.workload.monitoring import Watch, WorkloadMonitoring
from kubestrata.constructs.workload.native import run_native
from kubestrata.constructs.workload.pod_parts import check_namespaces
from kubestrata.constructs.workload.provider import WorkloadObjects, WorkloadProvider
from kubestrata.core import patch as patching
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.image import Image


class Workload(Construct, NetworkParty):
    """A Deployment with its Service on port 80 and its ServiceAccount, and the declared parts.

    These are ConfigMaps and an ExternalSecret of `container`, a HorizontalPodAutoscaler of
    `scaling`, a PodDisruptionBudget for two pods or more, an HTTPRoute of `route`, the objects of
    `dependencies` and `identity`, the scrape, alerts and dashboards of `monitoring`, and a network
    policy on either side of each connection. Defaults are those of `WorkloadDefaults`; pods satisfy
    the `restricted` Pod Security Standard. A `TypedPatch` can change any object.

    A WorkloadProvider of the cluster replaces the pods, their configuration, scaling and route with
    its own objects; all else stays beside them. With `patches` they are always native objects.
    """

    def __init__(  # noqa: PLR0913  # the eight parts of the declaration, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        scaling: Scaling | None = None,
        availability: Availability | None = None,
        route: Exposure | None = None,
        dependencies: Dependencies | None = None,
        identity: CloudIdentity | None = None,
        monitoring: WorkloadMonitoring | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        check_label("id of a Workload", require("id of a Workload", id, str))
        parts: dict[str, object] = {
            "container": container,
            "scaling": scaling,
            "availability": availability,
            "route": route,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        check_parts(f"Workload {id!r}", parts)
        super().__init__(scope, f"{id}-workload")
        self.id = id
        self.component = component_of(scope)
        self.labels = {"app.kubernetes.io/name": id}
        self.pods = Pods(id, self.component.default_namespace(caller(id)), self.labels)
        self.declaration = WorkloadDeclaration(
            image=image,
            container=container or Container(),
            scaling=scaling,
            availability=availability,
            route=route,
            dependencies=dependencies,
            identity=identity,
            monitoring=monitoring,
        )
        check_namespaces(self.declaration.container, self.pods.namespace)
        patching.register(self, patches)
        self.dependencies = WorkloadServices(
            self, id, dependencies=dependencies or Dependencies(), identity=identity
        )
        self._objects = self._run(patched=bool(patches))
        self.watch = self._watched(monitoring) if monitoring is not None else None
        self._connect_dependencies()
        patching.check_used(self)

    @classmethod
    def of(
        cls,
        scope: Construct,
        id: str,
        declaration: WorkloadDeclaration,
        *,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> Self:
        """Create the workload of an existing declaration."""
        return cls(
            scope,
            id,
            image=declaration.image,
            container=declaration.container,
            scaling=declaration.scaling,
            availability=declaration.availability,
            route=declaration.route,
            dependencies=declaration.dependencies,
            identity=declaration.identity,
            monitoring=declaration.monitoring,
            patches=patches,
        )

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on every port that the container declares."""
        numbers = self.declaration.container.port_numbers.values()
        ports = tuple(NetworkPort(number) for number in numbers)
        return Endpoint(self.pods, ports, self.component, self.ready)

    @property
    def ready(self) -> Reference:
        """Return the object that must exist before anything connects."""
        return self._objects.ready

    @property
    def deployment(self) -> Reference:
        """Return the Deployment that runs the pods."""
        return self._objects.deployment

    @property
    def service(self) -> ServiceReference:
        """Return the Service's main port, for routes and URLs."""
        return self._objects.service

    @property
    def route(self) -> RouteReference | None:
        """Return the HTTPRoute with its host; None without an exposure."""
        return self._objects.route

    def _party(self) -> Endpoint:
        return self.endpoint

    def _run(self, *, patched: bool) -> WorkloadObjects:
        container = self.dependencies.with_service_env(self.declaration.container)
        declaration = replace(self.declaration, container=container)
        provider = self.component.cluster.find(WorkloadProvider)
        # Patches apply to native objects, so the provider is not used.
        made = None
        if provider is not None and not patched:
            made = provider.run_workload(self, self.pods, declaration)
        return made or run_native(self, self.pods, declaration)

    def _connect_dependencies(self) -> None:
        if self.component.cluster.find(Network) is None:
            return
        self.connect_to(*self.dependencies.endpoints)
        if self.dependencies.flows:
            self.endpoint.allow(*self.dependencies.flows, policy=f"{self.id}-to-cloud")

    def _watched(self, monitoring: WorkloadMonitoring) -> Watch:
        numbers = self.declaration.container.port_numbers
        if monitoring.port not in numbers:
            known = ", ".join(sorted(numbers))
            why = f"is not a port of {self.id!r}, which has {known}"
            fix = "add it to the container's ports"
            raise InvalidValue(f"WorkloadMonitoring.port {monitoring.port!r}", why, fix)
        port = numbers[monitoring.port]
        return Watch(self, self.id, pods=self.pods, port=port, monitoring=monitoring)
