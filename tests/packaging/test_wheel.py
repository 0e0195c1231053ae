"""Another team's view: a wheel in a new environment, and a platform outside this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

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


@dataclass(frozen=True, slots=True)
class Team:
    """A project folder, and the environment in which its owner installed the wheel."""

    project: Path
    environment: Path

    def run(self, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the project."""
        return _run([self.environment / "bin" / command, *arguments], self.project)


def _run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    foreign = ("CDK8S_", "KUBESTRATA_", "MYPY", "PYTHON", "VIRTUAL_ENV")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def _succeed(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        folder,
    ]
    _succeed(_run(build, ROOT))
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def team(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Team:
    """Third-party packages come from here: a .pth makes them visible, but no editable install."""
    folder = tmp_path_factory.mktemp("team")
    environment, project = folder / "environment", folder / "project"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps"]
    _succeed(_run([*install, "--python", python, wheel], folder))
    here = sysconfig.get_path("purelib")
    asked = _run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder)
    (Path(_succeed(asked).strip()) / "third_party.pth").write_text(f"{here}\n", encoding="utf-8")
    project.mkdir()
    (project / "cdk8s.yaml").write_text(CONFIG, encoding="utf-8")
    (project / "main.py").write_text(MAIN, encoding="utf-8")
    return Team(project, environment)


def test_the_wheel_holds_both_packages_typed_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"kubestrata", "kubeapis", "kubestrata_jsii.py", "kubestrata_jsii.pth"}
    assert {"kubestrata/py.typed", "kubeapis/py.typed"} <= set(names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("package", ["kubestrata", "kubeapis"])
def test_the_new_environment_imports_the_installed_package(team: Team, package: str) -> None:
    found = _succeed(team.run("python", "-c", f"import {package}; print({package}.__file__)"))
    assert Path(found.strip()).is_relative_to(team.environment)


def test_an_installed_kubestrata_synthesizes_a_platform_outside_this_repository(team: Team) -> None:
    _succeed(team.run("kubestrata", "synth"))
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
    _succeed(team.run("kubestrata", "diff"))


def test_the_types_of_the_installed_packages_reach_the_project(team: Team) -> None:
    assert "no issues found" in _succeed(_mypy(team, "main.py"))


def test_a_misspelt_keyword_is_an_error_in_the_editor(team: Team) -> None:
    misspelt = MAIN.replace("data={", "dta={")
    (team.project / "misspelt.py").write_text(misspelt, encoding="utf-8")
    result = _mypy(team, "misspelt.py")
    assert result.returncode == 1
    assert 'Unexpected keyword argument "dta" for "ConfigMap"' in result.stdout


def _mypy(team: Team, file: str) -> subprocess.CompletedProcess[str]:
    python = team.environment / "bin" / "python"
    cache = team.project.parent / "mypy"
    check: list[str | Path] = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-executable",
        python,
    ]
    return _run([*check, "--cache-dir", cache, file], team.project)
