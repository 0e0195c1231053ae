"""Scaling specs and their autoscalers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Quantity, Reference
from kubestrata.constructs.scaling import (
    ContainerBounds,
    ExternalMetric,
    HorizontalAutoscaler,
    PodsMetric,
    Scaling,
    ScalingBehavior,
    ScalingPolicy,
    ScalingRules,
    VerticalAutoscaler,
    VerticalRecommendation,
    VerticalScaling,
)
from kubestrata.core.errors import InvalidBody, InvalidReference, InvalidValue
from kubestrata.core.render import restore
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component


def deployment(component: Component, replicas: int | None = None) -> Reference:
    labels = {"app": "web"}
    container = k8s.Container(name="web", image="registry.example.com/web:1.0.0")
    spec = k8s.DeploymentSpec(
        replicas=replicas,
        selector=k8s.LabelSelector(match_labels=labels),
        template=k8s.PodTemplateSpec(
            metadata=k8s.ObjectMeta(labels=labels), spec=k8s.PodSpec(containers=[container])
        ),
    )
    return k8s.Deployment(
        component, "deployment", metadata=k8s.ObjectMeta(name="web"), spec=spec
    ).ref


def full() -> Scaling:
    return Scaling(
        min=3,
        max=20,
        cpu=70,
        memory=85,
        pods=[PodsMetric(name="queued", average_value=Quantity("30"), selector={"queue": "mail"})],
        external=[ExternalMetric(name="lag", average_value=Quantity("100"))],
        behavior=ScalingBehavior(
            scale_up=ScalingRules(
                policies=[ScalingPolicy(type="Percent", value=100, period_seconds=30)],
                select_policy="Max",
            ),
            scale_down=ScalingRules(stabilization_window_seconds=300),
        ),
    )


def test_horizontal_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    HorizontalAutoscaler(component, "web", target=deployment(component), scaling=Scaling())
    assert rendered(component) == manifests
    assert faults(component) == []


def test_horizontal_full(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    HorizontalAutoscaler(component, "web", target=deployment(component), scaling=full())
    assert rendered(component) == manifests
    assert faults(component) == []


def test_vertical_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    target = deployment(component)
    VerticalAutoscaler(component, "web", target=target, scaling=VerticalScaling())
    assert rendered(component) == manifests
    assert faults(component) == []


def test_vertical_full(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    scaling = VerticalScaling(
        mode="Initial",
        resources=["memory"],
        smallest={"memory": Quantity("64Mi")},
        largest={"memory": Quantity("1Gi")},
    )
    VerticalAutoscaler(
        component, "web", target=deployment(component), scaling=scaling, horizontal=Scaling()
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_recommendation_changes_no_pod() -> None:
    component = new_component(new_cluster())
    VerticalRecommendation(component, "web", target=deployment(component))
    (made,) = objects(component, "VerticalPodAutoscaler")
    assert made["spec"]["updatePolicy"] == {"updateMode": "Off"}
    assert faults(component) == []


def test_bounds_are_those_of_their_container() -> None:
    component = new_component(new_cluster())
    bounds = ContainerBounds.of("web", ("50m", "64Mi"), ("1", "1Gi"))
    VerticalRecommendation(component, "web", target=deployment(component), containers=[bounds])
    (made,) = objects(component, "VerticalPodAutoscaler")
    assert made["spec"]["resourcePolicy"]["containerPolicies"] == [
        {
            "containerName": "web",
            "controlledResources": ["cpu", "memory"],
            "controlledValues": "RequestsAndLimits",
            "minAllowed": {"cpu": "50m", "memory": "64Mi"},
            "maxAllowed": {"cpu": "1", "memory": "1Gi"},
        }
    ]
    assert faults(component) == []


def test_bounds_whose_least_is_above_the_most_are_refused() -> None:
    with pytest.raises(InvalidValue, match="container 'web': is '2Gi', more than '1Gi'"):
        ContainerBounds.of("web", ("50m", "2Gi"), ("1", "1Gi"))


def test_a_fixed_number_is_a_minimum_that_is_the_maximum() -> None:
    assert Scaling.fixed(3) == Scaling(min=3, max=3)
    assert Scaling.fixed(3).is_fixed
    assert Scaling.fixed(3).resources == frozenset()
    assert Scaling.fixed(0).max == 0


def test_an_external_figure_may_be_a_total() -> None:
    component = new_component(new_cluster())
    figure = ExternalMetric(name="depth", value=Quantity("500"))
    scaling = Scaling(cpu=None, external=[figure])
    HorizontalAutoscaler(component, "web", target=deployment(component), scaling=scaling)
    (made,) = objects(component, "HorizontalPodAutoscaler")
    target = {"type": "Value", "value": "500"}
    assert [each["external"]["target"] for each in made["spec"]["metrics"]] == [target]


def test_an_autoscaler_makes_an_edge_to_its_target() -> None:
    cluster = new_cluster()
    component, other = new_component(cluster), new_component(cluster, "other")
    target = deployment(other)
    made = HorizontalAutoscaler(component, "web", target=target, scaling=Scaling())
    assert made.resource.references == (target,)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Scaling(min=5, max=2), "Scaling.min: is 5, above max, 2"),
        (lambda: Scaling(min=0), "Scaling.min: is 0"),
        (lambda: Scaling(min=-1), "Scaling.min: expected `int` >= 0"),
        (lambda: Scaling(cpu=0), "Scaling.cpu: expected `int` >= 1"),
        (lambda: Scaling(cpu=None), "Scaling.cpu: is None, without any other metric"),
        (lambda: Scaling(min=3, max=3, cpu=50), "is 3, the same as min: a fixed number"),
        (lambda: Scaling(min=3, max=3, memory=50), "a fixed number follows no metric"),
        (lambda: ExternalMetric(name="lag"), "ExternalMetric.value: must be set, or average_value"),
        (
            lambda: ExternalMetric(name="lag", value=Quantity("1"), average_value=Quantity("1")),
            "must be set, or average_value, but not both",
        ),
        (lambda: ScalingPolicy(type="Pods", value=1, period_seconds=3600), "<= 1800"),
        (
            lambda: VerticalScaling(mode="Recreate").check_beside(Scaling()),
            "is 'Recreate', but the replicas are scaled by cpu too",
        ),
    ],
)
def test_contradictory_settings_are_refused_at_their_line(
    make: Callable[[], Any], message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        make()
    assert message in str(raised.value)
    assert "test_scaling.py:" in raised.value.where


def test_a_misspelt_keyword_is_reported_with_a_suggestion() -> None:
    with pytest.raises(InvalidBody, match="write 'memory'"):
        Scaling(memry=80)  # type: ignore[call-arg]


def test_a_fixed_number_makes_no_autoscaler() -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match="there is nothing to scale"):
        HorizontalAutoscaler(
            component, "web", target=deployment(component), scaling=Scaling.fixed(2)
        )


def test_a_target_with_replicas_is_refused() -> None:
    component = new_component(new_cluster())
    target = deployment(component, replicas=3)
    with pytest.raises(InvalidReference, match="leave replicas unset there"):
        HorizontalAutoscaler(component, "web", target=target, scaling=Scaling())


def test_a_vertical_autoscaler_may_size_what_the_replicas_do_not_follow() -> None:
    VerticalScaling(mode="Recreate", resources=["memory"]).check_beside(Scaling())
    VerticalScaling(mode="Off").check_beside(Scaling())


def test_a_scaling_reads_back_from_what_it_writes() -> None:
    wire = msgspec.to_builtins(full(), enc_hook=str.__str__)
    assert wire["behavior"]["scaleDown"] == {"stabilizationWindowSeconds": 300}
    read = msgspec.convert(wire, Scaling, dec_hook=restore)
    assert msgspec.to_builtins(read, enc_hook=str.__str__) == wire
