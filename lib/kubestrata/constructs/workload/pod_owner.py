"""Base of the constructs that run pods: their name, labels, connections, and parts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, Network, NetworkParty, NetworkPort, Pods
from kubestrata.constructs.scaling import VerticalAutoscaler
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies, WorkloadServices
from kubestrata.constructs.workload.monitoring import Watch, WorkloadMonitoring
from kubestrata.constructs.workload.part import check_parts
from kubestrata.constructs.workload.pod_plan import Controller, PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.volume_mount import claim_spec
from kubestrata.constructs.workload.waived import waive_exceptions
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource

_LABEL = "app.kubernetes.io/name"


class PodOwner(Construct, NetworkParty):
    """Pods of one controller of the name `id`, with their label, ports and connections.

    `dependencies` are the services that belong to them, and `watch` is their monitoring.
    """

    CONTROLLER: Controller
    LONGEST_NAME = 63

    def __init__(
        self, scope: Construct, id: str, construct_id: str, parts: Mapping[str, object]
    ) -> None:
        """`parts` are the declared values by keyword, None where they are not declared."""
        kind = type(self).__name__
        check_label(
            f"id of a {kind}", require(f"id of a {kind}", id, str), longest=self.LONGEST_NAME
        )
        check_parts(f"{kind} {id!r}", parts)
        super().__init__(scope, construct_id)
        self.id = id
        self.component = component_of(scope)
        self.labels = {_LABEL: id}
        pod: Any = parts.get("pod")
        self.settings: PodSettings = pod or PodSettings()
        self.pods = Pods(
            id,
            self.component.default_namespace(caller(id)),
            self.labels,
            host_network=self.settings.security.host_network,
        )
        self.watch: Watch | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on every port that their containers declare."""
        ports = self._plan.ports.values()
        listening = tuple(NetworkPort(each.number, each.protocol) for each in ports)
        return Endpoint(self.pods, listening, self.component, self.ready)

    @property
    def ready(self) -> Reference:
        """Return the object that must exist before anything connects."""
        raise NotImplementedError

    @property
    def service_account(self) -> Reference:
        """Return the ServiceAccount of the pods, for roles and identities."""
        name = self.settings.service_account or self.id
        return Reference(self.component, "", "ServiceAccount", name, self.pods.namespace)

    @property
    def _plan(self) -> PodPlan:
        raise NotImplementedError

    def _party(self) -> Endpoint:
        return self.endpoint

    def _services(
        self, dependencies: Dependencies | None, identity: CloudIdentity | None
    ) -> WorkloadServices:
        return WorkloadServices(
            self, self.id, dependencies=dependencies or Dependencies(), identity=identity
        )

    def _connect_dependencies(self, services: WorkloadServices) -> None:
        if self.component.cluster.find(Network) is None:
            return
        self.connect_to(*services.endpoints)
        if services.flows and not self.pods.host_network:
            self.endpoint.allow(*services.flows, policy=f"{self.id}-to-cloud")

    def _monitor(self, monitoring: WorkloadMonitoring | None) -> None:
        if monitoring is None:
            return
        ports = self._plan.ports
        if monitoring.port is not None and monitoring.port not in ports:
            known = ", ".join(sorted(ports)) or "none"
            why = f"is not a port of {self.id!r}, which has {known}"
            fix = "add it to the container's ports, or set port=None"
            raise InvalidValue(f"WorkloadMonitoring.port {monitoring.port!r}", why, fix)
        self.watch = Watch(
            self,
            self.id,
            pods=self.pods,
            port=ports[monitoring.port].number if monitoring.port is not None else None,
            monitoring=monitoring,
            controller=self.CONTROLLER,
        )


def create_claims(scope: Construct, plan: PodPlan) -> list[k8s.PersistentVolumeClaim]:
    """Create the claims of the volumes that the pods of a workload share."""
    return [
        k8s.PersistentVolumeClaim(
            scope,
            f"{name}-claim",
            metadata=k8s.ObjectMeta(name=plan.claim_name(name), labels=plan.labels),
            spec=claim_spec(claim.size, claim.storage_class, claim.access),
        )
        for name, claim in plan.claims.items()
    ]


def finish(scope: Construct, plan: PodPlan, resource: Resource) -> None:
    """Create the vertical autoscaler of a controller, and register the waivers of its pods."""
    waive_exceptions(resource, plan)
    if plan.settings.vertical is not None:
        VerticalAutoscaler(scope, plan.id, target=resource.ref, scaling=plan.settings.vertical)
