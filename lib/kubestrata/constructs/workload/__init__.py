"""Applications, agents and jobs: everything that runs pods, on one model of a pod."""

from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.daemon_workload import DaemonWorkload
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.dependency import (
    CloudIdentity,
    Dependencies,
    ValkeyChart,
    WorkloadBucket,
)
from kubestrata.constructs.workload.exception import ContainerException, Justification, PodException
from kubestrata.constructs.workload.exposure import ExposedPath, Exposure
from kubestrata.constructs.workload.generic_chart import GenericChart
from kubestrata.constructs.workload.job import JobSettings, ScheduledRuns
from kubestrata.constructs.workload.lifecycle import Hook, Lifecycle
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.native import check_native
from kubestrata.constructs.workload.pod_settings import (
    ExtraContainer,
    PodNetworking,
    PodSecurity,
    PodSettings,
)
from kubestrata.constructs.workload.port import HTTP, ProtocolPort
from kubestrata.constructs.workload.probe import Probe, Probes
from kubestrata.constructs.workload.provider import SERVICE_PORT, WorkloadObjects, WorkloadProvider
from kubestrata.constructs.workload.resources import Resources
from kubestrata.constructs.workload.rollout import (
    ClaimRetention,
    DaemonRollout,
    Rollout,
    StatefulRollout,
)
from kubestrata.constructs.workload.run_once import RunOnce
from kubestrata.constructs.workload.scheduled_job import ScheduledJob
from kubestrata.constructs.workload.scheduling import (
    Neighbour,
    Scheduling,
    Toleration,
    node_affinity,
    tolerations,
)
from kubestrata.constructs.workload.service import exposed_ports, route_rules
from kubestrata.constructs.workload.stateful_workload import StatefulWorkload
from kubestrata.constructs.workload.value_source import (
    ConfigMapValue,
    EnvironmentSource,
    SecretValue,
    StoreEntry,
    StoreValue,
    Telemetry,
)
from kubestrata.constructs.workload.volume import PENDING_CLAIM, Mount, Volume
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "HTTP",
    "PENDING_CLAIM",
    "SERVICE_PORT",
    "ClaimRetention",
    "CloudIdentity",
    "ConfigMapValue",
    "Container",
    "ContainerException",
    "DaemonRollout",
    "DaemonWorkload",
    "Dependencies",
    "EnvironmentSource",
    "ExposedPath",
    "Exposure",
    "ExtraContainer",
    "GenericChart",
    "Hook",
    "JobSettings",
    "Justification",
    "Lifecycle",
    "Mount",
    "Neighbour",
    "PodException",
    "PodNetworking",
    "PodSecurity",
    "PodSettings",
    "Probe",
    "Probes",
    "ProtocolPort",
    "Resources",
    "Rollout",
    "RunOnce",
    "ScheduledJob",
    "ScheduledRuns",
    "Scheduling",
    "SecretValue",
    "StatefulRollout",
    "StatefulWorkload",
    "StoreEntry",
    "StoreValue",
    "Telemetry",
    "Toleration",
    "ValkeyChart",
    "Volume",
    "Workload",
    "WorkloadBucket",
    "WorkloadDeclaration",
    "WorkloadDefaults",
    "WorkloadMonitoring",
    "WorkloadObjects",
    "WorkloadProvider",
    "check_native",
    "exposed_ports",
    "node_affinity",
    "route_rules",
    "tolerations",
]
