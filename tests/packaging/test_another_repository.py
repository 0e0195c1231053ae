"""The guide for other repositories, followed to the letter with the wheel."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.team import ROOT, Team, run, succeed

PAGE = (ROOT / "docs" / "guide" / "another-repository.md").read_text(encoding="utf-8")
FILES: dict[str, str] = dict(
    re.findall(r"^`([^`]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
)
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
INSTALL = ["python3 -m venv .venv", ".venv/bin/pip install -r requirements.txt"]
ACTIVATE = ". .venv/bin/activate"
CI: dict[str, Any] = yaml.safe_load(FILES[".github/workflows/ci.yaml"])
STEPS = [step["run"] for step in CI["jobs"]["check"]["steps"] if "run" in step]


@dataclass(frozen=True, slots=True)
class Followed:
    """The repository that the page makes, after its last command, and what each one printed."""

    team: Team
    path: str
    printed: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, command: str) -> str:
        """Run a line of shell as the page has it; return its output."""
        return succeed(run(["sh", "-ec", command], self.team.project, path=self.path))


@pytest.fixture(scope="module")
def followed(wheel_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """All files of the page, then its commands in their order; installing is the fixture's."""
    team = Team(tmp_path_factory.mktemp("another-repository"), wheel_environment)
    programs = tmp_path_factory.mktemp("programs")
    pyright = programs / "basedpyright"
    python, script = wheel_environment / "bin" / "python", f"{sys.prefix}/bin/basedpyright"
    pyright.write_text(f'#!/bin/sh\nexec {script} --pythonpath {python} "$@"\n', encoding="utf-8")
    pyright.chmod(0o755)
    made = Followed(team, f"{wheel_environment}/bin:{programs}:/usr/bin:/bin")
    for name, text in FILES.items():
        team.write(name, text)
    for command in COMMANDS:
        if command not in (*INSTALL, ACTIVATE):
            made.printed[command] = made.run(command)
    return made


def test_the_page_installs_what_it_uses() -> None:
    assert COMMANDS[:3] == [*INSTALL, ACTIVATE]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned, *others = FILES["requirements.txt"].split()
    assert pinned == f"kubestrata=={version['version']}"
    used = {command.split()[0] for command in COMMANDS[3:]}
    assert used == {"kubestrata", *others}


def test_each_cluster_has_the_tree_that_the_page_lists(followed: Followed) -> None:
    [listed] = re.findall(
        r"tree of one cluster:\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    )
    for cluster in ("production", "staging"):
        tree = followed.team.project / "dist" / cluster
        made = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.yaml"))
        assert made == listed.split()


def test_check_validates_every_object_and_finds_nothing(followed: Followed) -> None:
    summary = followed.printed["kubestrata check"].splitlines()[-1]
    assert re.fullmatch(
        r"\d+ objects checked, 0 errors, 0 warnings, 0 notes, 0 waived, 0 not checked", summary
    )


def test_the_program_writes_what_the_command_wrote(followed: Followed) -> None:
    tree = followed.team.project / "dist"
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    shutil.rmtree(tree)
    followed.run("python main.py")
    assert {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("step", sorted({*STEPS} - {*COMMANDS, "pip install -r requirements.txt"}))
def test_a_step_of_the_recipe_passes(followed: Followed, step: str) -> None:
    followed.run(step)


def test_the_recipe_runs_what_the_page_ran(followed: Followed) -> None:
    assert followed.path
    assert {"pytest", "mypy", "basedpyright"} <= {*STEPS} & {*COMMANDS}  # which have passed
    assert "kubestrata diff" in STEPS
    assert STEPS[0] == "pip install -r requirements.txt"


@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_a_wrong_keyword_of_the_own_kind_is_an_error_of_the_type_checker(
    followed: Followed, checker: str
) -> None:
    path = followed.team.project / "components" / "shop.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("theme=", "them="), encoding="utf-8")
    try:
        result = run(["sh", "-ec", checker], followed.team.project, path=followed.path)
    finally:
        path.write_text(text, encoding="utf-8")
    assert result.returncode == 1
    assert "components/shop.py:" in result.stdout
    assert '"them"' in result.stdout


def test_check_validates_the_own_kind_by_its_schema(followed: Followed) -> None:
    path = followed.team.project / "clusters.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("replicas=3", "replicas=0"), encoding="utf-8")
    try:
        result = run(["kubestrata", "check"], followed.team.project, path=followed.path)
    finally:
        path.write_text(text, encoding="utf-8")
    assert result.returncode == 1
    assert "spec.replicas" in result.stdout
