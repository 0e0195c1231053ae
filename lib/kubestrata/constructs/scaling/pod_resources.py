"""Requests and limits of containers that operators create."""

from __future__ import annotations

from typing import ClassVar

from kubeapis import k8s
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.quantity import Quantity


class PodResources(Declaration, kw_only=True):
    """Requests and limits: CPU has no limit, and memory that of the request, unless given.

    Raises InvalidValue for a limit below its request.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("cpu", "memory")
    BYTES: ClassVar[tuple[str, ...]] = ("memory", "memory_limit")

    cpu: Quantity
    memory: Quantity
    cpu_limit: Quantity | None = None
    memory_limit: Quantity | None = None

    def __post_init__(self) -> None:
        """Reject limits that the API server refuses."""
        super().__post_init__()
        for field, limit, request in (
            ("cpu_limit", self.cpu_limit, self.cpu),
            ("memory_limit", self.memory_limit, self.memory),
        ):
            if limit is not None and quantity(limit) < quantity(request):
                why = f"is {str(limit)!r}, less than the request of {str(request)!r}"
                raise self.refuse(field, why, f"write at least '{request}'")

    @classmethod
    def of(
        cls, cpu: str, memory: str, cpu_limit: str | None = None, memory_limit: str | None = None
    ) -> PodResources:
        """Return requests and limits, written as quantities: `of("500m", "1Gi", "2", "2Gi")`."""
        return cls(
            cpu=Quantity(cpu),
            memory=Quantity(memory),
            cpu_limit=None if cpu_limit is None else Quantity(cpu_limit),
            memory_limit=None if memory_limit is None else Quantity(memory_limit),
        )

    @property
    def requests(self) -> dict[str, Quantity]:
        """Return the requests, by resource."""
        return {"cpu": self.cpu, "memory": self.memory}

    @property
    def limits(self) -> dict[str, Quantity]:
        """Return the limits, by resource."""
        memory = {"memory": self.memory_limit or self.memory}
        return memory if self.cpu_limit is None else {"cpu": self.cpu_limit, **memory}

    @property
    def requirements(self) -> k8s.ResourceRequirements:
        """Return the field of a container."""
        return k8s.ResourceRequirements(requests=self.requests, limits=self.limits)
