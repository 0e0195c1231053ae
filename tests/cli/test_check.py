"""`kubestrata check`: violations with the line that made them, and no write with one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bindings.project import crd
from tests.bindings.test_chart import CHART, packed
from tests.small_project import Project

CONFIG_MAP = '        k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})\n'
SCALER = """\
        scaler = RawResource(web, "scaler", {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "gone",
                "apiVersion": "apps/v1"}},
        })
"""
WAIVER = """\
        waive("R09", scaler, reason="made by hand", owner="shop", expires="2999-01-01")
"""


@pytest.fixture(name="faulty")
def faulty_project(project: Project) -> Project:
    project.edit(CONFIG_MAP, CONFIG_MAP + SCALER)
    project.edit("Namespace, Platform\n", "Namespace, Platform, RawResource, waive\n")
    project.edit('NAMES = ["web", "api", "db"]', 'NAMES = ["web"]')
    return project


def line_of(project: Project, text: str) -> int:
    lines = (project.root / "main.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_check_reports_counts_for_a_clean_platform(project: Project) -> None:
    done = project.run("check")
    assert (done.code, done.err) == (0, "")
    assert " objects checked, 0 errors, " in done.out
    assert not project.dist.exists()


def test_a_violation_names_the_python_line(faulty: Project) -> None:
    done = faulty.run("check")
    assert done.code == 1
    line = line_of(faulty, "RawResource(web")
    assert "error R09 spec.scaleTargetRef.name: no Deployment gone in namespace web" in done.out
    assert f"main.py:{line}\n" in done.out


def test_nothing_is_written_while_a_rule_is_violated(faulty: Project) -> None:
    done = faulty.run("synth", env={"CI": ""})
    assert done.code == 1
    assert "R09" in done.err
    assert not faulty.dist.exists()
    forced = faulty.run("synth", "--no-check", env={"CI": ""})
    assert forced.code == 0
    assert "nothing was checked" in forced.err
    assert faulty.dist.exists()
    refused = faulty.run("synth", "--no-check", env={"CI": "true"})
    assert refused.code == 2
    assert "CI is set" in refused.err


def run_main(project: Project) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py"],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_main_py_alone_applies_the_settings_and_writes_nothing_else(faulty: Project) -> None:
    done = run_main(faulty)
    assert done.returncode == 1
    assert "ViolationError: kubestrata check: rules are violated" in done.stderr
    assert f"main.py:{line_of(faulty, 'RawResource(web')}" in done.stderr
    assert faulty.run("synth").err.partition("error ")[2] in done.stderr
    assert not faulty.dist.exists()
    config = faulty.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "kubestrata: {check: {severity: {R09: off}}}\n")
    assert run_main(faulty).returncode == 0
    assert faulty.dist.exists()
    config.unlink()
    assert "R09" in run_main(faulty).stderr


PART = """\
from kubeapis import k8s
from kubestrata import Component, RawResource


def scaler(web):
    RawResource(web, "scaler", {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "gone",
            "apiVersion": "apps/v1"}},
    })
"""


def test_objects_of_a_part_are_reported_with_the_calling_line(project: Project) -> None:
    (project.root / "part.py").write_text(PART)
    project.edit(CONFIG_MAP, CONFIG_MAP + "        part.scaler(web)\n")
    project.edit("from kubeapis import k8s\n", "import part\nfrom kubeapis import k8s\n")
    project.edit('NAMES = ["web", "api", "db"]', 'NAMES = ["web"]')
    line = line_of(project, "part.scaler")
    text = project.run("check").out
    assert f"part.py:6\n      called from main.py:{line}\n" in text
    entries = json.loads(project.run("check", "--output", "json").out)["violations"]
    found = {each["rule"]: (each["file"], each["line"], each["calledFrom"]) for each in entries}
    assert found["R09"] == ("part.py", 6, {"file": "main.py", "line": line})
    results = json.loads(project.run("check", "--output", "sarif").out)["runs"][0]["results"]
    related = next(each for each in results if each["ruleId"] == "R09")["relatedLocations"][0]
    assert related["physicalLocation"] == {
        "artifactLocation": {"uri": "main.py"},
        "region": {"startLine": line},
    }
    assert project.run("synth", "--no-check", env={"CI": ""}).code == 0
    told = project.run("explain", "c1/apps/web/scaler-horizontalpodautoscaler.yaml").out
    assert f"  made at part.py:6\n  called from main.py:{line}\n" in told
    assert not [path for path, text in project.tree().items() if b".py" in text]


def test_a_waiver_in_code_is_applied_and_reported(faulty: Project) -> None:
    faulty.edit(SCALER, SCALER + WAIVER)
    done = faulty.run("check", "--output", "json")
    found = json.loads(done.out)
    assert done.code == 0
    assert [each["rule"] for each in found["waived"]] == ["R09"]
    assert found["waived"][0]["reason"] == "made by hand"
    faulty.edit('"name": "gone"', '"name": ""')
    faulty.edit("2999-01-01", "2020-01-01")
    expired = faulty.run("check")
    assert "W01" in expired.out
    assert "expired on 2020-01-01; its owner is shop" in expired.out


def test_settings_turn_rules_off(faulty: Project) -> None:
    config = faulty.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "kubestrata: {check: {severity: {R09: off}}}\n")
    off = faulty.run("check")
    assert (off.code, "R09" in off.out) == (0, False)
    config.write_text(config.read_text().replace("R09: off", "R99: off"))
    done = faulty.run("check")
    assert done.code == 2
    assert "R99" in done.err


def test_missing_waivers_are_reported(project: Project) -> None:
    assert project.run("synth").code == 0
    done = project.run("check", ".", "--waivers", "gone.yaml")
    assert done.code == 2
    assert "cannot be read" in done.err


@pytest.mark.parametrize("output", ["json", "sarif", "junit", "github"])
def test_programs_get_the_violation_too(faulty: Project, output: str) -> None:
    done = faulty.run("check", "--output", output)
    assert done.code == 1
    assert "R09" in done.out
    assert "main.py" in done.out


def test_a_plain_tree_is_checked_with_its_lines_and_waivers(
    project: Project, tmp_path: Path
) -> None:
    assert project.run("synth").code == 0
    file = project.dist / "c1" / "apps" / "web" / "settings-configmap.yaml"
    file.write_text(file.read_text().replace("\ndata:", "\ndta:"))
    done = project.run("check", ".")
    assert done.code == 1
    assert "dist/c1/apps/web/settings-configmap.yaml:" in done.out
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "- {rule: V01, object: ConfigMap web/settings, reason: r, owner: o, expires: 2999-01-01}\n"
    )
    assert project.run("check", ".", "--waivers", str(waivers)).code == 0


def test_a_kind_without_a_binding_is_checked_by_more_schemas(
    project: Project, tmp_path: Path
) -> None:
    assert project.run("synth").code == 0
    folder = project.dist / "c1" / "apps" / "web"
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "a"}}
    widget["metadata"] = {"name": "a", "namespace": "web"}
    (folder / "a-widget.yaml").write_text(json.dumps({**widget, "spec": {"sise": 1}}))
    listed = folder / "kustomization.yaml"
    listed.write_text(listed.read_text() + "- a-widget.yaml\n")
    unknown = project.run("check", ".")
    assert "not checked: example.org: 1 Widget: no schema describes it" in unknown.out
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    (definitions / "widgets.yaml").write_text(json.dumps(crd()))
    found = project.run("check", ".", "--schemas", str(definitions))
    assert "no schema describes it" not in found.out
    assert "error V01 spec.sise: " in found.out
    assert "fix: write size" in found.out
    (definitions / "widgets.yaml").write_text("{")
    assert project.run("check", ".", "--schemas", str(definitions)).code == 2


RELEASE = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "shop", "namespace": "web"},
    "spec": {
        "interval": "10m",
        "chart": {
            "spec": {
                "chart": "my-chart",
                "version": "1.2.3",
                "sourceRef": {"kind": "HelmRepository", "name": "charts"},
            }
        },
        "values": {"replicsa": "two", "replicas": "two"},
    },
}


def test_values_are_checked_against_the_charts(project: Project, tmp_path: Path) -> None:
    assert project.run("synth").code == 0
    folder = project.dist / "c1" / "apps" / "web"
    (folder / "release.yaml").write_text(json.dumps(RELEASE))
    listed = folder / "kustomization.yaml"
    listed.write_text(listed.read_text() + "- release.yaml\n")
    charts = tmp_path / "charts"
    charts.mkdir()
    (charts / "broken.tgz").write_bytes(b"no archive")
    (charts / "loop").symlink_to(charts)

    def checked(files: Mapping[str, str | bytes]) -> list[str]:
        (charts / "my-chart-1.2.3.tgz").write_bytes(packed(files))
        done = project.run("check", ".", "--charts", str(charts), "--verbose")
        assert "broken.tgz: cannot be unpacked: is not a valid gzip file" in done.err
        return [
            line.strip().partition(": the ")[0] for line in done.out.splitlines() if " V0" in line
        ]

    head = f"apiVersion: v2\n{CHART}"
    template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.replicas }}"}\n'
    chart = {"c/Chart.yaml": head, "c/templates/a.yaml": template}
    values = "spec.values.replicsa: chart my-chart 1.2.3 does not read it"
    (found,) = checked({**chart, "c/values.yaml": "replicas: 1\n"})
    assert found.startswith(f"warning V08 {values}: ")
    properties = {"replicas": {"type": "integer"}, "far": {"$ref": "https://example.org/a.json"}}
    schema = {"type": "object", "properties": properties}
    several = checked({**chart, "c/values.schema.json": json.dumps(schema)})
    assert [line.partition(": ")[0] for line in several] == ["error V06 spec.values.replicas"]
    other = {"c/Chart.yaml": head.replace("1.2.3", "2.0.0"), "c/values.yaml": "a: 1\n"}
    assert checked(other) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "is not a folder"),
        (["--root", "x"], "no folder"),
        (["--charts", "x"], "--charts x: is not a folder"),
        ([".", "--charts", "gone"], "--charts gone: is not a folder"),
        ([".", "--schemas", "gone"], "cannot be read"),
        (["--explain", "R999"], "is not a valid rule"),
        ([".", "--waivers", "gone.yaml"], "nothing to check"),
        ([".", "--root", "clusters/gone"], "nothing to check"),
    ],
)
def test_a_failed_check_is_reported(project: Project, arguments: list[str], message: str) -> None:
    done = project.run("check", *arguments)
    assert done.code == 2
    assert message in done.err


def test_several_roots_are_named_by_options_or_by_settings(project: Project) -> None:
    folder = project.root / "plain"
    for name in ("east", "west", "north"):
        home = folder / "clusters" / name
        home.mkdir(parents=True)
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        (home / "a.yaml").write_text(json.dumps({**config, "dta": {}}))

    def clusters(*options: str) -> set[str]:
        done = project.run("check", str(folder), *options, "--output", "json")
        return {each["cluster"] for each in json.loads(done.out)["violations"]}

    assert clusters("--root", "clusters/east", "--root", "clusters/west") == {"east", "west"}
    roots = {"kubestrata": {"check": {"roots": ["clusters/north", "clusters/west"]}}}
    (folder / "cdk8s.yaml").write_text(json.dumps(roots))
    assert clusters() == {"north", "west"}
    assert clusters("--root", "clusters/east") == {"east"}


def test_a_checked_folder_states_facts_but_no_severities(project: Project) -> None:
    folder = project.root / "plain"
    folder.mkdir()
    stated = {"provided": ["Secret web/login"], "severity": {"V01": "off"}, "roots": ["."]}
    (folder / "cdk8s.yaml").write_text(json.dumps({"kubestrata": {"check": stated}}))
    (folder / "a.yaml").write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "a", "namespace": "web"},
                "spec": {
                    "containers": [
                        {"name": "a", "envFrom": [{"secretRef": {"name": "login"}}], "imag": "a:1"}
                    ]
                },
            }
        )
    )
    done = project.run("check", str(folder), "--output", "json")
    rules = {each["rule"] for each in json.loads(done.out)["violations"]}
    assert "V01" in rules
    assert "R06" not in rules


def test_warnings_are_counted_and_listed_on_request(project: Project) -> None:
    folder = project.root / "plain"
    folder.mkdir()
    service = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "a", "namespace": "b"}}
    (folder / "a.yaml").write_text(json.dumps(service))
    done = project.run("check", str(folder), "--root", ".")
    assert "1 note V03: " in done.out
    assert "is deprecated since" not in done.out
    assert (
        "is deprecated since" in project.run("check", str(folder), "--root", ".", "--verbose").out
    )


def test_a_rule_is_explained(project: Project) -> None:
    done = project.run("check", "--explain", "R09")
    assert done.code == 0
    assert done.out.startswith("## R09: ")
