"""Pod spec fields generated from an Availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.constructs.scaling.availability import Availability

ZONE = "topology.kubernetes.io/zone"
NODE = "kubernetes.io/hostname"
# Set by Karpenter on its nodes: on-demand, spot or reserved.
CAPACITY = "karpenter.sh/capacity-type"
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
    """Return anti-affinity between the pods of `labels` on one node, and affinity to on-demand."""
    node, apart = _node(availability), _apart(availability, labels)
    if node is None and apart is None:
        return None
    return k8s.Affinity(node_affinity=node, pod_anti_affinity=apart)


def _node(availability: Availability) -> k8s.NodeAffinity | None:
    if not availability.on_demand:
        return None
    expression = k8s.NodeSelectorRequirement(key=CAPACITY, operator="In", values=["on-demand"])
    term = k8s.NodeSelectorTerm(match_expressions=[expression])
    return k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=k8s.NodeSelector(
            node_selector_terms=[term]
        )
    )


def _apart(availability: Availability, labels: Mapping[str, str]) -> k8s.PodAntiAffinity | None:
    if availability.anti_affinity is None:
        return None
    term = k8s.PodAffinityTerm(
        topology_key=NODE, label_selector=k8s.LabelSelector(match_labels=labels)
    )
    if availability.anti_affinity == "required":
        return k8s.PodAntiAffinity(required_during_scheduling_ignored_during_execution=[term])
    weighted = k8s.WeightedPodAffinityTerm(weight=100, pod_affinity_term=term)
    return k8s.PodAntiAffinity(preferred_during_scheduling_ignored_during_execution=[weighted])
