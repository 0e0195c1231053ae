"""What a workload gets that it did not ask for; each default is stated here and nowhere else."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.workload.container import Probes, Resources
from kubestrata.core.cluster import Cluster
from kubestrata.core.declaration import Declaration


class WorkloadDefaults(Declaration, kw_only=True):
    """A cluster that offers one of its own changes the default of all its workloads.

    Pods run as `user`, of a group of the same number, and get `grace_seconds` to end.
    """

    scaling: Scaling = Scaling.fixed(2)
    availability: Availability = Availability()
    probes: Probes = Probes()
    resources: Resources = Resources()
    user: Annotated[int, Meta(ge=1)] = 65532
    grace_seconds: Annotated[int, Meta(ge=0)] = 30

    @classmethod
    def of(cls, cluster: Cluster) -> WorkloadDefaults:
        """Those that the cluster offers, else these."""
        return cluster.find(cls) or cls()
