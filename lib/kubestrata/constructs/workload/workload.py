"""An application from one image, and everything it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, Network, NetworkParty, NetworkPort, Pods
from kubestrata.constructs.platform_api import PlatformApi
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import SecretStoreReference
from kubestrata.constructs.traffic import Gateways, Route
from kubestrata.constructs.traffic.attachment import open_way
from kubestrata.constructs.workload.backing import Backing, Identity
from kubestrata.constructs.workload.backing_service import BackingServices
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.declaration import RunningWorkload, WorkloadDeclaration
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.native import NativeWorkload, check
from kubestrata.constructs.workload.observed import Observed
from kubestrata.constructs.workload.secret_use import check_namespaces
from kubestrata.constructs.workload.service import SERVICE_PORT
from kubestrata.constructs.workload.watch import Watch
from kubestrata.core import patch as patching
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.resource import RawResource
from kubestrata.core.tree import component_of
from kubestrata.core.value.image import Image

_PARTS: tuple[type[Declaration], ...] = (
    Container,
    Scaling,
    Availability,
    Exposure,
    Backing,
    Identity,
    Observed,
)


class Workload(Construct, NetworkParty):
    """A Deployment with its Service on port 80 and its ServiceAccount, and what is asked for.

    That is: ConfigMaps and an ExternalSecret of `container`, a HorizontalPodAutoscaler of
    `scaling`, a PodDisruptionBudget where there are two pods or more, an HTTPRoute of `route`,
    what `backing` and `identity` say, the scrape, alerts and dashboards of `monitoring`, and a
    policy on either side of everything it is connected to. Defaults are those of
    `WorkloadDefaults`; pods satisfy the `restricted` Pod Security Standard. A `TypedPatch` has the
    last word on any of it.

    Where the cluster offers a PlatformApi that has workloads, one claim stands for the pods, their
    configuration, scaling and route; all else stays beside it.
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
        backing: Backing | None = None,
        identity: Identity | None = None,
        monitoring: Observed | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        require("id of a Workload", id, str)
        parts = (container, scaling, availability, route, backing, identity, monitoring)
        for part, kind in zip(parts, _PARTS, strict=True):
            if part is not None:
                require(f"{kind.__name__} of Workload {id!r}", part, kind)
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
            backing=backing,
            identity=identity,
            monitoring=monitoring,
        )
        check_namespaces(self.declaration.container, self.pods.namespace)
        patching.register(self, patches)
        self.backing = BackingServices(self, id, backing=backing or Backing(), identity=identity)
        running = self._running()
        self.claim = self._claimed(running)
        self.native = self._native(running) if self.claim is None else None
        self.route = self._exposed(route) if route is not None else None
        self.watch = self._watched(monitoring) if monitoring is not None else None
        self._connect_backing()
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
        """The workload of a declaration made elsewhere."""
        return cls(
            scope,
            id,
            image=declaration.image,
            container=declaration.container,
            scaling=declaration.scaling,
            availability=declaration.availability,
            route=declaration.route,
            backing=declaration.backing,
            identity=declaration.identity,
            monitoring=declaration.monitoring,
            patches=patches,
        )

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens, on every port that its container declares."""
        numbers = self.declaration.container.port_numbers.values()
        ports = tuple(NetworkPort(number) for number in numbers)
        return Endpoint(self.pods, ports, self.component, self.ready)

    @property
    def ready(self) -> Reference:
        """What must be there before anybody can connect."""
        return self.claim.ref if self.claim is not None else self.deployment.ref

    @property
    def service(self) -> ServiceReference:
        """The Service's main port, for routes and URLs."""
        if self.native is not None:
            return ServiceReference(self.native.service.ref, SERVICE_PORT)
        made = Reference(
            self.component, "", "Service", self.id, self.pods.namespace, self.ready.resource
        )
        return ServiceReference(made, SERVICE_PORT)

    @property
    def deployment(self) -> k8s.Deployment:
        """What runs the pods; raises InvalidReference for a claim, which makes it elsewhere."""
        if self.native is None:
            why = "is a claim: its Deployment is made in the cluster"
            raise InvalidReference(f"workload {self.id!r}", why)
        return self.native.deployment

    def _party(self) -> Endpoint:
        return self.endpoint

    def _running(self) -> RunningWorkload:
        stated = self.declaration
        return RunningWorkload(
            image=stated.image,
            container=self.backing.told(stated.container),
            scaling=stated.scaling,
            availability=stated.availability,
            route=stated.route,
        )

    def _claimed(self, running: RunningWorkload) -> RawResource | None:
        api = self.component.cluster.find(PlatformApi)
        if api is None or api.kind_of(RunningWorkload) is None:
            return None
        check(running, self._defaults)
        if running.container.env_from_store:
            store = self.component.cluster.ask(SecretStoreReference)
            store.require_namespace(self.pods.namespace)
            self.component.needs(store.ref)
        return api.claim(self, self.id, running)

    def _native(self, running: RunningWorkload) -> NativeWorkload:
        return NativeWorkload(self, self.id, running, self.labels, self._defaults)

    @property
    def _defaults(self) -> WorkloadDefaults:
        return WorkloadDefaults.of(self.component.cluster)

    def _exposed(self, exposure: Exposure) -> Route | None:
        label = exposure.host or self.id
        main = (NetworkPort(self.declaration.container.port),)
        to = replace(self.endpoint, ports=main).behind(self.service)
        if self.claim is None:
            return Route.at(self, self.id, label=label, to=to, reach=exposure.reach)
        gateway = self.component.cluster.ask(Gateways).reached(exposure.reach)
        open_way(self, self.id, gateway=gateway, to=to)
        self.component.needs(gateway.gateway)
        return None

    def _connect_backing(self) -> None:
        if self.component.cluster.find(Network) is None:
            return
        self.connect_to(*self.backing.endpoints)
        if self.backing.flows:
            self.endpoint.allow(*self.backing.flows, policy=f"{self.id}-to-cloud")

    def _watched(self, observed: Observed) -> Watch:
        numbers = self.declaration.container.port_numbers
        if observed.port not in numbers:
            known = ", ".join(sorted(numbers))
            why = f"is no port of {self.id!r}, which has {known}"
            fix = "add it to the container's ports"
            raise InvalidValue(f"Observed.port {observed.port!r}", why, fix)
        port = numbers[observed.port]
        return Watch(self, self.id, pods=self.pods, port=port, observed=observed)
