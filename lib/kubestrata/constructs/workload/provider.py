"""The objects that run a workload, and what makes them in a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from kubestrata.constructs.network import Pods
from kubestrata.constructs.traffic import RouteReference
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference

SERVICE_PORT = 80
"""The port of the Service that leads to the main port."""


@dataclass(frozen=True, slots=True)
class WorkloadObjects:
    """References to what runs a workload, the same on every cluster.

    `ready` is what must exist before anything connects; `route` is None without an exposure.
    """

    deployment: Reference
    service: ServiceReference
    ready: Reference
    route: RouteReference | None


class WorkloadProvider(ABC):
    """Makes workloads: an offer of a cluster. Without one they are native objects."""

    @abstractmethod
    def run_workload(
        self, scope: Construct, pods: Pods, declaration: WorkloadDeclaration
    ) -> WorkloadObjects | None:
        """Make what runs the workload of `pods`; return None to leave it to native objects."""
