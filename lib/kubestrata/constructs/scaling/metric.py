"""Custom and external metrics for autoscalers, beside CPU and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.names import check_labels
from kubestrata.core.value.quantity import Quantity

_Name = Annotated[str, Meta(min_length=1, description="Name of the metric at the metrics API.")]
_Selector = Annotated[
    Mapping[str, str], Meta(description="Labels that the series must have; none for every series.")
]


class PodsMetric(Declaration, kw_only=True):
    """A figure of each pod, kept at `average_value` (source: custom.metrics.k8s.io)."""

    POSITIVE: ClassVar[tuple[str, ...]] = ("average_value",)

    name: _Name
    average_value: Annotated[Quantity, Meta(description="Target of the average over the pods.")]
    selector: _Selector = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Reject invalid labels, and a target of 0."""
        super().__post_init__()
        check_labels("the selector of PodsMetric", self.selector)


class ExternalMetric(Declaration, kw_only=True):
    """A figure from outside the workload (source: external.metrics.k8s.io).

    Exactly one is set: `value` for the total, or `average_value` for each pod.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("average_value", "value")

    name: _Name
    value: Annotated[Quantity, Meta(description="Target of the figure itself.")] | None = None
    average_value: (
        Annotated[Quantity, Meta(description="Target of the figure divided by the replicas.")]
        | None
    ) = None
    selector: _Selector = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Require exactly one target."""
        super().__post_init__()
        if (self.value is None) == (self.average_value is None):
            raise self.refuse("value", "must be set, or average_value, but not both")
        check_labels("the selector of ExternalMetric", self.selector)
