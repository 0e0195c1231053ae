"""An application from one image, and everything it asks for."""

from kubestrata.constructs.workload.backing import CloudIdentity, Dependencies, WorkloadBucket
from kubestrata.constructs.workload.backing_service import ValkeyChart
from kubestrata.constructs.workload.container import (
    Container,
    ContainerSpec,
    Probes,
    Resources,
    SecretValue,
    StoreValue,
)
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.native import check_native
from kubestrata.constructs.workload.observed import WorkloadMonitoring
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
