"""How fast an autoscaler may move; what it follows is in `scaling`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration


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
