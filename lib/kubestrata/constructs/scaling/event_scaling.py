"""Scaling by events outside the pods: queues, schedules, queries (KEDA)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubeapis import keda
from kubestrata.constructs.scaling.scale_target import (
    api_version,
    refuse_fixed_replicas,
    require_scalable,
    scale_horizontally,
)
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_Text = Annotated[str, Meta(min_length=1)]


class ScalingTrigger(Declaration, kw_only=True):
    """A scaler of KEDA by its type, with its metadata, whose values are texts.

    `authentication` is the name of a TriggerAuthentication in the namespace of the target.
    """

    type: _Text
    metadata: Mapping[str, str]
    authentication: str | None = None
    metric_type: Literal["AverageValue", "Utilization", "Value"] | None = None

    @classmethod
    def cron(cls, *, start: str, end: str, time_zone: str, replicas: int) -> ScalingTrigger:
        """Return a number of replicas between two times, as schedules: `0 8 * * 1-5`."""
        return cls(
            type="cron",
            metadata={
                "start": start,
                "end": end,
                "timezone": time_zone,
                "desiredReplicas": str(replicas),
            },
        )

    @classmethod
    def prometheus(cls, *, server: str, query: str, threshold: float) -> ScalingTrigger:
        """Return one replica for each `threshold` in the result of a query."""
        amount = f"{threshold:g}"
        metadata = {"serverAddress": server, "query": query, "threshold": amount}
        return cls(type="prometheus", metadata=metadata)

    @classmethod
    def kafka(cls, *, bootstrap_servers: str, group: str, topic: str, lag: int) -> ScalingTrigger:
        """Return one replica for each `lag` messages that a consumer group has not read."""
        return cls(
            type="kafka",
            metadata={
                "bootstrapServers": bootstrap_servers,
                "consumerGroup": group,
                "topic": topic,
                "lagThreshold": str(lag),
            },
        )


class EventScaling(Declaration, kw_only=True):
    """Between `min` and `max` replicas, by the trigger with the highest result; `min` may be 0.

    `polling_seconds` is how often triggers are read, `cooldown_seconds` the time without events
    after which the last replica ends.
    """

    triggers: Annotated[Sequence[ScalingTrigger], Meta(min_length=1)]
    min: Annotated[int, Meta(ge=0)] = 0
    max: Annotated[int, Meta(ge=1)] = 10
    polling_seconds: Annotated[int, Meta(ge=1)] | None = None
    cooldown_seconds: Annotated[int, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        """Reject an empty range."""
        super().__post_init__()
        if self.min == 0 and all(each.type in self.resources for each in self.triggers):
            why = "is 0: without a pod there is no utilization to scale up by"
            raise self.refuse("min", why, "write 1 or more, or add another trigger")
        if self.min > self.max:
            raise self.refuse("min", f"is {self.min}, above max, {self.max}", "swap them")

    @property
    def is_fixed(self) -> bool:
        """Return False: the number of replicas changes."""
        return False

    @property
    def resources(self) -> frozenset[str]:
        """Return the resources whose utilization is a trigger: cpu, memory."""
        return frozenset({"cpu", "memory"}.intersection(str(each.type) for each in self.triggers))


class EventAutoscaler(Construct):
    """One ScaledObject of KEDA that scales `target`.

    Raises InvalidReference for a target that sets replicas or has none, DuplicateObject for a
    target that already has an autoscaler.
    """

    def __init__(
        self, scope: Construct, id: str, *, target: Reference, scaling: EventScaling
    ) -> None:
        require_scalable(target)
        refuse_fixed_replicas(target)
        scale_horizontally(target, scaling)
        super().__init__(scope, f"{id}-event-autoscaler")
        self.resource = keda.ScaledObject(
            self,
            id,
            spec=keda.ScaledObjectSpec(
                scale_target_ref=keda.ScaledObjectSpecScaleTargetRef(
                    api_version=api_version(target), kind=target.kind, name=target.name
                ),
                min_replica_count=scaling.min,
                max_replica_count=scaling.max,
                polling_interval=scaling.polling_seconds,
                cooldown_period=scaling.cooldown_seconds,
                triggers=[_trigger(each) for each in scaling.triggers],
            ),
        )


def _trigger(trigger: ScalingTrigger) -> keda.ScaledObjectSpecTriggers:
    authentication = (
        keda.ScaledObjectSpecTriggersAuthenticationRef(name=trigger.authentication)
        if trigger.authentication
        else None
    )
    return keda.ScaledObjectSpecTriggers(
        type=trigger.type,
        metadata=trigger.metadata,
        authentication_ref=authentication,
        metric_type=trigger.metric_type,
    )
