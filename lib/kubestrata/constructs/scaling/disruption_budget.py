"""How many pods a drain may evict at a time."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.constructs.scaling.availability import Availability
from kubestrata.core.node import Construct


class DisruptionBudget(Construct):
    """One PodDisruptionBudget for the pods of `labels`; pods that never became ready may go.

    `replicas` are the fewest that the workload has. Raises InvalidValue where none of them could
    be evicted.
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
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )
