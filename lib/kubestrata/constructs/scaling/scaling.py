"""The number of replicas of a workload and the size of its requests, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling.metric import ExternalMetric, PodsMetric
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.quantity import Quantity


class ScalingPolicy(Declaration, kw_only=True):
    """At most `value` pods, or percent of them, within `period_seconds`."""

    type: Literal["Percent", "Pods"]
    value: Annotated[int, Meta(ge=1)]
    period_seconds: Annotated[int, Meta(ge=1, le=1800)] = 60


class ScalingRules(Declaration, kw_only=True):
    """One direction; what is not said is the autoscaler's own default."""

    policies: Sequence[ScalingPolicy] = ()
    select_policy: Literal["Disabled", "Max", "Min"] | None = None
    stabilization_window_seconds: Annotated[int, Meta(ge=0, le=3600)] | None = None


class ScalingBehavior(Declaration, kw_only=True):
    """Both directions; None leaves one to the autoscaler."""

    scale_up: ScalingRules | None = None
    scale_down: ScalingRules | None = None


_DEFAULT_CPU = 80
_Utilization = Annotated[int, Meta(ge=1, le=1000, description="Percent of what the pods request.")]


class Scaling(Declaration, kw_only=True):
    """A horizontal autoscaler between `min` and `max`, or a fixed number where they are equal.

    `cpu` and `memory` are percent of the requests, averaged over the pods. Raises InvalidValue
    for limits the wrong way round, and for targets that nothing would follow.
    """

    min: Annotated[int, Meta(ge=0, description="Fewest replicas.")] = 2
    max: Annotated[int, Meta(ge=0, description="Most replicas.")] = 10
    cpu: _Utilization | None = _DEFAULT_CPU
    memory: _Utilization | None = None
    pods: Annotated[Sequence[PodsMetric], Meta(description="Figures of each pod.")] = ()
    external: Annotated[Sequence[ExternalMetric], Meta(description="Figures from outside.")] = ()
    behavior: ScalingBehavior | None = None

    @classmethod
    def fixed(cls, replicas: int) -> Scaling:
        """Always this many."""
        return cls(min=replicas, max=replicas)

    @property
    def is_fixed(self) -> bool:
        """Whether the number never changes, so that no autoscaler is made."""
        return self.min == self.max

    @property
    def resources(self) -> frozenset[str]:
        """The resources whose use the autoscaler follows: cpu, memory."""
        if self.is_fixed:
            return frozenset()
        followed = {"cpu": self.cpu, "memory": self.memory}
        return frozenset(name for name, percent in followed.items() if percent is not None)

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        super().__post_init__()
        if self.min > self.max:
            raise self.refuse("min", f"is {self.min}, above max, {self.max}", "exchange them")
        metrics = (self.memory, *self.pods, *self.external)
        if self.is_fixed:
            followed = any(metric is not None for metric in (*metrics, self.behavior))
            if followed or self.cpu not in (None, _DEFAULT_CPU):
                why = f"is {self.max}, as min is: the number is fixed and follows no metric"
                raise self.refuse("max", why, "raise max, or write Scaling.fixed(n)")
        elif self.min == 0:
            why = "is 0: from none, nothing can be measured that would start the first"
            raise self.refuse("min", why, "write 1 or more")
        elif self.cpu is None and all(metric is None for metric in metrics):
            raise self.refuse("cpu", "is None, and no other metric is followed", "set cpu")


Sized = Literal["cpu", "memory"]
_Limits = Annotated[Mapping[Sized, Quantity], Meta(description="Resource to amount.")]


class VerticalScaling(Declaration, kw_only=True):
    """Which requests are sized, and whether pods get what was found (`Off`: nobody does).

    `resources` are those that are sized; `smallest` and `largest` bound what may be found.
    """

    mode: Literal["InPlaceOrRecreate", "Initial", "Off", "Recreate"] = "Off"
    resources: Sequence[Sized] = ("cpu", "memory")
    smallest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])
    largest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])

    def check_beside(self, horizontal: Scaling) -> None:
        """Raise InvalidValue where both would follow one resource."""
        both = sorted(horizontal.resources.intersection(self.resources))
        if both and self.mode != "Off":
            why = f"is {self.mode!r}, and the replicas follow {' and '.join(both)} too"
            raise self.refuse("mode", why, "write mode='Off', or size other resources")
