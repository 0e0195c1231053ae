"""Applications, agents and jobs: everything that runs pods, on one model of a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
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
    from kubestrata.constructs.workload.exception import (
        ContainerException,
        Justification,
        PodException,
    )
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
    from kubestrata.constructs.workload.provider import (
        SERVICE_PORT,
        WorkloadObjects,
        WorkloadProvider,
    )
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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "container": "Container",
        "daemon_workload": "DaemonWorkload",
        "declaration": "WorkloadDeclaration",
        "defaults": "WorkloadDefaults",
        "dependency": "CloudIdentity Dependencies ValkeyChart WorkloadBucket",
        "exception": "ContainerException Justification PodException",
        "exposure": "ExposedPath Exposure",
        "generic_chart": "GenericChart",
        "job": "JobSettings ScheduledRuns",
        "lifecycle": "Hook Lifecycle",
        "monitoring": "WorkloadMonitoring",
        "native": "check_native",
        "pod_settings": "ExtraContainer PodNetworking PodSecurity PodSettings",
        "port": "HTTP ProtocolPort",
        "probe": "Probe Probes",
        "provider": "SERVICE_PORT WorkloadObjects WorkloadProvider",
        "resources": "Resources",
        "rollout": "ClaimRetention DaemonRollout Rollout StatefulRollout",
        "run_once": "RunOnce",
        "scheduled_job": "ScheduledJob",
        "scheduling": "Neighbour Scheduling Toleration node_affinity tolerations",
        "service": "exposed_ports route_rules",
        "stateful_workload": "StatefulWorkload",
        "value_source": (
            "ConfigMapValue EnvironmentSource SecretValue StoreEntry StoreValue Telemetry"
        ),
        "volume": "PENDING_CLAIM Mount Volume",
        "workload": "Workload",
    },
)
