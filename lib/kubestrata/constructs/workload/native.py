"""A workload as objects of Kubernetes."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata.constructs.scaling import DisruptionBudget, HorizontalAutoscaler
from kubestrata.constructs.secret import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.workload.config import file_keys, hashed_config_map
from kubestrata.constructs.workload.container import Container, SecretValue
from kubestrata.constructs.workload.declaration import RunningWorkload
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.pod import PodParts, pod_container, pod_spec, pod_template
from kubestrata.constructs.workload.service import service
from kubestrata.constructs.workload.volume import mounted
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName

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
        self.service_account = k8s.ServiceAccount(
            scope,
            f"{id}-account",
            metadata=k8s.ObjectMeta(name=id, labels=labels),
            automount_service_account_token=False,
        )
        container = declaration.container
        self.config = self._config(container)
        self.files = self._files(container)
        self.stored = self._stored(container)
        self.deployment = self._deployment(
            PodParts(
                defaults=defaults,
                service_account=self.service_account.name,
                config=_name(self.config),
                files=_name(self.files),
                stored=self.stored,
            )
        )
        self.service = service(scope, id, labels, container.port_numbers)
        self.autoscaler = self._autoscaler()
        self.budget = self._budget()

    def _config(self, container: Container) -> k8s.ConfigMap | None:
        if not container.config:
            return None
        return hashed_config_map(self._scope, "config", f"{self._id}-config", container.config)

    def _files(self, container: Container) -> k8s.ConfigMap | None:
        texts = container.texts
        if not texts:
            return None
        data = {key: texts[path] for path, key in file_keys(texts).items()}
        return hashed_config_map(self._scope, "files", f"{self._id}-files", data)

    def _stored(self, container: Container) -> dict[str, SecretValue]:
        if not container.env_from_store:
            return {}
        keys = {
            name: RemoteKey(value.path, value.property)
            for name, value in container.env_from_store.items()
        }
        source = SecretSource.keys(keys)
        secret = ExternalSecret(self._scope, f"{self._id}-store", source=source).secret
        return {name: SecretValue(secret=secret.name, key=name) for name in keys}

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


def _name(config: k8s.ConfigMap | None) -> ReferenceName | None:
    return config.name if config is not None else None
