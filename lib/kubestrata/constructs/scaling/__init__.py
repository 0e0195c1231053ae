"""How many pods, how large, where they stand, and how many may be missing."""

from kubestrata.constructs.scaling.availability import Availability
from kubestrata.constructs.scaling.behavior import ScalingBehavior, ScalingPolicy, ScalingRules
from kubestrata.constructs.scaling.disruption_budget import DisruptionBudget
from kubestrata.constructs.scaling.horizontal_autoscaler import HorizontalAutoscaler
from kubestrata.constructs.scaling.metric import ExternalMetric, PodsMetric
from kubestrata.constructs.scaling.placement import affinity, topology_spread_constraints
from kubestrata.constructs.scaling.priority_class import PriorityClass
from kubestrata.constructs.scaling.scaling import Scaling
from kubestrata.constructs.scaling.vertical_autoscaler import (
    VerticalAutoscaler,
    VerticalRecommendation,
)
from kubestrata.constructs.scaling.vertical_scaling import VerticalScaling

__all__ = [
    "Availability",
    "DisruptionBudget",
    "ExternalMetric",
    "HorizontalAutoscaler",
    "PodsMetric",
    "PriorityClass",
    "Scaling",
    "ScalingBehavior",
    "ScalingPolicy",
    "ScalingRules",
    "VerticalAutoscaler",
    "VerticalRecommendation",
    "VerticalScaling",
    "affinity",
    "topology_spread_constraints",
]
