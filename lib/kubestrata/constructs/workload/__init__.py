"""An application from one image, with everything that belongs to it."""

from kubestrata.constructs.workload.container import (
    ConfigMapValue,
    Container,
    EnvironmentSource,
    Probe,
    Probes,
    Resources,
    SecretValue,
    StoreEntry,
    StoreValue,
    Telemetry,
)
from kubestrata.constructs.workload.declaration import (
    ExposedPath,
    Exposure,
    WorkloadDeclaration,
    WorkloadDefaults,
)
from kubestrata.constructs.workload.dependency import (
    CloudIdentity,
    Dependencies,
    ValkeyChart,
    WorkloadBucket,
)
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.native import check_native, exposed_ports, route_rules
from kubestrata.constructs.workload.provider import SERVICE_PORT, WorkloadObjects, WorkloadProvider
from kubestrata.constructs.workload.scheduled_job import ScheduledJob
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "SERVICE_PORT",
    "CloudIdentity",
    "ConfigMapValue",
    "Container",
    "Dependencies",
    "EnvironmentSource",
    "ExposedPath",
    "Exposure",
    "Probe",
    "Probes",
    "Resources",
    "ScheduledJob",
    "SecretValue",
    "StoreEntry",
    "StoreValue",
    "Telemetry",
    "ValkeyChart",
    "Workload",
    "WorkloadBucket",
    "WorkloadDeclaration",
    "WorkloadDefaults",
    "WorkloadMonitoring",
    "WorkloadObjects",
    "WorkloadProvider",
    "check_native",
    "exposed_ports",
    "route_rules",
]
