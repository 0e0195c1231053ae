"""An application from one image, and everything it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, Flow, NetworkPort, Pods
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.traffic import Gateways, Route
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.native import NativeWorkload
from kubestrata.constructs.workload.policy import Target, admit, admit_gateway, reach
from kubestrata.constructs.workload.service import SERVICE_PORT
from kubestrata.core import patch as patching
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.patch import Patch
from kubestrata.core.reference import Reference, ReferenceName, ServiceReference
from kubestrata.core.tree import component_of
from kubestrata.core.value.image import Image


class Workload(Construct):
    """A Deployment with its Service on port 80 and its ServiceAccount, and what is asked for.

    That is: ConfigMaps of `container`, a HorizontalPodAutoscaler of `scaling`, a
    PodDisruptionBudget where there are two pods or more, an HTTPRoute of `route`, and a policy on
    either side of everything it is connected to. Defaults are those of `WorkloadDefaults`; pods
    satisfy the `restricted` Pod Security Standard. A `Patch` has the last word on any of it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        scaling: Scaling | None = None,
        availability: Availability | None = None,
        route: Exposure | None = None,
        patches: Sequence[Patch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-workload")
        self.id = id
        self.component = component_of(scope)
        self.declaration = WorkloadDeclaration(
            image=image,
            container=container or Container(),
            scaling=scaling,
            availability=availability,
            route=route,
        )
        self._check_secrets()
        patching.register(self, patches)
        self.native = NativeWorkload(self, id, self.declaration, self.labels, self._defaults)
        self.route = self._routed(route) if route is not None else None
        patching.check_used(self)

    @classmethod
    def of(
        cls,
        scope: Construct,
        id: str,
        declaration: WorkloadDeclaration,
        *,
        patches: Sequence[Patch[Any]] = (),
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
            patches=patches,
        )

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods, by which everything selects them."""
        return {"app.kubernetes.io/name": self.id}

    @property
    def pods(self) -> Pods:
        """Its pods, as policies and scrapes see them."""
        return Pods(self.id, self._namespace, self.labels)

    @property
    def ready(self) -> Reference:
        """What must be there before anybody can connect."""
        return self.native.deployment.ref

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens, on every port that its container declares."""
        numbers = self.declaration.container.port_numbers.values()
        ports = tuple(NetworkPort(number) for number in numbers)
        return Endpoint(self.pods, ports, self.component, self.ready)

    @property
    def service(self) -> ServiceReference:
        """The Service's main port, for routes and URLs."""
        return ServiceReference(self.native.service.ref, SERVICE_PORT)

    @property
    def deployment(self) -> k8s.Deployment:
        """What runs the pods."""
        return self.native.deployment

    def connects_to(self, *targets: Target) -> None:
        """Let it talk to what has an endpoint, or along flows that go out.

        Both sides get a policy, and the component waits for what it connects to.
        """
        for target in targets:
            reach(self.endpoint, target)

    def admits(self, *flows: Flow) -> None:
        """Let in what the flows name."""
        for flow in flows:
            admit(self.endpoint, flow)

    @property
    def _namespace(self) -> str:
        return self.component.default_namespace(caller(self.id))

    @property
    def _defaults(self) -> WorkloadDefaults:
        return self.component.cluster.find(WorkloadDefaults) or WorkloadDefaults()

    def _check_secrets(self) -> None:
        container = self.declaration.container
        for value in (
            *container.env_from_secrets.values(),
            *container.files_from_secrets.values(),
        ):
            if isinstance(value.secret, ReferenceName):
                SecretReference(value.secret.reference).require_namespace(self._namespace)

    def _routed(self, exposure: Exposure) -> Route:
        gateway = self.component.cluster.ask(Gateways).reached(exposure.reach)
        host = gateway.domain.sub(exposure.host or self.id)
        main = NetworkPort(self.declaration.container.port)
        admit_gateway(self.endpoint, main, gateway)
        return Route(self, self.id, host=host, gateway=gateway, to=self.service)
