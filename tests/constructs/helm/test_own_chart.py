"""Charts in folders of the repository: delivered, rendered by check, and with typed values."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata import JsonObject, Namespace
from kubestrata.constructs import HelmComponent, HelmRelease, OwnChart
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.deliver import deliver
from kubestrata.helm.store import ChartStore
from tests.constructs.checking import faults, objects
from tests.delivery.argo import REPOSITORY, argo_cluster, entry
from tests.delivery.argo import objects as argo_objects
from tests.small_platform import files, new_cluster, new_component
from tests.small_project import write_project

TEMPLATE = """\
{{- range $name, $controller := .Values.controllers }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Release.Name }}-{{ $name }}
spec:
  replicas: {{ $controller.replicas }}
  selector:
    matchLabels: {app: {{ $name }}}
  template:
    metadata:
      labels: {app: {{ $name }}}
    spec:
      containers:
        - name: main
          image: {{ $controller.image }}
{{- end }}
"""
SCHEMA = """\
{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "controllers": {
      "type": "object",
      "additionalProperties": {
        "type": "object",
        "additionalProperties": false,
        "properties": {"replicas": {"type": "integer"}, "image": {"type": "string"}}
      }
    }
  }
}
"""


def write_chart(root: Path, path: str = "deploy/web") -> None:
    folder = root / path
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 0.1.0\n")
    (folder / "values.yaml").write_text("controllers: {}\n")
    (folder / "values.schema.json").write_text(SCHEMA)
    (folder / "templates" / "deployment.yaml").write_text(TEMPLATE)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cdk8s.yaml").write_text("app: python main.py\n")
    monkeypatch.chdir(tmp_path)
    write_chart(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_a_release_reads_the_chart_from_the_repository_of_the_output() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    HelmRelease(component, "web", chart=OwnChart("deploy/web"), values={"controllers": {}})
    (release,) = objects(component, "HelmRelease")
    assert release["spec"]["chart"]["spec"] == {
        "chart": "./deploy/web",
        "reconcileStrategy": "Revision",
        "sourceRef": {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"},
    }
    assert faults(component) == []
    assert not [path for path in files(cluster) if "repository" in path and "git" not in path]


@pytest.mark.usefixtures("repository")
def test_a_component_may_be_a_chart_of_the_repository() -> None:
    chart = OwnChart("deploy/web", provides=frozenset({"example.com"}), crds="CreateReplace")
    home = Namespace("web", pod_security="baseline")
    made = HelmComponent(new_cluster(), "web", layer="apps", namespace=home, chart=chart)
    (release,) = objects(made, "HelmRelease")
    assert release["spec"]["install"]["crds"] == "CreateReplace"
    assert made.provisions[0].groups == {"example.com"}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/deploy/web", "is not a valid path in the repository"),
        ("./deploy/web", "is not a valid path in the repository"),
        ("../web", "fix: write it from the root of the repository"),
        ("", "is not a valid path"),
        ("deploy", "has no Chart.yaml in this repository"),
    ],
)
def test_a_path_without_a_chart_is_refused(path: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        OwnChart(path)


def test_check_renders_the_chart_and_import_types_its_values(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    write_chart(tmp_path)
    assert project.run("import", "deploy/web").out == "imports: 0 kinds, 1 values modules\n"
    project.edit(
        'k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})',
        """\
from kubeapis.helm import web as values
        from kubestrata.constructs import HelmRelease, OwnChart

        main = values.ValuesControllers(replicas=2, image="registry.example.com/web:1")
        typed = values.Values(controllers={"main": main})
        HelmRelease(web, name, chart=OwnChart("deploy/web"), values=typed)""",
    )
    project.edit('["web", "api", "db"]', '["web"]')
    done = project.run("check", "--verbose")
    assert "template web/templates/deployment.yaml of chart web 0.1.0" in done.out
    assert "Deployment.apps web/web-main" in done.out
    project.edit("replicas=2", "replcas=2")
    wrong = project.run("synth")
    assert wrong.code == 2
    assert "ValuesControllers: has no field 'replcas'" in wrong.err
    assert "write 'replicas'" in wrong.err


def test_argo_cd_reads_the_chart_from_its_own_repository(repository: Path) -> None:
    cluster = argo_cluster(charts="source")
    component = new_component(cluster)
    HelmRelease(component, "web", chart=OwnChart("deploy/web"), values={"controllers": {}})
    spec = entry(cluster, "web-application", ChartStore(repository / "store"))["spec"]
    assert spec["sources"][1] == {
        "repoURL": REPOSITORY,
        "path": "deploy/web",
        "targetRevision": "main",
        "helm": {"releaseName": "web", "valuesObject": {"controllers": {}}},
    }


def test_argo_cd_gets_what_the_chart_makes(repository: Path) -> None:
    cluster = argo_cluster()
    component = new_component(cluster)
    main: JsonObject = {"replicas": 2, "image": "registry.example.com/web:1"}
    values: JsonObject = {"controllers": {"main": main}}
    HelmRelease(component, "web", chart=OwnChart("deploy/web"), values=values)
    store = ChartStore(repository / "store", repository=repository)
    made = argo_objects(deliver(cluster, store))["apps/web/web-main-deployment.yaml"]
    assert made["spec"]["replicas"] == 2
