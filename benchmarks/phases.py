"""Phases of synth for the platform of this repository, with their time."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from statistics import median

from environment import BENCHMARKS, Environments, State
from measure import run

PHASES = ("interpreter", "imports", "jsii start", "build", "derive", "write", "rest")


def command(output: Path) -> list[str]:
    """Return the command of one round."""
    return [sys.executable, str(BENCHMARKS / "platform_app.py"), str(output)]


def measure_phases(
    environments: Environments, scratch: Path, *, state: State, rounds: int
) -> dict[str, float]:
    """Return median wall seconds by phase; `total` is their sum, `CPU` that of all processes."""
    env = environments.of(state)
    output = scratch / "output"
    taken: list[dict[str, float]] = []
    for _ in range(rounds):
        interpreter = run([sys.executable, "-c", "pass"], env, scratch).wall_seconds
        cost = run(command(output), env, scratch)
        shutil.rmtree(output)
        inner: dict[str, float] = json.loads((scratch / "output.txt").read_text())
        rest = cost.wall_seconds - interpreter - sum(inner.values())
        whole = {"total": cost.wall_seconds, "CPU": cost.cpu_seconds}
        taken.append({"interpreter": interpreter, **inner, "rest": rest, **whole})
    return {name: median(one[name] for one in taken) for name in (*PHASES, "total", "CPU")}
