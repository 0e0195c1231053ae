"""Pod spec fields generated from an Availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.constructs.scaling.availability import Availability

ZONE = "topology.kubernetes.io/zone"
NODE = "kubernetes.io/hostname"
# Distinguishes the pods of one rollout of a Deployment from those of the previous one.
_ROLLOUT = ("pod-template-hash",)


def topology_spread_constraints(
    availability: Availability, labels: Mapping[str, str], *, rollout: Sequence[str] = _ROLLOUT
) -> list[k8s.TopologySpreadConstraint]:
    """Return the constraints, zones first.

    `labels` select the pods; `rollout` are the label keys that distinguish versions.
    """
    keys = [ZONE] if availability.spread_zones else []
    keys += [NODE] if availability.spread_nodes else []
    return [_spread(availability, key, labels, rollout) for key in keys]


def _spread(
    availability: Availability, key: str, labels: Mapping[str, str], rollout: Sequence[str]
) -> k8s.TopologySpreadConstraint:
    # A full zone waits for a new node; nodes within a zone are a preference.
    waits = availability.spread == "required" and key == ZONE
    when: Literal["DoNotSchedule", "ScheduleAnyway"] = (
        "DoNotSchedule" if waits else "ScheduleAnyway"
    )
    return k8s.TopologySpreadConstraint(
        max_skew=1,
        topology_key=key,
        when_unsatisfiable=when,
        min_domains=availability.min_zones if waits else None,
        label_selector=k8s.LabelSelector(match_labels=labels),
        match_label_keys=rollout or None,
    )


def affinity(availability: Availability, labels: Mapping[str, str]) -> k8s.Affinity | None:
    """Return anti-affinity between the pods of `labels` on one node, if required."""
    if availability.anti_affinity is None:
        return None
    term = k8s.PodAffinityTerm(
        topology_key=NODE, label_selector=k8s.LabelSelector(match_labels=labels)
    )
    if availability.anti_affinity == "required":
        apart = k8s.PodAntiAffinity(required_during_scheduling_ignored_during_execution=[term])
    else:
        weighted = k8s.WeightedPodAffinityTerm(weight=100, pod_affinity_term=term)
        apart = k8s.PodAntiAffinity(preferred_during_scheduling_ignored_during_execution=[weighted])
    return k8s.Affinity(pod_anti_affinity=apart)
