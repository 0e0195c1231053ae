"""`kubestrata check --charts`: what the charts of a tree or a platform make is checked."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.gitops.chart_repository import CONFIG, SOURCE, chart, release
from tests.gitops.repository import repository
from tests.small_project import Project, Run

PASSWORD = "hunter47Xyzzy9Plugh"  # what must not be shown
SERVICE = """apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
  - port: {{ .Values.port }}
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
TEMPLATE = "web/templates/service.yaml"
MESSAGE = "70000 is not a valid port: must be 1 to 65535"
WHERE = f"template {TEMPLATE} of chart web 1.2.3, values port"
FIX = "set port in the values of web"


def tree(project: Project, *objects: str) -> None:
    """Write a folder that Flux reconciles, and the charts beside it."""
    text = "---\n".join((NAMESPACE, SOURCE, *objects))
    repository(project.root / "repository", {"clusters/home/all.yaml": text})
    chart(project.root, {"values.yaml": "port: 80\n", "templates/service.yaml": SERVICE})


def checked(project: Project, *options: str) -> Run:
    return project.run("check", "repository", *options)


WRONG = release("  values: {port: 70000}\n")


def test_without_the_charts_a_tree_is_checked_as_far_as_it_is_known(project: Project) -> None:
    others = [release(name=name, chart=name) for name in ("one", "two")]
    tree(project, WRONG, *others)
    done = checked(project)
    assert MESSAGE not in done.out
    why = "its chart is not in the store; run `kubestrata import --charts repository`"
    line = f"home: not checked: the objects of 3 releases: not rendered: {why}"
    assert [each for each in done.out.splitlines() if "not rendered" in each] == [line]
    assert done.out.endswith(" 3 not checked\n")
    each = checked(project, "--verbose").out.splitlines()
    assert sum("not rendered: its chart" in line for line in each) == 3


def test_text_names_template_chart_and_values(project: Project) -> None:
    tree(project, WRONG)
    done = checked(project, "--charts", "charts")
    assert done.code == 1
    assert "home: Service shop/web\n" in done.out
    assert f"error V05 spec.ports[0].port: {MESSAGE} ({WHERE}): " in done.out
    assert f" clusters/home/all.yaml:10\n      fix: {FIX}\n" in done.out
    assert "not rendered" not in done.out


def test_charts_may_be_in_several_folders(project: Project) -> None:
    tree(project, WRONG)
    (project.root / "empty").mkdir()
    done = checked(project, "--charts", "empty", "--charts", "charts")
    assert MESSAGE in done.out
    assert "not rendered" not in done.out
    wrong = checked(project, "--charts", "charts", "--charts", "gone")
    assert wrong.code == 2
    assert "--charts gone: is not a folder" in wrong.err


def test_json_has_the_chart_as_fields(project: Project) -> None:
    tree(project, WRONG)
    done = checked(project, "--charts", "charts", "--output", "json")
    (found,) = (each for each in json.loads(done.out)["violations"] if each["rule"] == "V05")
    assert found["chart"] == {
        "name": "web",
        "version": "1.2.3",
        "template": TEMPLATE,
        "values": "port",
        "release": "HelmRelease.helm.toolkit.fluxcd.io shop/web",
    }
    assert (found["object"], found["line"], found["fix"]) == ("Service shop/web", 10, FIX)


@pytest.mark.parametrize("output", ["sarif", "junit", "github"])
def test_other_formats_name_the_chart_too(project: Project, output: str) -> None:
    tree(project, WRONG)
    done = checked(project, "--charts", "charts", "--output", output)
    assert done.code == 1
    assert WHERE in done.out
    assert "all.yaml" in done.out
    assert FIX in done.out


def test_charts_that_are_required_and_missing_are_errors(project: Project) -> None:
    tree(project, release(), release(name="other", chart="other"))
    found = json.loads(checked(project, "--require-charts", "--output", "json").out)
    assert [
        each["object"].rpartition("/")[2] for each in found["violations"] if each["rule"] == "T03"
    ] == ["other", "web"]
    done = checked(project, "--require-charts", "--charts", "charts")
    assert done.code == 1
    lines = [line for line in done.out.splitlines() if "T03" in line]
    assert len(lines) == 1
    assert "its chart is not in the store; run `kubestrata import --charts repository`" in lines[0]


def test_charts_that_are_at_hand_satisfy_the_requirement(project: Project) -> None:
    tree(project, release())
    done = checked(project, "--require-charts", "--charts", "charts", "--output", "json")
    found: dict[str, Any] = json.loads(done.out)
    assert not [each for each in found["violations"] if each["rule"] == "T03"]


def test_charts_of_a_store_that_cdk8s_yaml_names_are_used(project: Project) -> None:
    tree(project, WRONG)
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "kubestrata: {charts: {store: kept}}\n")
    assert MESSAGE not in checked(project).out
    assert MESSAGE in checked(project, "--charts", "charts").out
    assert (project.root / "kept" / "rendered").is_dir()
    config.write_text(config.read_text().replace("store: kept", "folder: kept"))
    refused = checked(project)
    assert refused.code == 2
    assert "kubestrata.charts: has only the setting store" in refused.err


CONFIG_MAP = '        k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})\n'
RELEASE = """\
        RawResource(web, "web", {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "spec": {"interval": "10m", "values": {"port": 70000}, "chart": {"spec": {
                "chart": "web", "version": "1.2.3",
                "sourceRef": {"kind": "HelmRepository", "name": "web"}}}},
        })
"""


def test_a_platform_is_checked_with_its_charts(project: Project) -> None:
    tree(project)
    project.edit(CONFIG_MAP, CONFIG_MAP + RELEASE)
    project.edit("Namespace, Platform\n", "Namespace, Platform, RawResource\n")
    project.edit('NAMES = ["web", "api", "db"]', 'NAMES = ["shop"]')
    lines = (project.root / "main.py").read_text().splitlines()
    line = next(number for number, each in enumerate(lines, 1) if "RawResource(web" in each)
    assert MESSAGE not in project.run("check").out
    done = project.run("check", "--charts", "charts")
    assert done.code == 1
    assert f"error V05 spec.ports[0].port: {MESSAGE} ({WHERE}): " in done.out
    assert f" main.py:{line}\n      fix: {FIX}\n" in done.out
    required = project.run("check", "--require-charts")
    assert required.code == 1
    assert "T03 its chart is not in the store; run `kubestrata import --charts`" in required.out


SECRET = """apiVersion: v1
kind: Secret
metadata: {name: web}
type: [wrong]
stringData:
  given: {{ .Values.password | quote }}
  made: {{ randAlphaNum 20 | quote }}
  wrong: [{{ .Values.password | quote }}]
data:
  encoded: {{ .Values.password | b64enc | quote }}
  plain: {{ printf "%s!" .Values.password | quote }}
"""
FAILING = '{{ fail (printf "the password %s is too short" .Values.password) }}\n'


@pytest.mark.parametrize("output", ["text", "json", "sarif", "junit", "github"])
def test_no_format_shows_a_password_of_values(project: Project, output: str) -> None:
    values = f"  values: {{auth: {{password: {PASSWORD}}}, port: {PASSWORD}}}\n"
    tree(project, release(values))
    chart(
        project.root,
        {
            "values.yaml": "auth: {}\n",
            "templates/secret.yaml": SECRET.replace(".Values", ".Values.auth"),
            "templates/config.yaml": CONFIG,
        },
    )
    done = checked(project, "--charts", "charts", "--output", output)
    assert done.code == 1
    assert "Secret shop/web" in done.out
    assert "web/templates/secret.yaml" in done.out
    assert PASSWORD not in done.out + done.err


FORMS = {
    "upper": ".Values.password | upper",
    "cut": ".Values.password | trunc 9",
    "encoded": 'printf "user:%s" .Values.password | b64enc',
    "address": 'printf "https://user-%s.example.org/" (.Values.password | lower)',
    "hash": ".Values.password | sha256sum",
    "reversed": '.Values.password | splitList "" | reverse | join ""',
}
DERIVED = """apiVersion: v1
kind: Service
metadata: {name: {{ .Values.password | lower }}, labels: {"{{ FORM }}": x}}
spec:
  externalName: [{{ FORM | quote }}]
  ports: [{port: {{ FORM | quote }}}]
"""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("output", ["text", "json"])
def test_no_form_of_a_password_is_shown(project: Project, form: str, output: str) -> None:
    tree(project, release(f"  values: {{password: {PASSWORD}}}\n"))
    template = DERIVED.replace("FORM", f"({FORMS[form]})")
    chart(project.root, {"templates/service.yaml": template})
    done = checked(project, "--charts", "charts", "--output", output)
    assert done.code == 1
    assert "(redacted)" in done.out
    shown = (done.out + done.err).lower()
    text = PASSWORD.lower()
    hidden = (
        text,
        text[:9],
        text[::-1],
        base64.b64encode(f"user:{PASSWORD}".encode()).decode().lower(),
        hashlib.sha256(PASSWORD.encode()).hexdigest(),
    )
    assert [each for each in hidden if each in shown] == []


def test_a_message_of_a_template_shows_no_form_of_a_password(project: Project) -> None:
    tree(project, release(f"  values: {{password: {PASSWORD}}}\n"))
    failing = FAILING.replace(".Values.password", "(upper .Values.password)")
    chart(project.root, {"templates/service.yaml": failing})
    done = checked(project, "--charts", "charts")
    assert "is too short" in done.out
    assert PASSWORD.upper() not in done.out + done.err


def test_a_message_of_a_template_shows_no_password(project: Project) -> None:
    tree(project, release(f"  values: {{password: {PASSWORD}}}\n"))
    chart(project.root, {"templates/service.yaml": FAILING})
    done = checked(project, "--charts", "charts")
    assert "is too short" in done.out
    assert PASSWORD not in done.out + done.err


def test_a_folder_of_charts_that_cannot_be_used_is_named(project: Project) -> None:
    tree(project, release())
    (project.root / "charts" / "broken.tgz").write_bytes(b"no archive")
    done = checked(project, "--charts", "charts")
    assert "broken.tgz: cannot be unpacked: is not a valid gzip file" in done.err
    refused = checked(project, "--charts", "gone")
    assert (refused.code, "--charts gone: is not a folder" in refused.err) == (2, True)


def test_a_store_that_cannot_be_written_is_no_failure(project: Project) -> None:
    tree(project, WRONG)
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "kubestrata: {charts: {store: main.py/inner}}\n")
    assert MESSAGE in checked(project, "--charts", "charts").out


def test_two_checks_give_the_same_report(project: Project) -> None:
    tree(project, WRONG)
    chart(
        project.root,
        {
            "templates/secret.yaml": SECRET.replace(".Values.password", '"a"').replace(
                "[wrong]", "a"
            )
        },
    )
    first, second = (checked(project, "--charts", "charts", "--output", "json") for _ in range(2))
    assert first == second
