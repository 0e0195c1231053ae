"""Each step of the guide to one's own YAML runs, and has the result that the guide shows."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Cluster, Component, Host, Platform
from kubestrata.constructs import CiliumNetwork, Manifests, ObjectSelector
from kubestrata.core.errors import ImportSourceError, InvalidValue
from tests.constructs.checking import faults, rendered
from tests.constructs.helm.test_own_chart import write_chart
from tests.small_platform import flux, new_component
from tests.small_project import write_project

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = DOCS / "guide" / "bring-your-own-yaml.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
TEXT = [text for language, text in BLOCKS if language == "text"]
DIFF = [text for language, text in BLOCKS if language == "diff"]
CHART = 5
"""The step whose bindings are generated first."""


def home() -> Component:
    cluster = Cluster(
        Platform(),
        "home",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork()],
    )
    return new_component(cluster, "queues")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the vendor's file."""
    vendor = tmp_path / "charts" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "queues.yaml").write_text(BLOCKS[0][1])
    (tmp_path / "cdk8s.yaml").write_text("app: python main.py\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scope_of(step: int, folder: Path) -> dict[str, Any]:
    """The names of all steps up to one, without that of the chart."""
    file = folder / "charts" / "queues.py"
    scope: dict[str, Any] = {"__file__": str(file)}
    for number, text in enumerate(PYTHON[: step + 1]):
        if number != CHART:
            exec(compile(text, str(file), "exec"), scope)
    return scope


def listed(component: Component) -> set[str]:
    return {f"{item.identity.kind} {item.identity.name}" for item in component.rendered()}


def added(component: Component, without: Component) -> str:
    return "".join(f"{each}\n" for each in sorted(listed(component) - listed(without)))


def test_the_guide_has_the_blocks_of_its_steps() -> None:
    assert (len(PYTHON), len(TEXT), len(DIFF)) == (7, 5, 2)


def test_step_1_has_the_objects_of_the_file(folder: Path) -> None:
    component = home()
    scope_of(0, folder)["queues"](component)
    assert added(component, home()) == TEXT[0]
    assert faults(component) == []


@pytest.mark.parametrize("step", [1, 2])
def test_steps_2_and_3_change_what_the_guide_says(folder: Path, step: int) -> None:
    before, after = home(), home()
    scope_of(step - 1, folder)["queues"](before)
    scope_of(step, folder)["queues"](after)
    assert faults(after) == []
    pair = (rendered(before).splitlines(), rendered(after).splitlines())
    changes = {
        f"{line[0]}{line[1:].strip()}"
        for line in difflib.unified_diff(*pair, n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    }
    shown = {f"{line[0]}{line[1:].strip()}" for line in DIFF[step - 1].splitlines()}
    assert shown <= changes


def test_a_selector_of_nothing_is_answered_as_in_the_guide(folder: Path) -> None:
    drop = [ObjectSelector("Deployment", "operator")]
    with pytest.raises(InvalidValue) as raised:
        Manifests(home(), "operator", scope_of(0, folder)["INSTALL"], drop=drop)
    assert str(raised.value).partition(": ")[2] == TEXT[1].rstrip("\n")


def test_step_4_allows_traffic_and_waives_a_group(folder: Path) -> None:
    before, after = home(), home()
    scope = scope_of(3, folder)
    scope["queues"](before)
    scope["connected"](after)
    assert added(after, before) == TEXT[2]
    (waiver,) = after.waivers
    assert (waiver.rule, waiver.object.name) == ("P33", "queue-operator")
    assert faults(after) == []


def test_step_5_names_the_command_to_run(folder: Path) -> None:
    with pytest.raises(ImportSourceError) as raised:
        scope_of(4, folder)["fetched"](home())
    assert str(raised.value).partition("): ")[2] == TEXT[3].rstrip("\n")


def test_step_6_has_typed_values_that_check_renders(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    write_chart(tmp_path)
    assert project.run("import", "deploy/web").code == 0
    (tmp_path / "shop.py").write_text(PYTHON[CHART])
    project.edit(
        'k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})',
        "from shop import shop\n\n        shop(web)",
    )
    project.edit('["web", "api", "db"]', '["web"]')
    done = project.run("check", "--verbose")
    assert "Deployment.apps web/shop-main" in done.out
    (tmp_path / "shop.py").write_text(PYTHON[CHART].replace("replicas=2", "replcas=2"))
    wrong = project.run("synth")
    assert (wrong.code, "ValuesControllers: has no field 'replcas'" in wrong.err) == (2, True)


def test_step_7_has_a_config_map_named_by_its_content(folder: Path) -> None:
    component = home()
    scope_of(6, folder)["files"](component)
    assert added(component, home()) == TEXT[4]


def test_the_chart_of_the_page_on_releases_is_delivered(folder: Path) -> None:
    write_chart(folder, "deploy/shop")
    page = (DOCS / "constructs" / "helm-release.md").read_text()
    (block,) = [
        each for each in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "OwnC" in each
    ]
    scope: dict[str, Any] = {}
    exec("from kubestrata import Component\nfrom kubestrata.constructs import HelmRelease\n", scope)
    exec(block, scope)
    component = home()
    scope["own"](component)
    assert added(component, home()) == "HelmRelease shop-web\n"


@pytest.mark.parametrize(
    ("page", "name"), [("manifests", "waivers"), ("config-files", "dashboards")]
)
def test_the_second_example_of_a_page_runs(tmp_path: Path, page: str, name: str) -> None:
    path = DOCS / "constructs" / f"{page}.md"
    scope: dict[str, Any] = {"__file__": str(path)}
    for block in re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL):
        exec(compile(block, str(path), "exec"), scope)
    component = home()
    if name == "waivers":
        scope[name](Manifests(component, "operator", scope["INSTALL"]))
        assert len(component.waivers) == 1
    else:
        (tmp_path / "a.json").write_text('{ "uid": "a" }')
        scope[name](component, tmp_path)
        assert added(component, home()) == "ConfigMap dashboard-a\n"
