"""CPU time of the commands as a user runs them, on a copy of this repository."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TypeAlias

from environment import ROOT, Environments
from markdown import table
from measure import peak_memory, run
from verdict import Verdict

_COPIED = ("charts", "dist", "cdk8s.yaml", "main.py")
_EDITED, _TAG = Path("charts/apps/whoami.py"), "whoami:v1.10"
_FILE = "dist/mycluster-0/apps/podinfo/xplane-podinfo-app.yaml"
_MEMORY_ROUNDS = 3
_EDITED_COPY = "edited"
_TWO, _ALL = "two clusters", "all clusters"
_MAIN = {
    _TWO: """from charts.clusters.cloudlab.cluster import cloudlab
from charts.clusters.mycluster_0.cluster import mycluster_0
from kubestrata import Platform

if __name__ == "__main__":
    platform = Platform()
    cloudlab(platform)
    mycluster_0(platform)
    platform.synth()
""",
    _ALL: "",
}
"""The clusters that are built, with their main.py; that of the repository builds all of them."""
CommandCosts: TypeAlias = dict[tuple[str, str], tuple[float, int]]
"""Median CPU seconds and peak bytes, by clusters and command."""
_DIFF_EDITED = "diff, one chart edited"
_SYNTH_IN_CI = "synth, in CI"
"""There no check that passed before is kept."""
_COMMANDS: dict[str, Sequence[str]] = {
    "--help": ["--help"],
    "explain FILE": ["explain", _FILE],
    "synth": ["synth"],
    _SYNTH_IN_CI: ["synth"],
    "synth --no-check": ["synth", "--no-check"],
    "check": ["check"],
    "diff": ["diff"],
    _DIFF_EDITED: ["diff"],
}
_TARGETS = {"--help": 0.12, "explain FILE": 0.5, "synth": 1.0, _DIFF_EDITED: 0.9}


def measure_commands(environments: Environments, scratch: Path, rounds: int) -> CommandCosts:
    """Return the costs of each command for each set of clusters, warm; they take turns."""
    kept = {**environments.of("warm"), "XDG_CACHE_HOME": str(scratch / "cache"), "CI": ""}
    env = {name: {**kept, "CI": "true"} if name == _SYNTH_IN_CI else kept for name in _COMMANDS}
    asked = {
        (clusters, name): _folder(scratch, clusters, name)
        for clusters in _MAIN
        for name in _COMMANDS
    }
    for folder in sorted({*asked.values()}):
        _copy(folder, _MAIN[folder.parent.name])
        run(_command(["synth"]), kept, folder)
    for (_, name), folder in asked.items():
        run(_command(_COMMANDS[name]), env[name], folder)
    taken = {each: list[float]() for each in asked}
    for number in range(rounds):
        for folder in {*asked.values()}:
            if folder.name == _EDITED_COPY:
                _edit(folder, number)
        for (clusters, name), folder in asked.items():
            cost = run(_command(_COMMANDS[name]), env[name], folder, fine=(0, 1))
            taken[clusters, name].append(cost.cpu_seconds)
    peaks = {
        (clusters, name): median(
            peak_memory(_command(_COMMANDS[name]), env[name], folder, fine=(0, 1))
            for _ in range(_MEMORY_ROUNDS)
        )
        for (clusters, name), folder in asked.items()
    }
    return {each: (median(taken[each]), round(peaks[each])) for each in asked}


def _folder(scratch: Path, clusters: str, name: str) -> Path:
    return scratch / clusters / (_EDITED_COPY if name == _DIFF_EDITED else "as-is")


def _copy(folder: Path, main: str) -> None:
    folder.mkdir(parents=True)
    for name in _COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    if main:
        (folder / "main.py").write_text(main, encoding="utf-8")


def _edit(folder: Path, number: int) -> None:
    """Give the chart another image in each round, so that it is compiled again."""
    text = (ROOT / _EDITED).read_text(encoding="utf-8")
    edited = text.replace(_TAG, f"whoami:v1.11.{number}")
    if edited == text:
        raise ValueError(f"{_EDITED} has no {_TAG} to edit")
    (folder / _EDITED).write_text(edited, encoding="utf-8")


def _command(words: Sequence[str]) -> list[str]:
    return [str(Path(sys.executable).with_name("kubestrata")), *words]


def commands_table(costs: CommandCosts) -> str:
    """Return the table of the commands, with two columns for each set of clusters."""
    head = [
        "command",
        *(f"{clusters}: {what}" for clusters in _MAIN for what in ("CPU s", "peak MB")),
    ]
    rows = [
        [f"`{name}`", *(text for clusters in _MAIN for text in _cells(costs[clusters, name]))]
        for name in _COMMANDS
    ]
    return table(head, rows)


def _cells(cost: tuple[float, int]) -> tuple[str, str]:
    cpu, peak = cost
    return f"{cpu:.2f}", f"{peak / 1e6:.0f}"


def command_verdicts(costs: CommandCosts) -> list[Verdict]:
    """Return the targets of the commands, which are those of two clusters."""
    return [
        Verdict(f"s CPU, `kubestrata {name}`, {_TWO}", costs[_TWO, name][0], wanted, is_cost=True)
        for name, wanted in _TARGETS.items()
    ]
