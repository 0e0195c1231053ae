"""An application from one image, and everything it asks for."""

from kubestrata.constructs.workload.app import APP, app_environment
from kubestrata.constructs.workload.backing import Backing, Identity, WorkloadBucket
from kubestrata.constructs.workload.backing_service import ValkeyChart
from kubestrata.constructs.workload.container import (
    Container,
    Probes,
    Resources,
    SecretValue,
    StoreValue,
)
from kubestrata.constructs.workload.declaration import RunningWorkload, WorkloadDeclaration
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.observed import Observed
from kubestrata.constructs.workload.scheduled_job import ScheduledJob
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "APP",
    "Backing",
    "Container",
    "Exposure",
    "Identity",
    "Observed",
    "Probes",
    "Resources",
    "RunningWorkload",
    "ScheduledJob",
    "SecretValue",
    "StoreValue",
    "ValkeyChart",
    "Workload",
    "WorkloadBucket",
    "WorkloadDeclaration",
    "WorkloadDefaults",
    "app_environment",
]
