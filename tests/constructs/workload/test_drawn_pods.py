"""Pods of any shape, of every controller, are accepted by the checks of the API server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from kubestrata import Component, Cron, KubestrataError
from kubestrata.constructs import (
    DaemonWorkload,
    KubernetesNetwork,
    RunOnce,
    ScheduledJob,
    StatefulWorkload,
    Workload,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.settings import Settings
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.platform import Platform
from kubestrata.synth.synthesis import synthesize
from tests.constructs.checking import faults
from tests.constructs.workload import drawn
from tests.constructs.workload.platform import IMAGE
from tests.small_platform import new_cluster, new_component

_SHAPES: Mapping[str, tuple[Callable[..., object], Mapping[str, st.SearchStrategy[Any]]]] = {
    "Workload": (
        Workload,
        {
            "rollout": drawn.ROLLOUTS,
            "scaling": drawn.SCALING,
            "availability": drawn.AVAILABILITY,
        },
    ),
    "StatefulWorkload": (
        StatefulWorkload,
        {
            "rollout": drawn.STATEFUL_ROLLOUTS,
            "scaling": drawn.SCALING,
            "availability": drawn.AVAILABILITY,
            "retention": drawn.RETENTION,
        },
    ),
    "DaemonWorkload": (DaemonWorkload, {"rollout": drawn.DAEMON_ROLLOUTS}),
    "RunOnce": (
        RunOnce,
        {"job": drawn.JOBS, "again": st.sampled_from(["never", "on-change"])},
    ),
    "ScheduledJob": (
        ScheduledJob,
        {
            "job": drawn.JOBS,
            "runs": drawn.RUNS,
            "time_zone": st.just("Europe/Paris"),
            "schedule": st.just(Cron("0 3 * * *")),
        },
    ),
}


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in Settings().rules() if rule.id.startswith("V"))


def violations(component: Component) -> list[str]:
    """Return what the rules of the API server find in the platform of a component."""
    platform = cast("Platform", component.cluster.node.scope)
    return [
        f"{rule.id} {finding.object} {finding.path}: {finding.message}"
        for tree in trees_of(synthesize(platform))
        for rule in rules()
        for finding in rule.check(tree)
    ]


@pytest.mark.parametrize("shape", sorted(_SHAPES))
def test_an_api_server_accepts_any_pod_that_can_be_declared(shape: str) -> None:
    make, more = _SHAPES[shape]
    made: list[bool] = []

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(drawn.pods(), st.fixed_dictionaries({}, optional=dict(more)))
    def accepts(pod: Any, values: dict[str, Any]) -> None:
        container, pod_settings = pod
        component = new_component(
            new_cluster(offers=[KubernetesNetwork()], groups=("keda.sh", "autoscaling.k8s.io"))
        )
        if shape == "ScheduledJob":
            values = {"schedule": Cron("0 3 * * *"), **values}
        try:
            make(component, "web", image=IMAGE, container=container, pod=pod_settings, **values)
        except KubestrataError:
            # Parts that contradict each other are refused where they are declared.
            reject()
        made.append(True)
        assert faults(component) == []
        assert violations(component) == []

    accepts()
    assert len(made) > 15, "most of the drawn pods are refused"
