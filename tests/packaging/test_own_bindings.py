"""A team's own bindings beside the shipped ones, for a wheel and an editable install."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.team import Team, run, succeed

MAIN = """\
from kubeapis import NAMES
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform
from kubestrata import RawResource


def main() -> None:
    platform = Platform()
    flux = Flux(GitRepository("https://example.org/team/platform"))
    cluster = Cluster(
        platform,
        "tiny",
        domain=Host("example.org"),
        delivery=flux,
        kubernetes="1.35",
        provided_groups=GROUPS,
    )
    home = Namespace("web", pod_security="restricted")
    web = Component(cluster, "web", layer="apps", namespace=home)
    for number, each in enumerate(OBJECTS):
        RawResource(web, f"object-{number}", each)
    platform.synth()


if __name__ == "__main__":
    main()
"""
PRINT = "import kubeapis, sys\nfor name in sys.argv[1:]:\n    __import__(f'kubeapis.{name}')\n"
PRINT += "    print(sys.modules[f'kubeapis.{name}'].__file__)\n"


def definition(group: str, kind: str, field: str, version: str = "v1") -> str:
    """A CustomResourceDefinition with one field in its spec, a number."""
    spec = {"type": "object", "properties": {field: {"type": "integer"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    plural = f"{kind.lower()}s"
    content = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    }
    return json.dumps(content)


def made(api_version: str, kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the platform."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": kind.lower()},
        "spec": spec,
    }


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(request: pytest.FixtureRequest) -> Path:
    """The environment with kubestrata: a new one, or the one that runs this test."""
    if request.param == "editable":
        return Path(sys.prefix)
    found: Path = request.getfixturevalue("wheel_environment")
    return found


def project(folder: Path, environment: Path, *sources: str, **files: str) -> Team:
    """A project with sources imported; `files` are CRDs by name."""
    folder.mkdir(parents=True)
    team = Team(folder, environment)
    team.write("cdk8s.yaml", "language: python\napp: python main.py\noutput: dist\n")
    for name, text in files.items():
        team.write(f"crds/{name}.yaml", text)
    succeed(team.run("kubestrata", "import", *sources))
    return team


def platform(team: Team, names: str, *objects: Mapping[str, Any]) -> None:
    """Write a main.py that imports names of `kubeapis` and makes objects."""
    groups = sorted({each["apiVersion"].partition("/")[0] for each in objects})
    constants = f"GROUPS = {groups}\nOBJECTS = {list(objects)}\n"
    text = MAIN.replace("NAMES", names).replace("\n\n\ndef main", f"\n\n{constants}\n\ndef main")
    team.write("main.py", text)


@pytest.fixture(scope="module")
def shop(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Team:
    """A project with its own kind."""
    folder = tmp_path_factory.mktemp("teams") / "shop"
    crd = definition("shop.example.org", "Storefront", "replicas")
    team = project(folder, environment, "acme:=crds/own.yaml", own=crd)
    platform(team, "acme, cilium, k8s", made("shop.example.org/v1", "Storefront", {"replicas": 2}))
    return team


def origins(team: Team, *names: str, folder: Path | None = None) -> list[Path]:
    """The files that modules of `kubeapis` are loaded from by a program in a folder."""
    printed = succeed(team.run("python", "-c", PRINT, *names, folder=folder))
    return [Path(line) for line in printed.splitlines()]


def test_every_command_and_the_program_find_own_and_shipped_kinds(shop: Team) -> None:
    assert "0 errors, 0 warnings" in succeed(shop.run("kubestrata", "check"))
    succeed(shop.run("kubestrata", "synth"))
    succeed(shop.run("kubestrata", "diff"))
    succeed(shop.run("kubestrata", "graph"))
    file = "dist/tiny/apps/web/storefront-storefront.yaml"
    assert "Storefront" in succeed(shop.run("kubestrata", "explain", file))
    succeed(shop.run("python", "main.py"))
    succeed(shop.run("kubestrata", "import", "--check"))


def test_a_program_finds_them_from_any_working_folder(shop: Team, tmp_path: Path) -> None:
    text = "from kubeapis import acme, k8s\nprint(acme.Storefront.__module__, k8s.Pod.__module__)\n"
    script = shop.write("scripts/list.py", text)
    printed = succeed(shop.run("python", script, folder=tmp_path))
    assert printed.split() == ["kubeapis.acme.v1.storefront", "kubeapis.k8s.core_v1"]


def test_a_working_folder_below_the_project_finds_them(shop: Team) -> None:
    below = shop.project / "crds"
    own, shipped = origins(shop, "acme", "k8s", folder=below)
    assert own == shop.project / "imports" / "kubeapis" / "acme" / "__init__.py"
    assert not shipped.is_relative_to(shop.project)


@pytest.mark.parametrize("place", ["project", "tests", "parent"])
def test_pytest_finds_them(shop: Team, place: str) -> None:
    shop.write("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n')
    claim = "def test_kinds() -> None:\n    from kubeapis import acme, helm, k8s\n\n"
    claim += "    assert all([acme.Storefront, helm.cert_manager, k8s.Pod])\n"
    test = shop.write("tests/test_kinds.py", claim)
    folder = {"project": shop.project, "tests": test.parent, "parent": shop.project.parent}[place]
    options = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    assert "1 passed" in succeed(shop.run("pytest", *options, test, folder=folder))


def test_an_object_that_does_not_fit_the_own_schema_is_an_error(
    environment: Path, tmp_path: Path
) -> None:
    crd = definition("shop.example.org", "Storefront", "replicas")
    team = project(tmp_path / "shop", environment, "acme:=crds/own.yaml", own=crd)
    platform(team, "acme", made("shop.example.org/v1", "Storefront", {"replica": 2}))
    result = team.run("kubestrata", "check")
    assert result.returncode == 1
    assert "error V01 spec.replica:" in result.stdout
    assert "fix: write replicas" in result.stdout


def test_own_versions_of_a_shipped_package_win_for_imports_and_schemas(
    environment: Path, tmp_path: Path
) -> None:
    crd = definition("cilium.io", "CiliumNetworkPolicy", "own", version="v2")
    team = project(tmp_path / "net", environment, "cilium:=crds/own.yaml", own=crd)
    noted = team.run("kubestrata", "import").stderr
    assert "note kubeapis.cilium: replaces the installed package, which also has Cilium" in noted
    platform(team, "cilium, k8s", made("cilium.io/v2", "CiliumNetworkPolicy", {"own": 1}))
    assert "0 errors" in succeed(team.run("kubestrata", "check"))
    shipped: dict[str, Any] = {"endpointSelector": {}, "ingress": [{}]}
    platform(team, "cilium", made("cilium.io/v2", "CiliumNetworkPolicy", shipped))
    result = team.run("kubestrata", "check")
    assert "error V01 spec.endpointSelector:" in result.stdout
    text = "from kubeapis import cilium\ncilium.CiliumNetworkPolicySpec(own=1)\n"
    succeed(team.run("python", "-c", text))
    lost = team.run("python", "-c", "from kubeapis import cilium\ncilium.CiliumEgressGatewayPolicy")
    assert lost.returncode == 1
    assert "the project's own package replaces the one installed" in lost.stderr


def test_own_values_of_charts_are_added_to_the_shipped_ones(
    environment: Path, tmp_path: Path
) -> None:
    team = project(tmp_path / "charts", environment)
    team.write("web.schema.json", '{"type": "object", "properties": {"size": {"type": "integer"}}}')
    succeed(team.run("kubestrata", "import", "web:=web.schema.json"))
    lines = ["from kubeapis import helm, k8s", "from kubeapis.helm import external_dns"]
    lines += ["helm.web.Values(size=1)", "helm.cert_manager.Values()", "external_dns.Values()"]
    team.write("values.py", "\n".join([*lines, "k8s.ObjectMeta(name='a')", ""]))
    succeed(team.run("python", "values.py"))
    config = team.write("mypy.ini", "[mypy]\nstrict = true\nmypy_path = imports\n")
    assert "no issues found" in succeed(team.run("mypy", "--config-file", config, "values.py"))
    settings = {"typeCheckingMode": "strict", "extraPaths": ["imports"], "include": ["values.py"]}
    team.write("pyrightconfig.json", json.dumps(settings))
    pyright = Path(sys.executable).with_name("basedpyright")
    python = environment / "bin" / "python"
    assert "0 errors" in succeed(run([pyright, "--pythonpath", python], team.project))


def test_two_projects_of_one_environment_do_not_see_each_other(
    shop: Team, environment: Path, tmp_path: Path
) -> None:
    crd = definition("mail.example.org", "Inbox", "size")
    mail = project(tmp_path / "mail", environment, "mail:=crds/own.yaml", own=crd)
    assert origins(mail, "mail")[0].is_relative_to(mail.project)
    assert origins(shop, "acme")[0].is_relative_to(shop.project)
    for team, foreign in ((mail, "acme"), (shop, "mail")):
        result = team.run("python", "-c", PRINT, foreign)
        assert f"No module named 'kubeapis.{foreign}'" in result.stderr
    # A program belongs to its own project, wherever it is started.
    script = mail.write("show.py", "import sys\n" + PRINT)
    printed = succeed(mail.run("python", script, "mail", folder=shop.project))
    assert Path(printed.strip()).is_relative_to(mail.project)
