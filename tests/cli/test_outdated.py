"""`kubestrata outdated`, and two clusters that deploy two versions of one operator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gitops.repository import repository, unit
from tests.small_project import Project

GROUP = "grafana.integreatly.org"
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: grafana, namespace: monitoring}
spec:
  interval: 1h
  chart:
    spec:
      chart: grafana-operator
      version: VERSION
      sourceRef: {kind: HelmRepository, name: charts}
"""
DASHBOARD = f"""apiVersion: {GROUP}/v1beta1
kind: GrafanaDashboard
metadata: {{name: nodes, namespace: monitoring}}
spec:
  instanceSelector: {{}}
  oci: {{path: nodes.json, reference: "registry.example.org/nodes:1"}}
"""
VERSIONS = {"home": "5.21.4", "away": "5.24.0"}


def definition(*fields: str) -> str:
    """Return the CRD of GrafanaDashboard with some fields in its spec."""
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    spec = {"type": "object", "properties": dict.fromkeys(fields, free)}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    version = {"name": "v1beta1", "served": True, "storage": True, "schema": schema}
    made: dict[str, Any] = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"grafanadashboards.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {"kind": "GrafanaDashboard", "plural": "grafanadashboards"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }
    text: str = yaml.safe_dump(made)
    return text


@pytest.fixture(name="clusters")
def two_clusters(tmp_path: Path) -> Path:
    """Return a repository with two clusters, and the charts of both beside it."""
    files: dict[str, str] = {}
    for name, version in VERSIONS.items():
        sync = repository(tmp_path / "sync", {})
        text = (sync / "clusters/home/sync.yaml").read_text(encoding="utf-8")
        files[f"clusters/{name}/sync.yaml"] = text.replace("clusters/home", f"clusters/{name}")
        operator, boards = f"{name}-operator", f"{name}-boards"
        more = f"  dependsOn: [{{name: {operator}}}]\n"
        waits = unit(operator, "  wait: true\n")
        files[f"clusters/{name}/units.yaml"] = f"{waits}---\n{unit(boards, more)}"
        files[f"{operator}/release.yaml"] = RELEASE.replace("VERSION", version)
        files[f"{boards}/boards.yaml"] = DASHBOARD
        fields = ("instanceSelector", "oci") if name == "away" else ("instanceSelector",)
        chart = tmp_path / "charts" / version
        (chart / "crds").mkdir(parents=True)
        (chart / "crds/dashboards.yaml").write_text(definition(*fields), encoding="utf-8")
        about = f"apiVersion: v2\nname: grafana-operator\nversion: {version}\n"
        (chart / "Chart.yaml").write_text(about, encoding="utf-8")
    return repository(tmp_path / "clusters", files)


def test_each_cluster_is_checked_by_the_version_that_it_deploys(
    project: Project, clusters: Path
) -> None:
    done = project.run("check", str(clusters), "--charts", str(clusters.parent / "charts"))
    message = "field `oci` is in grafana-operator 5.24.0; home runs 5.21.4"
    assert f"error V01 spec.oci: {message}" in done.out
    assert done.out.count("spec.oci: ") == 1
    assert done.code == 1


def test_outdated_lists_the_versions_of_each_cluster(project: Project, clusters: Path) -> None:
    charts = ("--charts", str(clusters.parent / "charts"))
    done = project.run("outdated", str(clusters), *charts, "--output", "json")
    assert (done.code, done.err) == (0, "")
    found = {
        each["name"]: [row for row in each["versions"] if row["what"] == "chart"]
        for each in json.loads(done.out)["clusters"]
    }
    assert [(name, row["deployed"], row["bound"]) for name, (row,) in found.items()] == [
        ("away", "5.24.0", "5.24.0"),
        ("home", "5.21.4", "5.24.0"),
    ]
    assert [row["difference"] for (row,) in found.values()] == ["same", "older"]
    assert all(row["fields"] > 0 for (row,) in found.values())


def test_outdated_says_that_no_schemas_are_at_hand_by_leaving_out_the_count(
    project: Project, clusters: Path
) -> None:
    done = project.run("outdated", str(clusters))
    lines = [line.split() for line in done.out.splitlines() if "grafana-operator" in line]
    assert lines == [
        ["chart", "grafana-operator", "5.24.0", "grafana", "5.24.0", "same"],
        ["chart", "grafana-operator", "5.21.4", "grafana", "5.24.0", "older"],
    ]


def test_outdated_exits_1_only_if_asked(project: Project, clusters: Path) -> None:
    assert project.run("outdated", str(clusters)).code == 0
    assert project.run("outdated", str(clusters), "--exit-code").code == 1


def test_outdated_lists_a_platform(project: Project) -> None:
    done = project.run("outdated")
    assert (done.code, done.err) == (0, "")
    assert "Kubernetes" in done.out


def test_outdated_refuses_what_is_no_folder(project: Project) -> None:
    for options in (["gone"], ["--charts", "gone"]):
        done = project.run("outdated", *options)
        assert done.code == 2
        assert "gone: is not a folder" in done.err
