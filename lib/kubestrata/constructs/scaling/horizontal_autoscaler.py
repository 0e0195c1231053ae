"""Autoscaler of replicas."""

from __future__ import annotations

from collections.abc import Iterator

from kubeapis import k8s
from kubestrata.constructs.scaling.metric import ExternalMetric, PodsMetric
from kubestrata.constructs.scaling.scale_target import (
    api_version,
    refuse_fixed_replicas,
    require_scalable,
    scale_horizontally,
)
from kubestrata.constructs.scaling.scaling import Scaling, ScalingBehavior, ScalingRules
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference


class HorizontalAutoscaler(Construct):
    """One HorizontalPodAutoscaler (autoscaling/v2) that scales `target`.

    Raises InvalidValue for a fixed Scaling, InvalidReference for a target that sets replicas or
    has none, DuplicateObject for a target that already has an autoscaler.
    """

    def __init__(self, scope: Construct, id: str, *, target: Reference, scaling: Scaling) -> None:
        if scaling.is_fixed:
            why = f"is equal to min, {scaling.min}: there is nothing to scale"
            raise scaling.refuse("max", why, "set replicas on the target, or raise max")
        require_scalable(target)
        refuse_fixed_replicas(target)
        scale_horizontally(target, scaling)
        super().__init__(scope, f"{id}-autoscaler")
        self.resource = k8s.HorizontalPodAutoscaler(
            self,
            id,
            spec=k8s.HorizontalPodAutoscalerSpec(
                min_replicas=scaling.min,
                max_replicas=scaling.max,
                scale_target_ref=k8s.CrossVersionObjectReference(
                    api_version=api_version(target), kind=target.kind, name=target.name
                ),
                metrics=list(_metrics(scaling)),
                behavior=_behavior(scaling.behavior) if scaling.behavior else None,
            ),
        )


def _metrics(scaling: Scaling) -> Iterator[k8s.MetricSpec]:
    for name, percent in (("cpu", scaling.cpu), ("memory", scaling.memory)):
        if percent is not None:
            target = k8s.MetricTarget(type="Utilization", average_utilization=percent)
            source = k8s.ResourceMetricSource(name=name, target=target)
            yield k8s.MetricSpec(type="Resource", resource=source)
    for figure in scaling.pods:
        target = k8s.MetricTarget(type="AverageValue", average_value=figure.average_value)
        pods = k8s.PodsMetricSource(metric=_identifier(figure), target=target)
        yield k8s.MetricSpec(type="Pods", pods=pods)
    for outside in scaling.external:
        external = k8s.ExternalMetricSource(
            metric=_identifier(outside),
            target=k8s.MetricTarget(
                type="AverageValue" if outside.value is None else "Value",
                value=outside.value,
                average_value=outside.average_value,
            ),
        )
        yield k8s.MetricSpec(type="External", external=external)


def _identifier(metric: ExternalMetric | PodsMetric) -> k8s.MetricIdentifier:
    selector = k8s.LabelSelector(match_labels=metric.selector) if metric.selector else None
    return k8s.MetricIdentifier(name=metric.name, selector=selector)


def _behavior(behavior: ScalingBehavior) -> k8s.HorizontalPodAutoscalerBehavior:
    up, down = behavior.scale_up, behavior.scale_down
    return k8s.HorizontalPodAutoscalerBehavior(
        scale_up=_rules(up) if up else None, scale_down=_rules(down) if down else None
    )


def _rules(rules: ScalingRules) -> k8s.HPAScalingRules:
    policies = [
        k8s.HPAScalingPolicy(type=each.type, value=each.value, period_seconds=each.period_seconds)
        for each in rules.policies
    ]
    return k8s.HPAScalingRules(
        policies=policies or None,
        select_policy=rules.select_policy,
        stabilization_window_seconds=rules.stabilization_window_seconds,
    )
