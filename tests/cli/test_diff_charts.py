"""`kubestrata diff --charts`: the consequences of a new version of a chart, or of another value."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.test_check_charts import CONFIG_MAP, RELEASE
from tests.gitops.chart_repository import chart
from tests.small_project import Project

SECRET = "hunter47Xyzzy9Plugh"  # what must not be shown
TEMPLATES = {
    "values.yaml": "port: 80\npassword: none\n",
    "templates/service.yaml": """apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
  - port: {{ .Values.port }}
{{- if eq (int .Values.port) 8080 }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: {{ .Values.password }}}
""",
    "crds/a.yaml": """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
""",
}


REPOSITORY = """\
        RawResource(web, "source", {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "HelmRepository",
            "metadata": {"name": "web"},
            "spec": {"interval": "10m", "url": "https://charts.example.org"},
        })
"""


def written(project: Project, port: int) -> None:
    """Synthesize a release with a port."""
    made = RELEASE.replace("70000", str(port))
    project.edit(CONFIG_MAP, CONFIG_MAP + REPOSITORY + made)
    project.edit("Namespace, Platform\n", "Namespace, Platform, RawResource\n")
    project.edit('NAMES = ["web", "api", "db"]', 'NAMES = ["web"]')
    assert project.run("synth").code == 0


def test_a_value_shows_what_it_changes_deletes_and_adds(project: Project) -> None:
    chart(project.root, TEMPLATES)
    written(project, 8080)
    project.edit('"port": 8080', '"port": 80')
    done = project.run("diff", "--charts", "charts")
    assert done.code == 1
    own, _, of_charts = done.out.partition("made by charts:\n")
    assert "    ~ spec.values.port: 8080 -> 80" in own
    assert of_charts.splitlines()[0] == "WARNING: data is deleted with 1 of these objects"
    where = "web/templates/service.yaml of HelmRelease.helm.toolkit.fluxcd.io"
    assert "- PersistentVolumeClaim web/data  " + where in of_charts
    assert "~ Service web/web  " + where in of_charts
    assert "    - spec.ports[8080/TCP]: " in of_charts
    assert of_charts.endswith("0 added, 1 deleted, 1 changed\n")
    assert "made by charts" not in project.run("diff").out


def test_json_has_what_charts_make_apart(project: Project) -> None:
    chart(project.root, TEMPLATES)
    written(project, 80)
    project.edit('"port": 80', '"port": 8080')
    found = json.loads(project.run("diff", "--charts", "charts", "--output", "json").out)
    assert [each["verb"] for each in found["changes"]] == ["changed"]
    assert [(each["verb"], each["name"]) for each in found["ofCharts"]] == [
        ("added", "PersistentVolumeClaim web/data"),
        ("changed", "Service web/web"),
    ]
    assert found["notRendered"] == []


def test_a_release_that_is_not_rendered_is_said_to_be(project: Project) -> None:
    written(project, 80)
    project.edit('"port": 80', '"port": 81')
    done = project.run("diff", "--charts")
    assert "made by charts:\nno difference\nc1: HelmRelease" in done.out
    assert "not rendered: its chart is not in the store" in done.out


def test_no_secret_of_a_chart_is_shown(project: Project) -> None:
    chart(project.root, TEMPLATES)
    written(project, 80)
    project.edit('"port": 80', f'"port": 80, "password": "{SECRET}"')
    done = project.run("diff", "--charts", "charts")
    assert "~ Secret web/login" in done.out
    assert SECRET not in done.out + done.err


def test_a_chart_of_the_repository_is_that_of_its_side(project: Project, tmp_path: Path) -> None:
    chart(project.root, TEMPLATES)
    of_git = """\
        RawResource(web, "again", {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": "again"},
            "spec": {"interval": "10m", "url": "https://git.example.com/platform"},
        })
"""
    written(project, 80)
    project.edit(REPOSITORY, of_git)
    project.edit('"chart": "web", "version": "1.2.3"', '"chart": "./charts/web"')
    source = '"sourceRef": {"kind": "HelmRepository", "name": "web"}'
    project.edit(source, '"sourceRef": {"kind": "GitRepository", "name": "again"}')
    assert project.run("synth").code == 0
    base = tmp_path / "base"
    shutil.copytree(project.root, base)
    same = project.run("diff", "--charts", "--against", str(base / "dist"))
    assert (same.code, same.out) == (0, "no difference\nmade by charts:\nno difference\n")
    path = "templates/service.yaml"
    chart(project.root, {**TEMPLATES, path: TEMPLATES[path].replace("name: web", "name: shop")})
    done = project.run("diff", "--charts", "--against", str(base / "dist"))
    made = done.out.partition("made by charts:\n")[2]
    assert "- Service web/web" in made
    assert "+ Service web/shop" in made
    assert "not rendered" not in made


def test_charts_in_no_folder_are_refused(project: Project) -> None:
    done = project.run("diff", "--charts", "gone")
    assert done.code == 2
    assert "--charts gone: is not a folder" in done.err
