"""Hooks of charts that Argo CD runs in waves of a sync, after what they need."""

from __future__ import annotations

from pathlib import Path

from kubestrata.constructs import HelmRelease
from kubestrata.delivery.deliver import deliver
from kubestrata.rules.argo_sync import HOOK, WAVE
from tests.delivery.argo import argo_cluster, entry, objects, shelf
from tests.small_platform import chart, config_map, new_component

_OBJECT = "apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n  annotations: {notes}\n"


def made(tmp_path: Path, *templates: str) -> dict[str, dict[str, str]]:
    """The annotations of each object of a component with a chart, by its file."""
    cluster = argo_cluster()
    component = new_component(cluster)
    config_map(component)
    HelmRelease(component, "web", chart=chart())
    delivered = deliver(cluster, shelf(tmp_path, all="---\n".join(templates)))
    return {
        path.removeprefix("apps/web/"): each["metadata"].get("annotations", {})
        for path, each in objects(delivered).items()
        if path.startswith("apps/web/")
    }


def job(name: str, events: str, weight: int = 0) -> str:
    notes = f'{{helm.sh/hook: "{events}", helm.sh/hook-weight: "{weight}"}}'
    return _OBJECT.format(version="batch/v1", kind="Job", name=name, notes=notes)


def plain(kind: str, name: str, version: str = "v1") -> str:
    return _OBJECT.format(version=version, kind=kind, name=name, notes="{}")


def test_hooks_before_an_installation_run_after_what_they_need_by_weight(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        job("late", "pre-install,pre-upgrade", 5),
        job("early", "pre-install", -5),
        plain("Secret", "login"),
        plain("Deployment", "web", "apps/v1"),
    )
    waves = {path: (each.get(HOOK), each.get(WAVE)) for path, each in found.items()}
    assert waves == {
        "web-namespace.yaml": (None, "-3"),
        "settings-configmap.yaml": (None, "-3"),
        "login-secret.yaml": (None, "-3"),
        "early-job.yaml": ("Sync", "-2"),
        "late-job.yaml": ("Sync", "-1"),
        "web-deployment.yaml": (None, None),
    }


def test_a_hook_before_and_after_keeps_both_moments(tmp_path: Path) -> None:
    found = made(tmp_path, job("both", "pre-install,post-upgrade"))
    assert found["both-job.yaml"][HOOK] == "Sync,PostSync"


def test_hooks_after_an_installation_change_nothing(tmp_path: Path) -> None:
    found = made(tmp_path, job("after", "post-install"), plain("Secret", "login"))
    assert not [path for path, each in found.items() if {HOOK, WAVE} & set(each)]


def test_a_project_stays_until_its_applications_are_gone() -> None:
    cluster = argo_cluster()
    new_component(cluster)
    metadata = entry(cluster, "apps-appproject")["metadata"]
    assert metadata["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


def test_an_object_whose_name_is_generated_gets_one_that_kustomize_takes(tmp_path: Path) -> None:
    found = made(tmp_path, job("x", "post-install").replace("name: x", "generateName: seed-"))
    assert "seed-job.yaml" in found
