"""The same objects by kubestrata and by plain cdk8s, side by side."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
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
_TARGETS = {400: 9.0, 1600: 14.0}

Objects = dict[tuple[str, ...], dict[str, Any]]
"""Manifests by API version, kind, namespace and name."""


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
        # Helm writes empty documents.
        yield from filter(None, yaml.load_all(file.read_text(), yaml.CSafeLoader))


def _by_identity(side: str, output: Path) -> Objects:
    found: Objects = {}
    for one in _objects(side, output):
        metadata = one["metadata"]
        key = (one["apiVersion"], one["kind"], metadata.get("namespace", ""), metadata["name"])
        if key in found:
            raise DifferentObjectsError(f"{side} wrote {key} twice")
        found[key] = one
    return found


def rendered(
    environments: Environments, output: Path, side: str, command: Sequence[str]
) -> Objects:
    """Run a side once, and return the objects it wrote into `output`, which is removed."""
    output.mkdir()
    try:
        run(command, environments.of("warm"), output.parent)
        return _by_identity(side, output)
    finally:
        shutil.rmtree(output)


def check_same(ours: Objects, theirs: Objects, objects: int) -> None:
    """Raise DifferentObjectsError unless both sides are equal, with one namespace."""
    different = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
    if different or len(ours) != objects + 1:
        first = min(different, default=())
        raise DifferentObjectsError(
            f"{len(different)} of {len(ours)} and {len(theirs)} objects differ, first {first}"
        )


def compare(
    environments: Environments,
    output: Path,
    commands: Mapping[str, Sequence[str]],
    *,
    objects: int,
    state: State,
    rounds: int,
) -> list[Figure]:
    """Medians of `rounds` runs of each side, taking turns; memory in runs of its own.

    Every side's command writes into the folder `output`, which is empty at its start.
    """
    env, scratch = environments.of(state), output.parent
    costs: dict[str, list[Cost]] = {side: [] for side in commands}
    peaks: dict[str, list[int]] = {side: [] for side in commands}
    for _ in range(rounds):
        for side, words in commands.items():
            output.mkdir()
            costs[side].append(run(words, env, scratch))
            shutil.rmtree(output)
    for _ in range(MEMORY_ROUNDS):
        for side, words in commands.items():
            output.mkdir()
            peaks[side].append(peak_memory(words, env, scratch))
            shutil.rmtree(output)
    return [
        Figure(objects, state, side, median_cost(costs[side]), round(median(peaks[side])))
        for side in commands
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
    checked = []
    for (objects, state), (cpu, memory) in ratios(figures).items():
        if state == "cold" and objects in _TARGETS:
            checked += [
                Verdict(f"times less CPU, {objects} objects, cold", cpu, _TARGETS[objects]),
                Verdict(f"times less memory, {objects} objects, cold", memory, 1.0),
            ]
    return checked
