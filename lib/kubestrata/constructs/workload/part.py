"""Types of the declared parts of workloads."""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.constructs.scaling import Availability, EventScaling, Scaling
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.job import JobSettings, ScheduledRuns
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.rollout import (
    ClaimRetention,
    DaemonRollout,
    Rollout,
    StatefulRollout,
)
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration

_PARTS: Mapping[str, tuple[type[Declaration], ...]] = {
    "availability": (Availability,),
    "container": (Container,),
    "daemon_rollout": (DaemonRollout,),
    "dependencies": (Dependencies,),
    "identity": (CloudIdentity,),
    "job": (JobSettings,),
    "monitoring": (WorkloadMonitoring,),
    "pod": (PodSettings,),
    "retention": (ClaimRetention,),
    "rollout": (Rollout,),
    "route": (Exposure,),
    "runs": (ScheduledRuns,),
    "scaling": (Scaling, EventScaling),
    "stateful_rollout": (StatefulRollout,),
}


def check_parts(owner: str, parts: Mapping[str, object]) -> None:
    """Raise InvalidValue for a part of a workload that has the wrong type."""
    for name, part in parts.items():
        if part is not None:
            kinds = _PARTS[name]
            require(f"{kinds[0].__name__} of {owner}", part, *kinds)
