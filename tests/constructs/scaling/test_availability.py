"""Disruption budgets, spreading and priority."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata.constructs.scaling import (
    Availability,
    DisruptionBudget,
    PriorityClass,
    affinity,
    topology_spread_constraints,
)
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

LABELS = {"app.kubernetes.io/name": "web"}


def budget(availability: Availability, replicas: int = 3) -> dict[str, Any]:
    component = new_component(new_cluster())
    DisruptionBudget(component, "web", labels=LABELS, availability=availability, replicas=replicas)
    assert faults(component) == []
    spec: dict[str, Any] = objects(component, "PodDisruptionBudget")[0]["spec"]
    return spec


def test_budget_and_priority(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    DisruptionBudget(component, "web", labels=LABELS, availability=Availability(), replicas=2)
    PriorityClass(component, "important", value=1000, description="Before everything else.")
    assert rendered(component) == manifests
    assert faults(component) == []


def test_one_pod_may_be_unavailable_by_default() -> None:
    assert budget(Availability())["maxUnavailable"] == 1
    least = budget(Availability(min_available="50%"))
    assert (least.get("minAvailable"), least.get("maxUnavailable")) == ("50%", None)
    assert budget(Availability(max_unavailable=2))["maxUnavailable"] == 2


def test_pods_are_spread_over_zones_and_nodes_without_waiting() -> None:
    spread = topology_spread_constraints(Availability(), LABELS)
    assert [(each.topology_key, each.when_unsatisfiable) for each in spread] == [
        ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        ("kubernetes.io/hostname", "ScheduleAnyway"),
    ]
    assert affinity(Availability(), LABELS) is None


def test_pods_wait_for_their_zone_where_that_is_required() -> None:
    availability = Availability(spread="required", min_zones=3, spread_nodes=False)
    (zones,) = topology_spread_constraints(availability, LABELS)
    assert (zones.when_unsatisfiable, zones.min_domains) == ("DoNotSchedule", 3)
    assert (
        topology_spread_constraints(Availability(spread_zones=False, spread_nodes=False), LABELS)
        == []
    )


def test_pods_avoid_or_refuse_each_others_node() -> None:
    required = affinity(Availability(anti_affinity="required"), LABELS)
    preferred = affinity(Availability(anti_affinity="preferred"), LABELS)
    assert required is not None
    assert preferred is not None
    assert required.pod_anti_affinity is not None
    assert preferred.pod_anti_affinity is not None
    (hard,) = required.pod_anti_affinity.required_during_scheduling_ignored_during_execution or ()
    (soft,) = preferred.pod_anti_affinity.preferred_during_scheduling_ignored_during_execution or ()
    assert hard == soft.pod_affinity_term
    assert hard.topology_key == "kubernetes.io/hostname"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Availability(min_available=1, max_unavailable=1), "a budget has only one of them"),
        (lambda: Availability(max_unavailable=0), "is 0: no pod can be evicted"),
        (lambda: Availability(max_unavailable="0%"), "is '0%': no pod can be evicted"),
        (lambda: Availability(min_available="100%"), "is '100%': no pod can be evicted"),
        (
            lambda: Availability(min_available="half"),
            "Availability.min_available: is 'half': must be a whole percentage: '25%'",
        ),
        (lambda: Availability(min_zones=3), "has no effect unless zone spreading is required"),
        (lambda: budget(Availability(min_available=3)), "is 3 of 3 replicas: none can be evicted"),
        (lambda: budget(Availability(min_available="80%")), "is '80%' of 3 replicas"),
        (
            lambda: budget(Availability(spread="required", min_zones=4)),
            "is 4, but there are only 3 replicas",
        ),
    ],
)
def test_settings_that_block_evictions_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        make()
    assert message in str(raised.value)
    assert "test_availability.py:" in raised.value.where


def test_kubernetes_own_priorities_are_refused() -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match="reserved for Kubernetes' own classes"):
        PriorityClass(component, "first", value=2_000_000_000, description="No.")


def test_the_name_of_a_priority_makes_an_edge() -> None:
    component = new_component(new_cluster())
    made = PriorityClass(component, "important", value=1000, description="First.")
    assert Availability(priority=made.name).priority == "important"
    assert made.name.reference == made.ref
