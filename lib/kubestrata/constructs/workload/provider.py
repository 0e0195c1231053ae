"""Objects that run a workload, and the interface of their providers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kubestrata.constructs.network import Pods
from kubestrata.constructs.traffic import RouteReference
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference

SERVICE_PORT = 80
"""Port of the Service that maps to the main port."""


class WorkloadObjects(Frozen):
    """References to the objects that run a workload, the same on every cluster.

    `ready` is the object that must exist before anything connects; `service` is None for pods that
    do not listen, `route` without an exposure.
    """

    deployment: Reference
    service: ServiceReference | None
    ready: Reference
    route: RouteReference | None


class WorkloadProvider(ABC):
    """Creates workloads for a cluster; without one, native objects are created."""

    @abstractmethod
    def run_workload(
        self, scope: Construct, pods: Pods, declaration: WorkloadDeclaration
    ) -> WorkloadObjects | None:
        """Create the objects for a workload of `pods`; return None to use native objects."""
