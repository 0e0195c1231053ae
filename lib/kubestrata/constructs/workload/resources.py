"""Requests and limits of a container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.names import check_labels
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.quantity import Quantity


class Resources(Declaration, kw_only=True):
    """Requests and limits: CPU has no limit, and memory that of the request, unless given.

    `ephemeral_storage` limits logs and writable paths on the node's disk. `devices` are extended
    resources by name: `{"nvidia.com/gpu": 1}`. Raises InvalidValue for a limit below its request.
    """

    BYTES: ClassVar[tuple[str, ...]] = (
        "memory",
        "memory_limit",
        "ephemeral_storage",
        "ephemeral_storage_request",
    )

    cpu: Quantity = Quantity("50m")
    memory: Quantity = Quantity("128Mi")
    cpu_limit: Quantity | None = None
    memory_limit: Quantity | None = None
    ephemeral_storage: Quantity = Quantity("256Mi")
    devices: Mapping[str, Annotated[int, Meta(ge=1)]] = {}
    ephemeral_storage_request: Quantity | None = None

    def __post_init__(self) -> None:
        """Reject amounts that the API server refuses."""
        super().__post_init__()
        pairs = (
            ("cpu", self.cpu, self.cpu_limit),
            ("memory", self.memory, self.memory_limit),
            ("ephemeral_storage", self.ephemeral_storage_request, self.ephemeral_storage),
        )
        for field, request, limit in pairs:
            if request is not None and limit is not None and quantity(request) > quantity(limit):
                why = f"is {str(request)!r}, more than the limit of {str(limit)!r}"
                raise self.refuse(field, why, "raise the limit")
        for name in self.devices:
            check_labels("a container", {name: ""})
            domain, slash, _ = name.partition("/")
            if not slash or domain == "kubernetes.io" or domain.endswith(".kubernetes.io"):
                why = f"{name!r} is not an extended resource: must begin with its vendor's domain"
                raise self.refuse("devices", why, "write it as 'nvidia.com/gpu'")

    @classmethod
    def of(
        cls,
        cpu: str,
        memory: str,
        cpu_limit: str | None = None,
        memory_limit: str | None = None,
        *,
        ephemeral_storage: str = "256Mi",
    ) -> Resources:
        """Return requests and limits, written as quantities: `of("50m", "64Mi", "1", "1Gi")`."""
        return cls(
            cpu=Quantity(cpu),
            memory=Quantity(memory),
            cpu_limit=None if cpu_limit is None else Quantity(cpu_limit),
            memory_limit=None if memory_limit is None else Quantity(memory_limit),
            ephemeral_storage=Quantity(ephemeral_storage),
        )
