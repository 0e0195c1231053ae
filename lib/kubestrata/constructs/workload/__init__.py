"""An application from one image, with everything that belongs to it."""

from kubestrata.constructs.workload.container import (
    Container,
    ContainerSpec,
    Probes,
    Resources,
    SecretValue,
    StoreValue,
)
from kubestrata.constructs.workload.declaration import (
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
from kubestrata.constructs.workload.native import check_native
from kubestrata.constructs.workload.provider import SERVICE_PORT, WorkloadObjects, WorkloadProvider
from kubestrata.constructs.workload.scheduled_job import ScheduledJob
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "SERVICE_PORT",
    "CloudIdentity",
    "Container",
    "ContainerSpec",
    "Dependencies",
    "Exposure",
    "Probes",
    "Resources",
    "ScheduledJob",
    "SecretValue",
    "StoreValue",
    "ValkeyChart",
    "Workload",
    "WorkloadBucket",
    "WorkloadDeclaration",
    "WorkloadDefaults",
    "WorkloadMonitoring",
    "WorkloadObjects",
    "WorkloadProvider",
    "check_native",
]
