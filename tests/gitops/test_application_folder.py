"""Applications whose chart, or whose value files, are in the repository itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.yaml_text import dump
from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.chart_import import wanted_charts
from tests.gitops.chart_repository import chart, made_by_charts
from tests.gitops.repository import repository

URL = "https://git.example.com/acme/platform.git"
OTHER = "https://git.example.com/acme/other"
CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  port: "{{ .Values.port }}"
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  queues: "{{ .Capabilities.APIVersions.Has "example.org/v1" }}"
"""
PROJECT = """apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec: {}
"""
SCHEMA = '{"properties": {"port": {"type": "integer", "maximum": 99}}}'


def application(*sources: dict[str, Any], name: str = "web") -> str:
    """Return an Application with several sources."""
    return dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {
                "project": "default",
                "sources": [{"targetRevision": "main", **each} for each in sources],
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            },
        }
    )


def checked(top: Path, text: str, files: dict[str, str]) -> ClusterTree:
    """Return the tree of a repository with a chart in its folder charts/web."""
    place = repository(top / "repository", {"apps/all.yaml": f"{PROJECT}---\n{text}", **files})
    inner = {"values.yaml": "port: 1\n", "templates/a.yaml": CONFIG_MAP}
    chart(place, {**inner, "values.schema.json": SCHEMA})
    (tree,) = from_folder(place, ["apps"])
    (made,) = with_charts([tree], ChartStore(top / "store", [top / "charts"], place))
    return made


def own(**more: Any) -> dict[str, Any]:
    return {"repoURL": URL, "path": "charts/web", **more}


def data(tree: ClusterTree) -> dict[str, str]:
    (found,) = (each for each in tree.of_kind("", "ConfigMap") if each.chart is not None)
    values: dict[str, str] = found.manifest["data"]
    return values


def reasons(tree: ClusterTree) -> list[str]:
    return [each.message for each in tree.charts.unrendered]


FILES = {
    "charts/web/more.yaml": "port: 2\n",
    "settings/web.yaml": "port: 3\n",
    "charts/web/.argocd-source-web.yaml": "helm: {parameters: [{name: port, value: '9'}]}\n",
}


@pytest.mark.parametrize(
    ("helm", "port"),
    [
        ({}, "1"),
        ({"valueFiles": ["more.yaml"]}, "2"),
        ({"valueFiles": ["../../settings/web.yaml"]}, "3"),
        ({"valueFiles": ["/settings/web.yaml", "more.yaml"]}, "2"),
        ({"valueFiles": ["/settings/${ARGOCD_APP_NAME}.yaml"]}, "3"),
        ({"valueFiles": ["$values/settings/web.yaml"]}, "3"),
    ],
)
def test_value_files_are_those_of_the_repository(
    tmp_path: Path, helm: dict[str, Any], port: str
) -> None:
    files = {path: text for path, text in FILES.items() if ".argocd" not in path}
    text = application(own(helm=helm), {"repoURL": URL, "ref": "values"})
    made = checked(tmp_path, text, files)
    assert (data(made)["port"], reasons(made)) == (port, [])
    # What is rendered is no longer "not checked", and its Application is known as a whole.
    assert [each for each in made.unchecked if "not rendered" in each.why] == []
    assert all(each.complete for each in made.units.values())
    assert wanted_charts([made], tmp_path / "repository") == []


def test_a_file_in_the_folder_overrides_the_source(tmp_path: Path) -> None:
    text = application(own(helm={"valueFiles": ["more.yaml"]}))
    assert data(checked(tmp_path, text, FILES))["port"] == "9"


def test_versions_of_the_source_replace_those_of_the_cluster(tmp_path: Path) -> None:
    helm = {"kubeVersion": "1.30.2", "apiVersions": ["example.org/v1"]}
    made = data(checked(tmp_path, application(own(helm=helm)), {}))
    assert made == {"port": "1", "version": "v1.30.2", "queues": "true"}


def test_a_source_may_skip_the_schema_of_values(tmp_path: Path) -> None:
    helm = {"values": "port: 100\n"}
    made = checked(tmp_path / "a", application(own(helm=helm)), {})
    (found,) = made.charts.refused
    assert (found.path, made_by_charts(made)) == ("spec.sources[0].helm.values", [])
    skipping = application(own(helm={**helm, "skipSchemaValidation": True}))
    made = checked(tmp_path / "b", skipping, {})
    assert (made.charts.refused, data(made)["port"]) == ([], "100")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            own(helm={"valueFiles": ["$values/a.yaml"]}),
            "it takes values from git.example.com/acme/other, which is another repository",
        ),
        (
            own(helm={"valueFiles": ["../../../a.yaml"]}),
            "its valueFiles name ../../../a.yaml, which does not exist",
        ),
        (
            {"repoURL": OTHER, "path": "charts/gone", "helm": {"releaseName": "x"}},
            "its chart is not in the store; run `kubestrata import --charts`",
        ),
    ],
)
def test_what_is_elsewhere_is_named(tmp_path: Path, source: dict[str, Any], why: str) -> None:
    text = application(own(), {"repoURL": OTHER, "ref": "values"}, name="first")
    made = checked(
        tmp_path, f"{text}---\n{application(source, {'repoURL': OTHER, 'ref': 'values'})}", {}
    )
    assert reasons(made) == [why]


def test_a_plugin_stays_unchecked(tmp_path: Path) -> None:
    made = checked(tmp_path, application(own(plugin={"name": "x"})), {})
    assert made_by_charts(made) == []
    assert [each.why for each in made.unchecked] == ["a plugin renders it"]


def test_a_chart_in_another_repository_is_imported_by_its_address(tmp_path: Path) -> None:
    source = {"repoURL": OTHER, "path": "charts/db", "helm": {"releaseName": "x"}}
    made = checked(tmp_path, f"{application(own())}---\n{application(source, name='db')}", {})
    (wanted,) = wanted_charts([made], tmp_path / "repository")
    assert wanted.source == f"git+{OTHER}@main#charts/db"


APPLICATIONS = """{{- range .Values.apps }}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: {{ . }}, namespace: argocd}
spec:
  project: default
  source: {repoURL: "ADDRESS", targetRevision: main, path: "manifests/{{ . }}"}
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
---
{{- end }}
"""


def of_chart(top: Path, files: dict[str, str]) -> ClusterTree:
    """Return the tree of a chart that makes Applications for folders of the repository."""
    text = application(own(path="charts/apps"), name="all")
    top_chart = top / "repository"
    made = {
        "values.yaml": "apps: [web, jobs]\n",
        "templates/a.yaml": APPLICATIONS.replace("ADDRESS", URL),
    }
    chart(top_chart, made, "apps")
    return checked(top, text, files)


def test_applications_of_a_chart_are_followed_to_their_folders(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
    files = {
        "manifests/web/a.yaml": config.replace("NAME", "web"),
        "manifests/jobs/a.yaml": config.replace("NAME", "jobs"),
        "manifests/jobs/b.yaml": application(own(), name="inner"),
    }
    made = of_chart(tmp_path, files)
    found = [each for each in made.of_kind("", "ConfigMap") if each.chart is None]
    assert [str(each.identity) for each in found] == ["ConfigMap shop/web", "ConfigMap shop/jobs"]
    assert [str(each.unit) for each in found] == [
        "Application.argoproj.io argocd/web",
        "Application.argoproj.io argocd/jobs",
    ]
    # A chart in such a folder is rendered as any other.
    assert data(made)["port"] == "1"
    assert reasons(made) == []
    assert all(each.complete for each in made.units.values())


def test_a_folder_that_an_application_of_a_chart_lacks_is_a_fault(tmp_path: Path) -> None:
    made = of_chart(tmp_path, {"manifests/web/a.yaml": PROJECT})
    assert [(each.object.name, each.message) for each in made.faults] == [
        ("jobs", "folder manifests/jobs does not exist")
    ]
