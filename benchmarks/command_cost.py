"""CPU time of the commands as a user runs them, on a copy of this repository."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from environment import ROOT, Environments
from markdown import table
from measure import peak_memory, run
from verdict import Verdict

_COPIED = ("charts", "dist", "cdk8s.yaml", "main.py")
_EDITED, _TAG = Path("charts/apps/whoami.py"), "whoami:v1.11.0"
_FILE = "dist/mycluster-0/apps/podinfo/xplane-podinfo-app.yaml"
_MEMORY_ROUNDS = 3
_DIFF_EDITED = "diff, one chart edited"
_COMMANDS: dict[str, Sequence[str]] = {
    "--help": ["--help"],
    "explain FILE": ["explain", _FILE],
    "synth": ["synth"],
    "synth --no-check": ["synth", "--no-check"],
    "check": ["check"],
    "diff": ["diff"],
    _DIFF_EDITED: ["diff"],
}
_TARGETS = {"--help": 0.12, "explain FILE": 0.5, "synth": 1.0, _DIFF_EDITED: 0.9}


def measure_commands(
    environments: Environments, scratch: Path, rounds: int
) -> dict[str, tuple[float, int]]:
    """Return the median CPU seconds and peak bytes of each command, warm; they take turns."""
    as_is, edited = scratch / "as-is", scratch / "edited"
    folders = {name: edited if name == _DIFF_EDITED else as_is for name in _COMMANDS}
    for folder in (as_is, edited):
        _copy(folder)
    env = environments.of("warm")
    for name, words in _COMMANDS.items():
        run(_command(words), env, folders[name])
    taken = {name: list[float]() for name in _COMMANDS}
    for number in range(rounds):
        _edit(edited, number)
        for name, words in _COMMANDS.items():
            cost = run(_command(words), env, folders[name], fine=(0, 1))
            taken[name].append(cost.cpu_seconds)
    peaks = {
        name: median(
            peak_memory(_command(words), env, folders[name], fine=(0, 1))
            for _ in range(_MEMORY_ROUNDS)
        )
        for name, words in _COMMANDS.items()
    }
    return {name: (median(taken[name]), round(peaks[name])) for name in _COMMANDS}


def _copy(folder: Path) -> None:
    folder.mkdir()
    for name in _COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)


def _edit(folder: Path, number: int) -> None:
    """Give the chart another image in each round, so that it is compiled again."""
    text = (ROOT / _EDITED).read_text(encoding="utf-8")
    edited = text.replace(_TAG, f"whoami:v1.12.{number}")
    (folder / _EDITED).write_text(edited, encoding="utf-8")


def _command(words: Sequence[str]) -> list[str]:
    return [str(Path(sys.executable).with_name("kubestrata")), *words]


def commands_table(costs: dict[str, tuple[float, int]]) -> str:
    """Return the table of the commands."""
    rows = [[f"`{name}`", f"{cpu:.2f}", f"{peak / 1e6:.0f}"] for name, (cpu, peak) in costs.items()]
    return table(["command", "CPU s", "peak MB"], rows)


def command_verdicts(costs: dict[str, tuple[float, int]]) -> list[Verdict]:
    """Return the targets of the commands."""
    return [
        Verdict(f"s CPU, `kubestrata {name}`, warm", costs[name][0], wanted, is_cost=True)
        for name, wanted in _TARGETS.items()
    ]
