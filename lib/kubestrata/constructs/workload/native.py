"""A workload as objects of Kubernetes."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata.constructs.scaling import DisruptionBudget, HorizontalAutoscaler
from kubestrata.constructs.workload.config import file_keys
from kubestrata.constructs.workload.declaration import RunningWorkload
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.pod import pod_container, pod_spec, pod_template
from kubestrata.constructs.workload.pod_parts import PodParts, make_parts
from kubestrata.constructs.workload.service import service
from kubestrata.constructs.workload.volume import mounted
from kubestrata.core.node import Construct

# Of one pod or none, a budget would keep the node from being drained.
_BUDGETED = 2
# A new pod is there before an old one goes.
_ROLLOUT = k8s.DeploymentStrategy(
    type="RollingUpdate",
    rolling_update=k8s.RollingUpdateDeployment(max_surge=1, max_unavailable=0),
)


class NativeWorkload:
    """The objects, by attribute; None where the declaration asks for none."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        declaration: RunningWorkload,
        labels: dict[str, str],
        defaults: WorkloadDefaults,
    ) -> None:
        self._scope, self._id, self._labels = scope, id, labels
        self.declaration = declaration
        self.scaling = declaration.scaling or defaults.scaling
        self.availability = declaration.availability or defaults.availability
        container = declaration.container
        self.deployment = self._deployment(make_parts(scope, id, container, labels))
        self.service = service(scope, id, labels, container.port_numbers)
        self.autoscaler = self._autoscaler()
        self.budget = self._budget()

    def _deployment(self, parts: PodParts) -> k8s.Deployment:
        wanted, labels = self.declaration.container, self._labels
        container = pod_container(self._id, self.declaration.image, wanted, parts)
        volumes = mounted(wanted, parts.files)
        pods = pod_spec(container, volumes, labels, self.availability, parts)
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


def check(declaration: RunningWorkload, defaults: WorkloadDefaults) -> None:
    """Raise InvalidValue for what would be refused where the objects are made."""
    file_keys(declaration.container.texts)
    mounted(declaration.container, None)
    scaling = declaration.scaling or defaults.scaling
    if scaling.min >= _BUDGETED:
        (declaration.availability or defaults.availability).check_replicas(scaling.min)
