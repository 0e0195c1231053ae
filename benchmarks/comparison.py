"""The same objects by kubestrata and by plain cdk8s, side by side."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from environment import BENCHMARKS, Environments, State
from measure import Cost, median_cost, peak_memory, run
from verdict import Verdict
from workload import OBJECTS_PER_APP

KUBESTRATA, CDK8S = "kubestrata", "cdk8s"
SIDES = (KUBESTRATA, CDK8S)
MEMORY_ROUNDS = 3
_TARGETS = {400: 2.5, 1600: 6.0}


class DifferentObjectsError(Exception):
    """The two sides did not render the same objects."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The cost of writing `objects` on one side, in one state of the bytecode."""

    objects: int
    state: State
    side: str
    cost: Cost
    peak_bytes: int


def command(side: str, output: Path, objects: int) -> list[str]:
    """Return the command that writes that many objects and their namespace on a side."""
    script = BENCHMARKS / f"{side}_app.py"
    return [sys.executable, str(script), str(output), str(objects // OBJECTS_PER_APP)]


def _objects(side: str, output: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(output.rglob("*.yaml")):
        parts = file.relative_to(output).parts
        # Only kubestrata writes these: the entry of Flux and the lists of files.
        if side == KUBESTRATA and (parts[1] == "flux" or parts[-1] == "kustomization.yaml"):
            continue
        yield from yaml.load_all(file.read_text(), yaml.CSafeLoader)


def _by_identity(side: str, output: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in _objects(side, output):
        metadata = one["metadata"]
        key = (one["apiVersion"], one["kind"], metadata.get("namespace", ""), metadata["name"])
        if key in found:
            raise DifferentObjectsError(f"{side} wrote {key} twice")
        found[key] = one
    return found


def check_same(environments: Environments, scratch: Path, objects: int) -> None:
    """Raise DifferentObjectsError unless both sides render the same."""
    rendered = {}
    for side in SIDES:
        output = scratch / f"check-{side}"
        run(command(side, output, objects), environments.of("warm"), scratch)
        rendered[side] = _by_identity(side, output)
        shutil.rmtree(output)
    ours, theirs = rendered[KUBESTRATA], rendered[CDK8S]
    different = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
    if different or len(ours) != objects + 1:
        first = min(different, default=())
        raise DifferentObjectsError(
            f"{len(different)} of {len(ours)} and {len(theirs)} objects differ, first {first}"
        )


def compare(
    environments: Environments,
    scratch: Path,
    *,
    objects: int,
    state: State,
    sides: tuple[str, ...],
    rounds: int,
) -> list[Figure]:
    """Return medians of `rounds` runs of each side in turns; memory in separate runs."""
    env = environments.of(state)
    output = scratch / "output"
    costs: dict[str, list[Cost]] = {side: [] for side in sides}
    peaks: dict[str, list[int]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            costs[side].append(run(command(side, output, objects), env, scratch))
            shutil.rmtree(output)
    for _ in range(MEMORY_ROUNDS):
        for side in sides:
            peaks[side].append(peak_memory(command(side, output, objects), env, scratch))
            shutil.rmtree(output)
    return [
        Figure(objects, state, side, median_cost(costs[side]), round(median(peaks[side])))
        for side in sides
    ]


def ratios(figures: list[Figure]) -> dict[tuple[int, State], tuple[float, float]]:
    """Return the factors of CPU and memory that cdk8s takes, by objects and state."""
    found = {(one.objects, one.state, one.side): one for one in figures}
    return {
        (objects, state): (
            found[objects, state, CDK8S].cost.cpu_seconds / ours.cost.cpu_seconds,
            found[objects, state, CDK8S].peak_bytes / ours.peak_bytes,
        )
        for (objects, state, side), ours in found.items()
        if side == KUBESTRATA and (objects, state, CDK8S) in found
    }


def verdicts(figures: list[Figure]) -> list[Verdict]:
    """Return the targets, measured on cold runs."""
    judged = []
    for (objects, state), (cpu, memory) in ratios(figures).items():
        if state == "cold" and objects in _TARGETS:
            judged += [
                Verdict(f"times less CPU, {objects} objects, cold", cpu, _TARGETS[objects]),
                Verdict(f"times less memory, {objects} objects, cold", memory, 1.0),
            ]
    return judged
