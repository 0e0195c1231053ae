"""Another team's view: a wheel in a new environment, and a platform outside this repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.team import Team, run, succeed

CONFIG = """\
language: python
app: python main.py
output: dist
"""

MAIN = """\
from kubeapis import k8s
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform


class Greeting(Component):
    def __init__(self, scope: Cluster, *, text: str) -> None:
        home = Namespace("greeting", pod_security="restricted")
        super().__init__(scope, "greeting", layer="apps", namespace=home)
        k8s.ConfigMap(self, "greeting", data={"text": text})


platform = Platform()
flux = Flux(GitRepository("https://example.org/team/platform"))
cluster = Cluster(
    platform, "tiny", domain=Host("example.org"), delivery=flux, kubernetes="1.35"
)
Greeting(cluster, text="hello")
platform.synth()
"""


@pytest.fixture(scope="module")
def team(wheel_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Team:
    made = Team(tmp_path_factory.mktemp("project"), wheel_environment)
    made.write("cdk8s.yaml", CONFIG)
    made.write("main.py", MAIN)
    return made


def test_the_wheel_holds_both_packages_typed_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {
        *("kubestrata", "kubeapis", "kubeapis.lock"),
        *("kubestrata_jsii.py", "kubestrata_jsii.pth"),
    }
    assert {"kubestrata/py.typed", "kubeapis/py.typed"} <= set(names)
    assert "kubestrata/testing/rendered_tree.py" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("package", ["kubestrata", "kubeapis"])
def test_the_new_environment_imports_the_installed_package(team: Team, package: str) -> None:
    found = succeed(team.run("python", "-c", f"import {package}; print({package}.__file__)"))
    assert Path(found.strip()).is_relative_to(team.environment)


def test_an_installed_kubestrata_synthesizes_a_platform_outside_this_repository(team: Team) -> None:
    succeed(team.run("kubestrata", "synth"))
    tree = team.project / "dist" / "tiny"
    written = {path.relative_to(tree).as_posix() for path in tree.rglob("*.yaml")}
    assert {
        "apps/greeting/greeting-configmap.yaml",
        "apps/greeting/greeting-namespace.yaml",
        "apps/greeting/kustomization.yaml",
    } <= written
    assert any(path.startswith("flux/") for path in written)
    text = (tree / "apps/greeting/greeting-configmap.yaml").read_text(encoding="utf-8")
    assert "text: hello\n" in text
    assert "namespace: greeting\n" in text
    succeed(team.run("kubestrata", "diff"))


def test_the_types_of_the_installed_packages_reach_the_project(team: Team) -> None:
    assert "no issues found" in succeed(_mypy(team, "main.py"))


def test_the_installed_test_kit_needs_no_further_package(team: Team) -> None:
    check = (
        "from main import Greeting; from kubestrata.testing import render; "
        "made = render(lambda cluster: Greeting(cluster, text='hi')); "
        "print(made.one('ConfigMap').at('data.text'))"
    )
    assert succeed(team.run("python", "-c", check)).strip().endswith("hi")


def test_a_misspelt_keyword_is_an_error_in_the_editor(team: Team) -> None:
    misspelt = MAIN.replace("data={", "dta={")
    (team.project / "misspelt.py").write_text(misspelt, encoding="utf-8")
    result = _mypy(team, "misspelt.py")
    assert result.returncode == 1
    assert 'Unexpected keyword argument "dta" for "ConfigMap"' in result.stdout


def _mypy(team: Team, file: str) -> subprocess.CompletedProcess[str]:
    python = team.environment / "bin" / "python"
    check = (sys.executable, "-m", "mypy", "--strict", "--python-executable", python, file)
    return run(check, team.project)
