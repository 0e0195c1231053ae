"""Conflicts of autoscalers, reported where the second one is created."""

from __future__ import annotations

import pytest

from kubestrata import Component, Image
from kubestrata.constructs import Scaling, Workload
from kubestrata.constructs.scaling import (
    HorizontalAutoscaler,
    VerticalAutoscaler,
    VerticalRecommendation,
    VerticalScaling,
)
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from tests.small_platform import config_map, new_cluster, new_component

IMAGE = Image("registry.example.com/web:1.0.0")
SCALED = Scaling(min=2, max=5, cpu=70)
RECREATED = VerticalScaling(mode="Recreate")


def web() -> tuple[Component, Workload]:
    component = new_component(new_cluster(groups=("autoscaling.k8s.io",)))
    return component, Workload(component, "web", image=IMAGE, scaling=SCALED)


def test_a_second_autoscaler_of_replicas_is_refused_with_the_line_of_the_first() -> None:
    component, workload = web()
    with pytest.raises(DuplicateObject, match=r"already, created at .*test_conflict\.py:\d+"):
        HorizontalAutoscaler(component, "more", target=workload.deployment, scaling=SCALED)


def test_requests_and_replicas_do_not_follow_one_resource() -> None:
    component, workload = web()
    with pytest.raises(InvalidValue, match="are scaled by cpu too"):
        VerticalAutoscaler(component, "v", target=workload.deployment, scaling=RECREATED)


def test_replicas_and_requests_do_not_follow_one_resource() -> None:
    component = new_component(new_cluster(groups=("autoscaling.k8s.io",)))
    fixed = Workload(component, "web", image=IMAGE)
    target = fixed.deployment
    VerticalAutoscaler(component, "v", target=target, scaling=RECREATED)
    with pytest.raises(InvalidReference, match="has replicas 2"):
        HorizontalAutoscaler(component, "h", target=target, scaling=SCALED)


def test_a_recommendation_is_compatible_with_any_scaling() -> None:
    component, workload = web()
    VerticalRecommendation(component, "v", target=workload.deployment)


def test_a_target_without_replicas_is_refused() -> None:
    component, _ = web()
    with pytest.raises(InvalidReference, match="is a ConfigMap, which has no replicas"):
        HorizontalAutoscaler(component, "h", target=config_map(component).ref, scaling=SCALED)
