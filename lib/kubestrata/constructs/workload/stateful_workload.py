"""Applications whose pods have names and volumes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import k8s
from kubestrata.constructs.scaling import Availability, EventScaling, Scaling
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.native import scale
from kubestrata.constructs.workload.pod import build_pod
from kubestrata.constructs.workload.pod_check import require_kubernetes
from kubestrata.constructs.workload.pod_owner import PodOwner, finish
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.rollout import ClaimRetention, StatefulRollout
from kubestrata.constructs.workload.service import make_headless_service, make_route, make_service
from kubestrata.constructs.workload.volume_mount import claim_spec
from kubestrata.core import patch as patching
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ReferenceName, ServiceReference
from kubestrata.core.value.image import Image

_RETENTION_SINCE = 27


class StatefulWorkload(PodOwner):
    """A StatefulSet with its ServiceAccount, its Services, and the declared parts of a Workload.

    Each pod has a name in DNS, by the headless Service `<id>-headless`, and its own claim of each
    `Volume.claim` in `pod`; claims outlive pods and StatefulSet unless `retention`. The Service
    `<id>` is in front of all pods that listen.
    """

    CONTROLLER = "StatefulSet"
    # The controller appends the ordinal and the hash of a revision to the name.
    LONGEST_NAME = 52

    def __init__(  # noqa: PLR0913  # the parts of a Workload, retention, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        pod: PodSettings | None = None,
        rollout: StatefulRollout | None = None,
        retention: ClaimRetention | None = None,
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
            "stateful_rollout": rollout,
            "retention": retention,
            "scaling": scaling,
            "availability": availability,
            "route": route,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-stateful-workload", parts)
        defaults = WorkloadDefaults.of(self.component.cluster)
        patching.register(self, patches)
        self.dependencies = self._services(dependencies, identity)
        self._pods = PodPlan(
            controller=self.CONTROLLER,
            id=id,
            namespace=self.pods.namespace,
            image=image,
            container=self.dependencies.with_service_env(container or Container()),
            settings=self.settings,
            availability=availability or defaults.availability,
            labels=self.labels,
        )
        self._scaling = scaling or defaults.scaling
        ports = self._pods.ports
        self.headless = make_headless_service(self, id, self.labels, ports)
        self.resource = self._stateful_set(rollout or StatefulRollout(), retention)
        self._service = make_service(self, id, self.labels, ports)
        scale(self, self._pods, self.ready, self._scaling)
        finish(self, self._pods, self.resource)
        self.route = None
        if route is not None:
            self.route = make_route(
                self, route, self.pods, ports, ready=self.ready, service=self._service
            )
        self._monitor(monitoring)
        self._connect_dependencies(self.dependencies)
        patching.check_used(self)

    @property
    def ready(self) -> Reference:
        """Return the StatefulSet."""
        return self.resource.ref

    @property
    def service(self) -> ServiceReference:
        """Return the first port of the Service in front of all pods.

        Raises InvalidReference for pods that do not listen.
        """
        if self._service is None:
            why = "has no Service, because its containers have no port"
            raise InvalidReference(f"StatefulWorkload {self.id!r}", why, "add a port")
        return self._service

    def host_of(self, ordinal: int) -> ReferenceName:
        """Return the DNS name of one pod; the first has the ordinal 0.

        Raises InvalidValue for a pod that does not exist however far the workload is scaled.
        """
        most = self._scaling.max
        if not 0 <= ordinal < most:
            why = f"is not a pod of it: must be from 0 to {most - 1}"
            raise InvalidValue(f"pod {ordinal} of StatefulWorkload {self.id!r}", why)
        return self.headless.ref.text(
            f"{self.id}-{ordinal}.{{name}}.{self.pods.namespace}.svc.cluster.local"
        )

    @property
    def _plan(self) -> PodPlan:
        return self._pods

    def _stateful_set(
        self, rollout: StatefulRollout, retention: ClaimRetention | None
    ) -> k8s.StatefulSet:
        plan, scaling = self._pods, self._scaling
        policy = None
        if retention is not None:
            what = f"retention of StatefulWorkload {self.id!r}"
            require_kubernetes(self.component.cluster, _RETENTION_SINCE, what, "remove it")
            policy = k8s.StatefulSetPersistentVolumeClaimRetentionPolicy(
                when_deleted=retention.when_deleted, when_scaled=retention.when_scaled
            )
        return k8s.StatefulSet(
            self,
            self.id,
            metadata=k8s.ObjectMeta(labels=self.labels),
            spec=k8s.StatefulSetSpec(
                service_name=self.headless.name,
                replicas=scaling.min if scaling.is_fixed else None,
                pod_management_policy=rollout.order,
                update_strategy=_strategy(rollout),
                min_ready_seconds=rollout.min_ready_seconds or None,
                revision_history_limit=rollout.history,
                selector=k8s.LabelSelector(match_labels=self.labels),
                template=build_pod(self, plan),
                volume_claim_templates=_claim_templates(plan) or None,
                persistent_volume_claim_retention_policy=policy,
            ),
        )


def _strategy(rollout: StatefulRollout) -> k8s.StatefulSetUpdateStrategy:
    partition = (
        k8s.RollingUpdateStatefulSetStrategy(partition=rollout.partition)
        if rollout.partition
        else None
    )
    return k8s.StatefulSetUpdateStrategy(type=rollout.strategy, rolling_update=partition)


def _claim_templates(plan: PodPlan) -> list[k8s.EmbeddedPersistentVolumeClaim]:
    return [
        k8s.EmbeddedPersistentVolumeClaim(
            metadata=k8s.ObjectMeta(name=name),
            spec=claim_spec(claim.size, claim.storage_class, claim.access),
        )
        for name, claim in plan.claims.items()
    ]
