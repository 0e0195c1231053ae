"""Specs of horizontal and vertical scaling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling.metric import ExternalMetric, PodsMetric
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.quantity import Quantity


class ReplicaScaling(Protocol):
    """Settings of an autoscaler of replicas."""

    @property
    def resources(self) -> frozenset[str]:
        """Return the resources whose utilization is a metric: cpu, memory."""
        ...


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

    `cpu` and `memory` are percent of the requests, averaged over the pods. Raises InvalidValue for
    min above max, and for a range without any metric.
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
        """Return a fixed number of replicas."""
        return cls(min=replicas, max=replicas)

    @property
    def is_fixed(self) -> bool:
        """Return True if the number never changes, so that no autoscaler is created."""
        return self.min == self.max

    @property
    def resources(self) -> frozenset[str]:
        """Return the resources whose utilization is a metric: cpu, memory."""
        if self.is_fixed:
            return frozenset()
        followed = {"cpu": self.cpu, "memory": self.memory}
        return frozenset(name for name, percent in followed.items() if percent is not None)

    def __post_init__(self) -> None:
        """Reject contradictory settings."""
        super().__post_init__()
        if self.min > self.max:
            raise self.refuse("min", f"is {self.min}, above max, {self.max}", "swap them")
        metrics = (self.memory, *self.pods, *self.external)
        if self.is_fixed:
            followed = any(metric is not None for metric in (*metrics, self.behavior))
            if followed or self.cpu not in (None, _DEFAULT_CPU):
                why = f"is {self.max}, the same as min: a fixed number follows no metric"
                raise self.refuse("max", why, "raise max, or write Scaling.fixed(n)")
        elif self.min == 0:
            why = "is 0: without a pod there are no metrics to scale up by"
            raise self.refuse("min", why, "write 1 or more")
        elif self.cpu is None and all(metric is None for metric in metrics):
            raise self.refuse("cpu", "is None, without any other metric", "set cpu")


Sized = Literal["cpu", "memory"]
_Limits = Annotated[Mapping[Sized, Quantity], Meta(description="Resource to amount.")]


class VerticalScaling(Declaration, kw_only=True):
    """Resources to size, and whether recommendations are applied to pods (`Off`: never).

    `resources` are those to size; `smallest` and `largest` bound the recommendation.
    """

    mode: Literal["InPlaceOrRecreate", "Initial", "Off", "Recreate"] = "Off"
    resources: Sequence[Sized] = ("cpu", "memory")
    smallest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])
    largest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])

    def __post_init__(self) -> None:
        """Reject a smallest amount above the largest one."""
        super().__post_init__()
        for name, least in self.smallest.items():
            most = self.largest.get(name)
            if most is not None and quantity(least) > quantity(most):
                why = f"{name} is {str(least)!r}, more than largest, {str(most)!r}"
                raise self.refuse("smallest", why, "swap them")

    def check_beside(self, horizontal: ReplicaScaling) -> None:
        """Raise InvalidValue if both autoscalers use the same resource."""
        both = sorted(horizontal.resources.intersection(self.resources))
        if both and self.mode != "Off":
            why = f"is {self.mode!r}, but the replicas are scaled by {' and '.join(both)} too"
            raise self.refuse("mode", why, "write mode='Off', or size other resources")
