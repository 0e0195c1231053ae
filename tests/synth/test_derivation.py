"""A command derives what a platform delivers once, and reads none of it back."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from kubestrata.cli import check, diff, explain, graph, synth
from kubestrata.core import yaml_read
from kubestrata.core.cluster import Cluster
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.helm.store import ChartStore
from kubestrata.synth import synthesis
from tests.small_project import Project, write_project

COMMANDS: dict[str, Any] = {
    "synth": synth.run,
    "check": check.run,
    "diff": diff.run,
    "graph": graph.run,
    "explain": lambda: explain.run(Path("dist/c1/flux/web-kustomization.yaml")),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = write_project(tmp_path)
    assert project.run("synth").code == 0
    monkeypatch.chdir(tmp_path)
    return project


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.usefixtures("project")
def test_a_command_derives_each_cluster_once(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    derived: list[str] = []

    def counted(cluster: Cluster, store: ChartStore | None) -> DeliveredCluster:
        derived.append(cluster.name)
        return deliver(cluster, store)

    monkeypatch.setattr(synthesis, "deliver", counted)
    assert COMMANDS[command]() in (0, None)
    assert derived == ["c1"]


@pytest.mark.usefixtures("project")
def test_synth_parses_nothing_but_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    load_all = yaml_read.load_all

    def counted(text: str, source: str, **options: Any) -> Any:
        parsed.append(source)
        return load_all(text, source, **options)

    for module in list(sys.modules.values()):
        if getattr(module, "load_all", None) is load_all:
            monkeypatch.setattr(module, "load_all", counted)
    synth.run()
    assert parsed == ["cdk8s.yaml"]


def test_main_py_alone_derives_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    derived: list[str] = []

    def counted(cluster: Cluster, store: ChartStore | None) -> DeliveredCluster:
        derived.append(cluster.name)
        return deliver(cluster, store)

    monkeypatch.setattr(synthesis, "deliver", counted)
    runpy.run_path(str(project.root / "main.py"), run_name="__main__")
    assert derived == ["c1"]


@pytest.mark.usefixtures("project")
def test_explain_derives_nothing_for_an_object_of_a_component(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(synthesis, "deliver")
    explain.run(Path("dist/c1/apps/web/settings-configmap.yaml"))
