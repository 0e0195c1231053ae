"""Strategies of replacing the pods of a workload by those of a new version."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration

_Pods = Annotated[int, Meta(ge=0)] | Annotated[str, Meta(pattern=r"^(100|[1-9]?[0-9])%$")]
_Seconds = Annotated[int, Meta(ge=0)]
_NONE = (0, "0%")


class Rollout(Declaration, kw_only=True):
    """A strategy of a Deployment: `Rollout()` starts a new pod before it ends an old one.

    Amounts are numbers of pods or percent (`25%`). A new pod counts as available after it was ready
    for `min_ready_seconds`; a rollout that makes no progress for `deadline_seconds` fails.
    """

    strategy: Literal["Recreate", "RollingUpdate"] = "RollingUpdate"
    max_surge: _Pods = 1
    max_unavailable: _Pods = 0
    min_ready_seconds: _Seconds = 0
    deadline_seconds: Annotated[int, Meta(ge=1)] | None = None
    history: Annotated[int, Meta(ge=0)] | None = None

    @classmethod
    def rolling(cls, *, max_surge: int | str = 1, max_unavailable: int | str = 0) -> Rollout:
        """Return a replacement of some pods at a time."""
        return cls(max_surge=max_surge, max_unavailable=max_unavailable)

    @classmethod
    def recreate(cls) -> Rollout:
        """Return a replacement of all pods at once: the old ones end before new ones start."""
        return cls(strategy="Recreate")

    def __post_init__(self) -> None:
        """Reject a strategy that cannot replace a pod."""
        super().__post_init__()
        if self.max_surge in _NONE and self.max_unavailable in _NONE:
            why = "and max_unavailable are 0: no pod can be replaced"
            raise self.refuse("max_surge", why, "set one of them to 1")
        deadline = self.deadline_seconds
        if deadline is not None and deadline <= self.min_ready_seconds:
            why = f"is {deadline}, not above min_ready_seconds, {self.min_ready_seconds}"
            raise self.refuse("deadline_seconds", why, "raise it")


class StatefulRollout(Declaration, kw_only=True):
    """A strategy of a StatefulSet, which replaces pods one by one from the last ordinal.

    `order` is that of starting and ending pods: one after the other, or all at once. Pods below
    `partition` keep the old version; with `OnDelete` a pod is replaced when somebody deletes it.
    """

    order: Literal["OrderedReady", "Parallel"] = "OrderedReady"
    strategy: Literal["OnDelete", "RollingUpdate"] = "RollingUpdate"
    partition: Annotated[int, Meta(ge=0)] = 0
    min_ready_seconds: _Seconds = 0
    history: Annotated[int, Meta(ge=0)] | None = None

    @classmethod
    def ordered(cls, *, partition: int = 0) -> StatefulRollout:
        """Return one pod after the other; those below `partition` keep the old version."""
        return cls(partition=partition)

    @classmethod
    def parallel(cls, *, partition: int = 0) -> StatefulRollout:
        """Return all pods started and ended at once; updates stay one by one."""
        return cls(order="Parallel", partition=partition)

    @classmethod
    def on_delete(cls) -> StatefulRollout:
        """Return updates by deletion of a pod."""
        return cls(strategy="OnDelete")

    def __post_init__(self) -> None:
        """Reject a partition without an update."""
        super().__post_init__()
        if self.partition and self.strategy == "OnDelete":
            raise self.refuse("partition", "has no effect with OnDelete", "remove it")


class DaemonRollout(Declaration, kw_only=True):
    """A strategy of a DaemonSet: by default the pod of one node after the other.

    With `max_surge` the new pod of a node starts before the old one ends.
    """

    strategy: Literal["OnDelete", "RollingUpdate"] = "RollingUpdate"
    max_surge: _Pods = 0
    max_unavailable: _Pods = 1
    min_ready_seconds: _Seconds = 0
    history: Annotated[int, Meta(ge=0)] | None = None

    @classmethod
    def rolling(cls, *, max_unavailable: int | str = 1) -> DaemonRollout:
        """Return a replacement of the pods of some nodes at a time."""
        return cls(max_unavailable=max_unavailable)

    @classmethod
    def surging(cls, *, max_surge: int | str = 1) -> DaemonRollout:
        """Return a replacement in which new pods start before old ones end."""
        return cls(max_surge=max_surge, max_unavailable=0)

    @classmethod
    def on_delete(cls) -> DaemonRollout:
        """Return updates by deletion of a pod."""
        return cls(strategy="OnDelete")

    def __post_init__(self) -> None:
        """Reject a strategy that the API server refuses."""
        super().__post_init__()
        surge, gone = self.max_surge in _NONE, self.max_unavailable in _NONE
        if surge and gone:
            why = "and max_unavailable are 0: no pod can be replaced"
            raise self.refuse("max_surge", why, "set one of them to 1")
        if not (surge or gone):
            why = "is set beside max_unavailable; a DaemonSet has only one of them"
            raise self.refuse("max_surge", why, "set max_unavailable=0")


class ClaimRetention(Declaration, kw_only=True):
    """Fate of a StatefulSet's volumes when it is deleted, and when scaling ends their pods."""

    when_deleted: Literal["Delete", "Retain"] = "Retain"
    when_scaled: Literal["Delete", "Retain"] = "Retain"
