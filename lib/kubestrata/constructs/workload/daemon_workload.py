"""Agents that run on every node, or on chosen ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import k8s
from kubestrata.constructs.scaling import Availability
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.pod import build_pod
from kubestrata.constructs.workload.pod_owner import PodOwner, create_claims, finish
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.rollout import DaemonRollout
from kubestrata.constructs.workload.service import make_service
from kubestrata.core import patch as patching
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.image import Image

# There is one pod on each node, so there is nothing to spread.
_EVERYWHERE = Availability(spread_zones=False, spread_nodes=False)


class DaemonWorkload(PodOwner):
    """A DaemonSet with its ServiceAccount, a Service if it listens, and the declared parts.

    One pod runs on each node that `pod.scheduling` admits, so there is nothing to scale, and drains
    ignore it. Its size may follow its use: `PodSettings.vertical`.
    """

    CONTROLLER = "DaemonSet"

    def __init__(  # the parts of a Workload, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        pod: PodSettings | None = None,
        rollout: DaemonRollout | None = None,
        dependencies: Dependencies | None = None,
        identity: CloudIdentity | None = None,
        monitoring: WorkloadMonitoring | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        parts: dict[str, object] = {
            "container": container,
            "pod": pod,
            "daemon_rollout": rollout,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-daemon-workload", parts)
        patching.register(self, patches)
        self.dependencies = self._services(dependencies, identity)
        self._pods = PodPlan(
            controller=self.CONTROLLER,
            id=id,
            namespace=self.pods.namespace,
            image=image,
            container=self.dependencies.with_service_env(container or Container()),
            settings=self.settings,
            availability=_EVERYWHERE,
            labels=self.labels,
        )
        self.resource = self._daemon_set(rollout or DaemonRollout())
        self._service = make_service(self, id, self.labels, self._pods.ports)
        finish(self, self._pods, self.resource)
        self._monitor(monitoring)
        self._connect_dependencies(self.dependencies)
        patching.check_used(self)

    @property
    def ready(self) -> Reference:
        """Return the DaemonSet."""
        return self.resource.ref

    @property
    def service(self) -> ServiceReference:
        """Return the first port of the Service; raises InvalidReference without a port."""
        if self._service is None:
            why = "has no Service, because its containers have no port"
            raise InvalidReference(f"DaemonWorkload {self.id!r}", why, "add a port")
        return self._service

    @property
    def _plan(self) -> PodPlan:
        return self._pods

    def _daemon_set(self, rollout: DaemonRollout) -> k8s.DaemonSet:
        template = build_pod(self, self._pods)
        create_claims(self, self._pods)
        rolling = k8s.RollingUpdateDaemonSet(
            max_surge=rollout.max_surge, max_unavailable=rollout.max_unavailable
        )
        return k8s.DaemonSet(
            self,
            self.id,
            metadata=k8s.ObjectMeta(labels=self.labels),
            spec=k8s.DaemonSetSpec(
                selector=k8s.LabelSelector(match_labels=self.labels),
                update_strategy=k8s.DaemonSetUpdateStrategy(
                    type=rollout.strategy,
                    rolling_update=rolling if rollout.strategy == "RollingUpdate" else None,
                ),
                min_ready_seconds=rollout.min_ready_seconds or None,
                revision_history_limit=rollout.history,
                template=template,
            ),
        )
