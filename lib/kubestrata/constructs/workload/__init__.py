"""An application from one image, and everything it asks for."""

from kubestrata.constructs.workload.backing import Backing, Identity, WorkloadBucket
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
from kubestrata.constructs.workload.observed import Observed
from kubestrata.constructs.workload.provider import SERVICE_PORT, WorkloadObjects, WorkloadProvider
from kubestrata.constructs.workload.scheduled_job import ScheduledJob
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "SERVICE_PORT",
    "Backing",
    "Container",
    "ContainerSpec",
    "Exposure",
    "Identity",
    "Observed",
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
    "WorkloadObjects",
    "WorkloadProvider",
    "check_native",
]
