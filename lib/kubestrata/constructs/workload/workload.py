"""An application from one image, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from msgspec.structs import replace

from kubestrata.constructs.scaling import Availability, EventScaling, Scaling
from kubestrata.constructs.traffic import RouteReference
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.native import run_native, workload_plan
from kubestrata.constructs.workload.pod_owner import PodOwner
from kubestrata.constructs.workload.pod_parts import check_namespaces
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.provider import WorkloadObjects, WorkloadProvider
from kubestrata.constructs.workload.rollout import Rollout
from kubestrata.core import patch as patching
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.image import Image


class Workload(PodOwner):
    """A Deployment with its Service on port 80 and its ServiceAccount, and the declared parts.

    These are ConfigMaps and an ExternalSecret of `container`, claims of the volumes of `pod`, a
    HorizontalPodAutoscaler or a ScaledObject of `scaling`, a PodDisruptionBudget for two pods or
    more, a route or an Ingress of `route`, the objects of `dependencies` and `identity`, the scrape
    and its alerts and dashboards of `monitoring`, and a network policy on either side of each
    connection. Defaults are those of `WorkloadDefaults`; pods satisfy the `restricted` Pod Security
    Standard, except for declared exceptions. A `TypedPatch` can change any object.

    A WorkloadProvider of the cluster replaces the pods, their configuration, scaling and route with
    its own objects; all else stays beside them. With `patches`, or with settings that the provider
    lacks, they are native objects.
    """

    CONTROLLER = "Deployment"

    def __init__(  # noqa: PLR0913  # the parts of the declaration, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        pod: PodSettings | None = None,
        rollout: Rollout | None = None,
        scaling: Scaling | EventScaling | None = None,
        availability: Availability | None = None,
        route: Exposure | None = None,
        dependencies: Dependencies | None = None,
        identity: CloudIdentity | None = None,
        monitoring: WorkloadMonitoring | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        parts: dict[str, object] = {
            "container": container,
            "pod": pod,
            "rollout": rollout,
            "scaling": scaling,
            "availability": availability,
            "route": route,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-workload", parts)
        self.declaration = WorkloadDeclaration(
            image=image,
            container=container or Container(),
            pod=pod,
            rollout=rollout,
            scaling=scaling,
            availability=availability,
            route=route,
            dependencies=dependencies,
            identity=identity,
            monitoring=monitoring,
        )
        check_namespaces([self.declaration.container], self.pods.namespace)
        patching.register(self, patches)
        self.dependencies = self._services(dependencies, identity)
        self._objects = self._run(patched=bool(patches))
        self._monitor(monitoring)
        self._connect_dependencies(self.dependencies)
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
            pod=declaration.pod,
            rollout=declaration.rollout,
            scaling=declaration.scaling,
            availability=declaration.availability,
            route=declaration.route,
            dependencies=declaration.dependencies,
            identity=declaration.identity,
            monitoring=declaration.monitoring,
            patches=patches,
        )

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
        """Return the Service's first port, for routes and URLs.

        Raises InvalidReference for pods that do not listen.
        """
        service = self._objects.service
        if service is None:
            why = "has no Service, because its containers have no port"
            raise InvalidReference(f"Workload {self.id!r}", why, "add a port")
        return service

    @property
    def route(self) -> RouteReference | None:
        """Return the HTTPRoute or Ingress with its host; None without an exposure."""
        return self._objects.route

    @property
    def _plan(self) -> PodPlan:
        defaults = WorkloadDefaults.of(self.component.cluster)
        return workload_plan(self.pods, self.declaration, defaults)

    def _run(self, *, patched: bool) -> WorkloadObjects:
        container = self.dependencies.with_service_env(self.declaration.container)
        declaration = replace(self.declaration, container=container)
        provider = self.component.cluster.find(WorkloadProvider)
        # Patches apply to native objects, so the provider is not used.
        made = None
        if provider is not None and not patched:
            made = provider.run_workload(self, self.pods, declaration)
        return made or run_native(self, self.pods, declaration)
