"""Scheduling and eviction priority of pods."""

from __future__ import annotations

from typing import Literal

from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName

# Higher values are Kubernetes' own classes (source: HighestUserDefinablePriority).
_HIGHEST = 1_000_000_000
_LOWEST = -(2**31)


class PriorityClass(Construct):
    """One PriorityClass: pods with a higher `value` are scheduled first.

    `preemption` sets whether they may evict other pods. Raises InvalidValue for a value that is
    reserved for Kubernetes.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        value: int,
        description: str,
        preemption: Literal["Never", "PreemptLowerPriority"] = "PreemptLowerPriority",
    ) -> None:
        if value > _HIGHEST:
            why = f"is above {_HIGHEST}; higher values are reserved for Kubernetes' own classes"
            raise InvalidValue(f"priority {value!r}", why)
        if value < _LOWEST:
            why = f"is below {_LOWEST}, the lowest 32-bit integer"
            raise InvalidValue(f"priority {value!r}", why)
        super().__init__(scope, f"{id}-priority")
        self.resource = k8s.PriorityClass(
            self, id, value=value, description=description, preemption_policy=preemption
        )

    @property
    def ref(self) -> Reference:
        """Return the PriorityClass."""
        return self.resource.ref

    @property
    def name(self) -> ReferenceName:
        """Return the name for `Availability.priority`; using it makes an edge."""
        return self.resource.name
