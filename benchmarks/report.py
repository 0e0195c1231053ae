"""The results as markdown tables."""

from __future__ import annotations

import os
import platform
import subprocess
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

import command_cost
import comparison
import object_growth
from environment import STATES, State, bundled_node
from markdown import ms, table
from phases import PHASES
from verdict import Verdict

_MB = 1_000_000


@dataclass(slots=True)
class Results:
    """The measurements of a run."""

    rounds: int
    notes: list[str] = field(default_factory=list[str])
    objects: list[comparison.Figure] = field(default_factory=list[comparison.Figure])
    growth: list[object_growth.Size] = field(default_factory=list[object_growth.Size])
    commands: command_cost.CommandCosts = field(default_factory=command_cost.CommandCosts)
    phases: dict[State, dict[str, float]] = field(default_factory=dict[State, dict[str, float]])


def _objects(figures: Sequence[comparison.Figure]) -> str:
    rows = [
        [
            *(str(one.objects), one.state, one.side),
            *(f"{one.cost.wall_seconds:.2f}", f"{one.cost.cpu_seconds:.2f}"),
            f"{one.peak_bytes / _MB:.0f}",
        ]
        for one in figures
    ]
    return table(["objects", "state", "side", "wall s", "CPU s", "peak MB"], rows)


def _ratios(figures: list[comparison.Figure]) -> str:
    rows = [
        [str(objects), state, f"{cpu:.2f}", f"{memory:.2f}"]
        for (objects, state), (cpu, memory) in comparison.ratios(figures).items()
    ]
    return table(["objects", "state", "cdk8s / kubestrata, CPU", "memory"], rows)


def _phases(phases: dict[State, dict[str, float]]) -> str:
    head = ["state", *(f"{name} ms" for name in (*PHASES, "total", "CPU"))]
    rows = [
        [state, *(ms(taken[name]) for name in (*PHASES, "total", "CPU"))]
        for state, taken in phases.items()
    ]
    return table(head, rows)


def machine() -> str:
    """Return cores, system and versions."""
    node = subprocess.run([bundled_node(), "--version"], capture_output=True, text=True, check=True)
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"Node {node.stdout.strip()}, cdk8s {version('cdk8s')}, jsii {version('jsii')}"
    )


_METHOD = """{machine}. Medians of {rounds} rounds in fresh processes that take turns. CPU is
user and system time of the whole process tree, Node included; peak memory is what the tree
holds at one time, shared pages counted once. Files are written to memory, not to a disk."""
_OBJECTS = """One component or chart per app; each app is a Deployment, Service, ServiceAccount,
ConfigMap, HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicy and HTTPRoute, and all
share one namespace. kubestrata also writes the lists of files and the Flux Kustomizations. No side
checks anything, and both leave Python's garbage alone as the command `kubestrata` does."""
_SAME = "Before measuring, the objects of both sides were parsed and found equal, one by one."
_GROWTH = """The same objects by kubestrata alone, warm; without checks, as above."""
_COMMANDS = """As a user runs them, warm, on copies of the platforms of this repository, whose tree
is up to date: of `cloudlab` and `mycluster-0` alone, and of all clusters. `synth`, `check` and
`diff` check or compare every object; checks of one object that found nothing before are known
([decision 0043](../decisions/0043-passed-checks.md)), but not in CI. The edited chart has another
image, so it is compiled again, one object changes, and rules on changes run."""
_PHASES = """`imports` are those of Python; `jsii start` is Node's start and the loading of its
packages; `build` runs main.py; `derive` makes the tree in memory; `rest` is the end of Node and
Python, and what the timing itself loads. Wall time, but for the last column."""


def _listed(verdicts: Sequence[Verdict]) -> str:
    return "\n".join(f"- {verdict}" for verdict in verdicts)


def render(results: Results) -> str:
    """Return the whole page."""
    checked = _listed(comparison.verdicts(results.objects))
    parts = [
        "# Performance",
        "Written by `make bench`. The seconds are those of one machine: trust the ratios.",
        textwrap.fill(_METHOD.format(machine=machine(), rounds=results.rounds), 96),
        "\n".join(f"- **{state}**: {meaning}" for state, meaning in STATES.items()),
        *results.notes,
        "## The same objects by kubestrata and by plain cdk8s",
        _OBJECTS,
        _objects(results.objects),
        *([_SAME, _ratios(results.objects), checked] if checked else []),
        "## More objects",
        _GROWTH,
        object_growth.growth_table(results.growth),
        _listed(object_growth.growth_verdicts(results.growth)),
        "## The commands in this repository",
        _COMMANDS,
        command_cost.commands_table(results.commands),
        _listed(command_cost.command_verdicts(results.commands)),
        "## Synth of this repository's platform",
        _PHASES,
        _phases(results.phases),
    ]
    return "\n\n".join(parts) + "\n"
