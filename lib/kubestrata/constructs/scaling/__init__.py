"""Replicas, requests, scheduling and disruption budgets of workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.scaling.availability import Availability, DisruptionBudget
    from kubestrata.constructs.scaling.event_scaling import (
        EventAutoscaler,
        EventScaling,
        ScalingTrigger,
    )
    from kubestrata.constructs.scaling.horizontal_autoscaler import HorizontalAutoscaler
    from kubestrata.constructs.scaling.metric import ExternalMetric, PodsMetric
    from kubestrata.constructs.scaling.placement import affinity, topology_spread_constraints
    from kubestrata.constructs.scaling.pod_resources import PodResources
    from kubestrata.constructs.scaling.priority_class import PriorityClass
    from kubestrata.constructs.scaling.scaling import (
        Scaling,
        ScalingBehavior,
        ScalingPolicy,
        ScalingRules,
        VerticalScaling,
    )
    from kubestrata.constructs.scaling.vertical_autoscaler import (
        ContainerBounds,
        VerticalAutoscaler,
        VerticalRecommendation,
    )

__all__ = [
    "Availability",
    "ContainerBounds",
    "DisruptionBudget",
    "EventAutoscaler",
    "EventScaling",
    "ExternalMetric",
    "HorizontalAutoscaler",
    "PodResources",
    "PodsMetric",
    "PriorityClass",
    "Scaling",
    "ScalingBehavior",
    "ScalingPolicy",
    "ScalingRules",
    "ScalingTrigger",
    "VerticalAutoscaler",
    "VerticalRecommendation",
    "VerticalScaling",
    "affinity",
    "topology_spread_constraints",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "availability": "Availability DisruptionBudget",
        "event_scaling": "EventAutoscaler EventScaling ScalingTrigger",
        "horizontal_autoscaler": "HorizontalAutoscaler",
        "metric": "ExternalMetric PodsMetric",
        "placement": "affinity topology_spread_constraints",
        "pod_resources": "PodResources",
        "priority_class": "PriorityClass",
        "scaling": "Scaling ScalingBehavior ScalingPolicy ScalingRules VerticalScaling",
        "vertical_autoscaler": "ContainerBounds VerticalAutoscaler VerticalRecommendation",
    },
)
