"""Which pods go first when nodes are full."""

from __future__ import annotations

from typing import Literal

from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName

# Above are Kubernetes' own classes (source: scheduling.k8s.io HighestUserDefinablePriority).
_HIGHEST = 1_000_000_000
_LOWEST = -(2**31)


class PriorityClass(Construct):
    """One PriorityClass: pods of a greater `value` are placed first.

    `preemption` says whether they may displace others. Raises InvalidValue for a value that
    Kubernetes keeps to itself.
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
            why = f"is above {_HIGHEST}, where the classes of Kubernetes begin"
            raise InvalidValue(f"priority {value!r}", why)
        if value < _LOWEST:
            why = f"is below {_LOWEST}, the least that 32 bits hold"
            raise InvalidValue(f"priority {value!r}", why)
        super().__init__(scope, f"{id}-priority")
        self.resource = k8s.PriorityClass(
            self, id, value=value, description=description, preemption_policy=preemption
        )

    @property
    def ref(self) -> Reference:
        """The PriorityClass."""
        return self.resource.ref

    @property
    def name(self) -> ReferenceName:
        """What `Availability.priority` takes; using it makes an edge."""
        return self.resource.name
