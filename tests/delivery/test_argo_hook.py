"""Jobs that are hooks of Argo CD, and what they need before the sync."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Image
from kubestrata.constructs import Container, Flow, KubernetesNetwork, RunOnce, Workload
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.deliver import deliver
from tests.delivery.argo import argo_cluster, objects
from tests.small_platform import new_cluster, new_component

HOOK = "argocd.argoproj.io/hook"
IMAGE = Image("registry.example.com/shop:1.0.0")


def hooks(again: Any) -> dict[str, dict[str, str]]:
    """The annotations of each object of a workload and its job, by file."""
    cluster = argo_cluster()
    cluster.offer(KubernetesNetwork())
    home = new_component(cluster, "home", layer="infrastructure").home_namespace
    component = new_component(cluster, namespace=home)
    Workload(component, "web", image=IMAGE)
    job = RunOnce(
        component, "migrate", image=IMAGE, again=again, container=Container(config={"A": "b"})
    )
    job.allow(Flow.to_internet(5432))
    return {
        path.removeprefix("apps/web/"): each["metadata"].get("annotations", {})
        for path, each in objects(deliver(cluster)).items()
        if path.startswith("apps/web/")
    }


def test_a_job_before_the_sync_brings_its_own_objects_in_a_wave_before_it() -> None:
    found = hooks("before-sync")
    assert found["migrate-job.yaml"] == {
        HOOK: "PreSync",
        f"{HOOK}-delete-policy": "BeforeHookCreation",
    }
    early = {path for path, each in found.items() if each.get("argocd.argoproj.io/sync-wave")}
    assert {path.partition("-config-")[0].partition(".")[0] for path in early} == {
        "migrate",
        "migrate-serviceaccount",
        "migrate-to-internet-networkpolicy",
    }
    assert all(found[path][HOOK] == "PreSync" for path in early)


def test_objects_of_other_workloads_are_no_hooks() -> None:
    found = hooks("before-sync")
    assert HOOK not in found["web-deployment.yaml"]
    assert HOOK not in found["web-serviceaccount.yaml"]


def test_a_job_after_the_sync_is_the_only_hook() -> None:
    found = hooks("after-sync")
    assert [path for path, each in found.items() if HOOK in each] == ["migrate-job.yaml"]
    assert found["migrate-job.yaml"][HOOK] == "PostSync"


def test_a_job_that_runs_on_changes_is_no_hook() -> None:
    assert not any(HOOK in each for each in hooks("on-change").values())


@pytest.mark.parametrize("again", ["before-sync", "after-sync"])
def test_flux_runs_no_hooks(again: Any) -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match=rf"is '{again}', a hook, which only Argo CD runs"):
        RunOnce(component, "migrate", image=IMAGE, again=again)


def test_a_job_before_the_sync_needs_a_namespace_that_exists_before() -> None:
    cluster = argo_cluster()
    RunOnce(new_component(cluster), "migrate", image=IMAGE, again="before-sync")
    with pytest.raises(InvalidValue, match=r"Job.batch web/migrate: runs before the sync that"):
        deliver(cluster)
