"""The hash seed and the optimization level of Python change nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.command_server import run_command
from tests.small_project import Project, Run

SEEDS = ("0", "1", "2", "random")
OPTIMIZED = ("PYTHONOPTIMIZE", "2")
COMMANDS = (
    "--help",
    "synth --help",
    "check --help",
    "diff --help",
    "explain --help",
    "graph --help",
    "import --help",
    "check --explain G09",
    "check --explain graph",
    "check --explain policy",
    "check --output json",
    "check --output sarif",
    "graph --output json",
    "explain dist/c1/apps/web/settings-configmap.yaml",
)
API = '''
from kubestrata.core.declaration import Declaration


class Size(Declaration):
    """The size of a box."""

    replicas: int = 1


class Box(Declaration):
    """Parts of a box.

    More of it.
    """

    text: str
    size: Size = Size()


class Bare(Declaration):
    text: str
'''


def run_with(start: tuple[str, str], project: Project, *arguments: str) -> Run:
    """Run a command in an interpreter that was started with a variable."""
    return Run(*run_command(arguments, project.root, os.environ, start))


def with_seed(seed: str, project: Project, *arguments: str) -> Run:
    return run_with(("PYTHONHASHSEED", seed), project, *arguments)


@pytest.mark.parametrize(
    "value", ['{"aa", "bb", "cc"}', "frozenset(NAMES)", "{1: 'a', 'b': 2}.keys()"]
)
def test_unordered_values_are_refused_alike_under_every_seed(project: Project, value: str) -> None:
    project.edit('data={"text": "value", "n": "08"}', f'data={{"text": {value}}}')
    runs = [with_seed(seed, project, "synth") for seed in SEEDS]
    assert {run.code for run in runs} == {2}
    assert len({run.err for run in runs}) == 1
    assert "ConfigMap.data.text" in runs[0].err
    assert "fix: pass sorted(...) of it" in runs[0].err
    assert not project.dist.exists()


def test_sorted_they_give_the_same_bytes_under_every_seed(project: Project) -> None:
    ordered = '" ".join(sorted({"aa", "bb", "cc", "dd"}))'
    project.edit('data={"text": "value", "n": "08"}', f'data={{"text": {ordered}}}')
    assert with_seed("0", project, "synth").code == 0
    for seed in SEEDS:
        assert with_seed(seed, project, "diff").code == 0


def test_the_optimization_level_changes_no_byte_of_the_tree(project: Project) -> None:
    assert project.run("synth").code == 0
    before = project.tree()
    done = run_with(OPTIMIZED, project, "synth", "--output", "optimized")
    assert (done.code, done.err) == (0, "")
    written = {
        str(path.relative_to(project.root / "optimized")): path.read_bytes()
        for path in (project.root / "optimized").rglob("*")
        if path.is_file()
    }
    assert written == before


@pytest.mark.parametrize("command", COMMANDS)
def test_the_optimization_level_changes_no_output(project: Project, command: str) -> None:
    plain = project.run(*command.split())
    assert plain.code in (0, 1)
    assert plain.out
    assert run_with(OPTIMIZED, project, *command.split()) == plain


SCHEMA = """
import json
from kubestrata.constructs.platform_api.declaration_schema import structural_schema
print(json.dumps([structural_schema(kind) for kind in (Box, Bare)]))
"""


def test_descriptions_of_a_platform_api_survive_the_optimization(project: Project) -> None:
    (project.root / "main.py").write_text(API + SCHEMA)
    plain, optimized = (run_python(project, level) for level in ("0", OPTIMIZED[1]))
    assert plain == optimized
    assert '"description": "Parts of a box."' in plain
    assert '"description": "The size of a box."' in plain
    assert plain.count("description") == 2


def run_python(project: Project, level: str) -> str:
    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=project.root,
        env={**os.environ, "PYTHONOPTIMIZE": level},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout
