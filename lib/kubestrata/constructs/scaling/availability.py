"""Tolerated disruption of a workload, and its PodDisruptionBudget."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from kubeapis import k8s
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct

_PERCENT = re.compile(r"(100|[1-9]?[0-9])%\Z")
_Amount = Annotated[int, Meta(ge=0)] | Annotated[str, Meta(pattern=r"^(100|[1-9]?[0-9])%$")]
Strength = Literal["preferred", "required"]


class Availability(Declaration, kw_only=True):
    """Limits of a drain, and the spread of replicas over zones and nodes.

    Amounts are numbers of pods or percent (`50%`); at most one of `min_available` and
    `max_unavailable` is set, by default one pod may be unavailable. `spread` selects whether a pod
    that cannot be spread evenly stays pending (`required`) or is scheduled anyway. `priority` is
    the name of a PriorityClass. `on_demand` excludes spot capacity of Karpenter's nodes.
    `unhealthy_pod_eviction` is whether pods that are not ready may be evicted beyond the budget.
    """

    min_available: _Amount | None = None
    max_unavailable: _Amount | None = None
    spread_zones: bool = True
    spread_nodes: bool = True
    spread: Strength = "preferred"
    min_zones: Annotated[int, Meta(ge=2)] | None = None
    anti_affinity: Strength | None = None
    priority: str | None = None
    on_demand: bool = False
    unhealthy_pod_eviction: Literal["AlwaysAllow", "IfHealthyBudget"] = "AlwaysAllow"

    def __post_init__(self) -> None:
        """Reject contradictory settings."""
        super().__post_init__()
        if self.min_available is not None and self.max_unavailable is not None:
            why = "is set beside max_unavailable; a budget has only one of them"
            raise self.refuse("min_available", why)
        if self.max_unavailable in (0, "0%"):
            raise self.refuse("max_unavailable", _blocks(self.max_unavailable), "write 1 or more")
        if self.min_available == "100%":
            fix = "write max_unavailable=1 instead"
            raise self.refuse("min_available", _blocks(self.min_available), fix)
        if self.min_zones is not None and not (self.spread_zones and self.spread == "required"):
            why = "has no effect unless zone spreading is required"
            raise self.refuse("min_zones", why, "set spread_zones=True and spread='required'")

    def check_replicas(self, replicas: int) -> None:
        """Raise InvalidValue if no pod of `replicas` can be evicted, or a zone would be empty."""
        needed = _share(self.min_available, replicas)
        if replicas and needed >= replicas:
            why = f"is {self.min_available!r} of {replicas} replicas: none can be evicted"
            raise self.refuse("min_available", why, "write max_unavailable=1 instead")
        if self.min_zones is not None and self.min_zones > replicas:
            why = f"is {self.min_zones}, but there are only {replicas} replicas"
            raise self.refuse("min_zones", why, f"write {replicas} or less")


def _blocks(amount: int | str | None) -> str:
    return f"is {amount!r}: no pod can be evicted, and no node drained"


def _share(amount: int | str | None, replicas: int) -> int:
    """Return the number of pods, percent rounded up (source: disruption controller)."""
    if isinstance(amount, str) and _PERCENT.match(amount):
        return math.ceil(int(amount[:-1]) * replicas / 100)
    return amount if isinstance(amount, int) else 0


class DisruptionBudget(Construct):
    """One PodDisruptionBudget for the pods of `labels`.

    `replicas` is the minimum of the workload. Raises InvalidValue where none of them could be
    evicted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Mapping[str, str],
        availability: Availability,
        replicas: int,
    ) -> None:
        availability.check_replicas(replicas)
        super().__init__(scope, f"{id}-disruption-budget")
        least, most = availability.min_available, availability.max_unavailable
        self.resource = k8s.PodDisruptionBudget(
            self,
            id,
            spec=k8s.PodDisruptionBudgetSpec(
                selector=k8s.LabelSelector(match_labels=labels),
                min_available=least,
                max_unavailable=1 if least is None and most is None else most,
                unhealthy_pod_eviction_policy=availability.unhealthy_pod_eviction,
            ),
        )
