"""Scheduled jobs, in pods as hardened as a workload's."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Cron, Quantity
from kubestrata.constructs import Container, Flow, ScheduledJob, Workload
from kubestrata.constructs.workload import StoreValue
from kubestrata.core.errors import InvalidReference
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.workload.platform import IMAGE, complete, secret, shop
from tests.small_platform import new_cluster, new_component, order

NIGHTLY = Cron("30 1 * * *")


def job(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "CronJob")
    spec: dict[str, Any] = found["spec"]
    return spec


def pod(component: Component) -> dict[str, Any]:
    spec: dict[str, Any] = job(component)["jobTemplate"]["spec"]["template"]["spec"]
    return spec


def test_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_full(manifests: SnapshotAssertion) -> None:
    component = new_component(complete(), "shop")
    report = ScheduledJob(
        component,
        "report",
        image=IMAGE,
        schedule=NIGHTLY,
        time_zone="Europe/Paris",
        retries=0,
        timeout_seconds=600,
        container=Container(
            args=["--all"],
            config={"FORMAT": "csv"},
            env_from_store={"TOKEN": StoreValue(path="report", property="token")},
            writable={"/work": Quantity("1Gi")},
        ),
    )
    report.allow(Flow.to_hosts("api.example.net"))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_its_pods_have_what_the_pods_of_a_workload_have() -> None:
    component = new_component(new_cluster())
    Workload(component, "web", image=IMAGE)
    ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY)
    (deployment,) = objects(component, "Deployment")
    theirs, ours = deployment["spec"]["template"]["spec"], pod(component)
    assert ours["securityContext"] == theirs["securityContext"]
    assert ours["automountServiceAccountToken"] is False
    assert ours["containers"][0]["securityContext"] == theirs["containers"][0]["securityContext"]


def test_a_job_has_no_ports_and_probes() -> None:
    component = new_component(new_cluster())
    ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY)
    (container,) = pod(component)["containers"]
    assert {"livenessProbe", "readinessProbe", "startupProbe", "ports"}.isdisjoint(container)
    assert objects(component, "Service") == []


def test_runs_do_not_overlap_and_end() -> None:
    component = new_component(new_cluster())
    ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY, timeout_seconds=60)
    assert job(component)["concurrencyPolicy"] == "Forbid"
    assert job(component)["startingDeadlineSeconds"] == 600
    assert job(component)["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 60


def test_a_job_is_connected_and_ordered_as_a_workload_is() -> None:
    component = shop()
    home = component.cluster
    api = Workload(new_component(home, "other"), "api", image=IMAGE)
    ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY).connect_to(api)
    names = {each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")}
    assert "report-to-api" in names
    assert order(home)["shop"] == ["other"]


def test_a_secret_of_another_namespace_is_refused() -> None:
    component = shop()
    other = secret(new_component(component.cluster, "other"))
    container = Container(env={"PASSWORD": other.key("password")})
    with pytest.raises(InvalidReference, match="is in namespace 'other', its user in 'shop'"):
        ScheduledJob(component, "report", image=IMAGE, schedule=NIGHTLY, container=container)
