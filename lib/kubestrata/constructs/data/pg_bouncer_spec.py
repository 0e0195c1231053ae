"""Spec of a pool of connections in front of a PostgreSQL cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling.availability import Availability
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.core.declaration import Declaration

_FIELDS = ("default_pool_size", "max_client_conn", "min_pool_size", "reserve_pool_size")


class PgBouncerSpec(Declaration, kw_only=True):
    """PgBouncer in front of the primary (`rw`), the replicas (`ro`) or all instances (`r`).

    Sizes are connections per user and database; `reserve_pool_size` more are opened when clients
    wait. `parameters` are PgBouncer's own. Raises InvalidValue for a parameter that a field sets.
    """

    instances: Annotated[int, Meta(ge=1)] = 2
    type: Literal["r", "ro", "rw"] = "rw"
    mode: Literal["session", "transaction"] = "transaction"
    max_client_connections: Annotated[int, Meta(ge=1)] = 1000
    pool_size: Annotated[int, Meta(ge=1)] = 20
    min_pool_size: Annotated[int, Meta(ge=0)] | None = None
    reserve_pool_size: Annotated[int, Meta(ge=0)] | None = None
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    resources: PodResources = PodResources.of("50m", "64Mi", None, "128Mi")
    availability: Availability = Availability()

    def __post_init__(self) -> None:
        """Reject parameters that are set twice."""
        super().__post_init__()
        for name in _FIELDS:
            if name in self.parameters:
                why = f"has {name!r}, which a field sets"
                raise self.refuse("parameters", why, "remove it and set the field")
        if (self.min_pool_size or 0) > self.pool_size:
            why = f"is {self.min_pool_size}, more than pool_size, {self.pool_size}"
            raise self.refuse("min_pool_size", why, f"write {self.pool_size} or less")

    @property
    def settings(self) -> dict[str, str]:
        """Return all parameters."""
        sizes = {
            "default_pool_size": self.pool_size,
            "max_client_conn": self.max_client_connections,
            "min_pool_size": self.min_pool_size,
            "reserve_pool_size": self.reserve_pool_size,
        }
        stated = {name: str(size) for name, size in sizes.items() if size is not None}
        return {**stated, **self.parameters}
