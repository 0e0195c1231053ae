from __future__ import annotations

from pathlib import Path

from tests.gitops.argo import URL, applications, applied, config_map, notes, told, written
from tests.gitops.argo import application as argo_application
from tests.gitops.repository import repository

VALUES = f"""applications:
  web:
    namespace: argocd
    project: default
    destination: {{namespace: shop}}
    syncPolicy: {{syncOptions: [CreateNamespace=true]}}
    source: {{repoURL: '{URL}', path: web}}
applicationsets:
  all:
    namespace: argocd
    generators: [{{list: {{elements: [{{env: dev}}]}}}}]
    template:
      metadata: {{name: '{{{{env}}}}'}}
      spec:
        project: default
        destination: {{namespace: shop}}
        source: {{repoURL: '{URL}', path: '{{{{env}}}}'}}
"""
FOLDERS = {"web/a.yaml": config_map("a"), "dev/b.yaml": config_map("b")}


def _indented(text: str, count: int) -> str:
    return "".join(f"{' ' * count}{line}\n" for line in text.splitlines())


def _release(values: str, chart: str = "argocd-apps") -> str:
    return f"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: apps, namespace: argocd}}
spec:
  chart: {{spec: {{chart: {chart}, sourceRef: {{kind: HelmRepository, name: argo}}}}}}
  values:
{_indented(values, 4)}"""


def test_a_release_of_the_chart_makes_applications_and_sets(tmp_path: Path) -> None:
    repository(tmp_path, {"clusters/home/apps.yaml": _release(VALUES), **FOLDERS})
    assert applications(tmp_path) == ["dev", "web"]
    (objects,) = applied(tmp_path).values()
    assert [each for each in objects if each.startswith("ConfigMap")] == [
        "ConfigMap shop/a",
        "ConfigMap shop/b",
    ]


def test_the_chart_may_be_a_dependency_of_the_released_one(tmp_path: Path) -> None:
    values = f"argocd-apps:\n{_indented(VALUES, 2)}other: {{applications: {{x: {{}}}}}}\n"
    repository(tmp_path, {"clusters/home/apps.yaml": _release(values, "argocd"), **FOLDERS})
    assert applications(tmp_path) == ["dev", "web"]


def test_an_older_chart_has_lists_in_its_values(tmp_path: Path) -> None:
    source = f"source: {{repoURL: '{URL}', path: web}}"
    values = f"applications: [{{name: web, destination: {{namespace: shop}}, {source}}}]\n"
    repository(tmp_path, {"clusters/home/apps.yaml": _release(values), **FOLDERS})
    assert applications(tmp_path) == ["web"]


def test_an_application_of_the_chart_makes_others(tmp_path: Path) -> None:
    source = f"source: {{repoURL: '{URL}', path: web}}"
    values = f"{{applications: {{web: {{destination: {{namespace: shop}}, {source}}}}}}}"
    chart = f"chart: argocd-apps, helm: {{valuesObject: {values}}}"
    url = "https://argoproj.github.io/argo-helm"
    text = argo_application("apps", chart, url=url, to="destination: {namespace: argocd}")
    written(tmp_path, {"argocd/apps.yaml": text, **FOLDERS})
    assert applications(tmp_path) == ["apps", "web"]
    assert notes(tmp_path) == []


def test_values_of_a_chart_in_the_repository_are_read(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": argo_application(
            "root", "path: bootstrap, helm: {valueFiles: [x.yaml]}"
        ),
        "bootstrap/Chart.yaml": "name: b\ndependencies: [{name: argocd-apps}, {name: argo-cd}]\n",
        "bootstrap/values.yaml": f"argocd-apps:\n{_indented(VALUES, 2)}",
        "bootstrap/x.yaml": "argocd-apps: {applications: {web: {source: {path: other}}}}\n",
        "other/c.yaml": config_map("c"),
        **FOLDERS,
    }
    written(tmp_path, files)
    assert applications(tmp_path, "argocd") == ["dev", "root", "web"]
    assert [line.split(":")[0] for line in told(tmp_path)] == []
    assert notes(tmp_path) == [
        "Application.argoproj.io argocd/root: the chart in bootstrap is not rendered"
    ]
