"""Growth of the commands' time with the number of components in one cluster."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from environment import Environments
from markdown import table
from measure import median_cost, peak_memory, run

SIZES = (250, 500, 1000, 2000, 4000)
COMMANDS = ("synth", "check", "diff", "graph")
_MAIN = """import sys
sys.path.insert(0, {here!r})
from growth_app import build
build({size}).synth()
"""
_RUN = "import os, sys; os.chdir({project!r}); sys.argv = ['kubestrata', {command!r}]; "
_RUN += "from kubestrata.cli import main; main()"


def section(scratch: Path, sizes: Sequence[int], rounds: int) -> str:
    """Measure the commands at each size, and return the text with its table."""
    environments = Environments(scratch, [])
    rows = [_row(environments, scratch, size, rounds) for size in sizes]
    head = ["components", "objects", *(f"{command} s" for command in COMMANDS), "synth MB"]
    return f"""### Growth

One made-up cluster, in which each component has a workload and names up to three others, so that
the order of all of them is one long chain. CPU seconds of all processes, warm, medians of
{rounds} rounds; memory is their peak.

{table(head, rows)}"""


def _row(environments: Environments, scratch: Path, size: int, rounds: int) -> list[str]:
    project = scratch / f"growth-{size}"
    project.mkdir()
    (project / "cdk8s.yaml").write_text("language: python\napp: python main.py\noutput: dist\n")
    here = str(Path(__file__).resolve().parent)
    (project / "main.py").write_text(_MAIN.format(here=here, size=size))
    env = environments.of("warm")
    memory = peak_memory(_command(project, "synth"), env, project)
    times = [
        median_cost([run(_command(project, command), env, project) for _ in range(rounds)])
        for command in COMMANDS
    ]
    objects = sum(path.name != "kustomization.yaml" for path in (project / "dist").rglob("*.yaml"))
    seconds = [f"{cost.cpu_seconds:.1f}" for cost in times]
    return [str(size), f"{objects:,}", *seconds, f"{memory / 2**20:.0f}"]


def _command(project: Path, command: str) -> list[str]:
    return [sys.executable, "-c", _RUN.format(project=str(project), command=command)]
