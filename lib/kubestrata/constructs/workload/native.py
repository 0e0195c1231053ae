"""The native objects that run a workload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, NetworkPort, Pods
from kubestrata.constructs.scaling import DisruptionBudget, HorizontalAutoscaler
from kubestrata.constructs.traffic import PathMatch, RouteMatch, RouteRule, expose
from kubestrata.constructs.workload.container import HTTP
from kubestrata.constructs.workload.declaration import (
    ExposedPath,
    WorkloadDeclaration,
    WorkloadDefaults,
)
from kubestrata.constructs.workload.pod import pod_container, pod_spec, pod_template
from kubestrata.constructs.workload.pod_parts import PodParts, file_keys, make_parts
from kubestrata.constructs.workload.provider import SERVICE_PORT, WorkloadObjects
from kubestrata.constructs.workload.volume import mounted
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference

# A budget for a single pod would block every drain of its node.
_BUDGETED = 2
# A new pod is available before an old one is deleted.
_ROLLOUT = k8s.DeploymentStrategy(
    type="RollingUpdate",
    rolling_update=k8s.RollingUpdateDeployment(max_surge=1, max_unavailable=0),
)


def run_native(scope: Construct, pods: Pods, declaration: WorkloadDeclaration) -> WorkloadObjects:
    """Create the native objects of a workload."""
    component = component_of(scope)
    defaults = WorkloadDefaults.of(component.cluster)
    made = NativeWorkload(scope, pods.name, declaration, dict(pods.labels), defaults)
    ready = made.deployment.ref
    service = ServiceReference(made.service.ref, SERVICE_PORT)
    route = declaration.route
    if route is None:
        return WorkloadObjects(ready, service, ready, None)
    to = Endpoint(pods, exposed_ports(declaration), component, ready).behind(service)
    exposed = expose(
        scope,
        pods.name,
        label=route.host or pods.name,
        to=to,
        visibility=route.visibility,
        rules=route_rules(declaration),
    )
    return WorkloadObjects(ready, service, ready, exposed)


def exposed_ports(declaration: WorkloadDeclaration) -> tuple[NetworkPort, ...]:
    """Return the ports of the pods that the route needs, in the order of its paths."""
    numbers = declaration.container.port_numbers
    names = [each.port for each in _paths(declaration)] or [HTTP]
    return tuple(NetworkPort(numbers[name]) for name in dict.fromkeys(names))


def route_rules(declaration: WorkloadDeclaration) -> list[RouteRule]:
    """Return the rules of the route; raises InvalidValue for a port that the container has not."""
    numbers = declaration.container.port_numbers
    return [
        RouteRule(
            matches=[RouteMatch(path=PathMatch.prefix(each.prefix))],
            port=SERVICE_PORT if each.port == HTTP else numbers[each.port],
        )
        for each in _paths(declaration)
    ] or [RouteRule()]


def _paths(declaration: WorkloadDeclaration) -> Sequence[ExposedPath]:
    numbers = declaration.container.port_numbers
    paths = declaration.route.paths if declaration.route is not None else ()
    for each in paths:
        if each.port not in numbers:
            why = f"is not a port of the container, which has {', '.join(sorted(numbers))}"
            raise each.refuse("port", f"{each.port!r} {why}", "add it to the container's ports")
    return paths


class NativeWorkload:
    """The objects by attribute, None where the declaration does not need them."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        declaration: WorkloadDeclaration,
        labels: dict[str, str],
        defaults: WorkloadDefaults,
    ) -> None:
        self._scope, self._id, self._labels = scope, id, labels
        self.declaration = declaration
        self.scaling = declaration.scaling or defaults.scaling
        self.availability = declaration.availability or defaults.availability
        container = declaration.container
        self.deployment = self._deployment(make_parts(scope, id, container, labels))
        self.service = _service(scope, id, labels, container.port_numbers)
        self.autoscaler = self._autoscaler()
        self.budget = self._budget()

    def _deployment(self, parts: PodParts) -> k8s.Deployment:
        wanted, labels = self.declaration.container, self._labels
        container = pod_container(self._id, self.declaration.image, wanted, parts)
        volumes = mounted(wanted, parts.files)
        pods = pod_spec(
            container,
            volumes,
            labels,
            self.availability,
            parts,
            token=wanted.service_account_token,
        )
        return k8s.Deployment(
            self._scope,
            self._id,
            metadata=k8s.ObjectMeta(labels=labels),
            spec=k8s.DeploymentSpec(
                replicas=self.scaling.min if self.scaling.is_fixed else None,
                strategy=_ROLLOUT,
                selector=k8s.LabelSelector(match_labels=labels),
                template=pod_template(labels, container, pods),
            ),
        )

    def _autoscaler(self) -> k8s.HorizontalPodAutoscaler | None:
        if self.scaling.is_fixed:
            return None
        made = HorizontalAutoscaler(
            self._scope, self._id, target=self.deployment.ref, scaling=self.scaling
        )
        return made.resource

    def _budget(self) -> k8s.PodDisruptionBudget | None:
        if self.scaling.min < _BUDGETED:
            return None
        made = DisruptionBudget(
            self._scope,
            self._id,
            labels=self._labels,
            availability=self.availability,
            replicas=self.scaling.min,
        )
        return made.resource


def _service(
    scope: Construct, id: str, labels: Mapping[str, str], ports: Mapping[str, int]
) -> k8s.Service:
    """Create one Service: port 80 is the main port, every other keeps its number."""
    return k8s.Service(
        scope,
        f"{id}-service",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        spec=k8s.ServiceSpec(
            selector=labels,
            ports=[
                k8s.ServicePort(
                    name=name, port=SERVICE_PORT if name == HTTP else number, target_port=name
                )
                for name, number in ports.items()
            ],
        ),
    )


def check_native(declaration: WorkloadDeclaration, defaults: WorkloadDefaults) -> None:
    """Raise InvalidValue for settings that native objects would reject."""
    _paths(declaration)
    file_keys(declaration.container.texts)
    mounted(declaration.container, None)
    scaling = declaration.scaling or defaults.scaling
    if scaling.min >= _BUDGETED:
        (declaration.availability or defaults.availability).check_replicas(scaling.min)
