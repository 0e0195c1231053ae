"""Cost of each further object of kubestrata, without checks."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import comparison
from environment import Environments
from markdown import table
from measure import Cost, median_cost, peak_memory, run
from verdict import Verdict

SIZES = (400, 1600, 6400, 25_000)
_FROM, _TO = 1600, 25_000
_MS_WANTED, _MB_WANTED = 0.08, 70


@dataclass(frozen=True, slots=True)
class Size:
    """The cost of writing `objects`."""

    objects: int
    cpu_seconds: float
    peak_bytes: int


def measure_growth(environments: Environments, output: Path, rounds: int) -> list[Size]:
    """Return the medians of each size, warm; the sizes take turns."""
    env, scratch = environments.of("warm"), output.parent
    commands = {size: comparison.command(comparison.KUBESTRATA, output, size) for size in SIZES}
    costs = {size: list[Cost]() for size in SIZES}
    peaks: dict[int, int] = {}
    for _ in range(rounds):
        for size, words in commands.items():
            output.mkdir()
            costs[size].append(run(words, env, scratch))
            shutil.rmtree(output)
    for size, words in commands.items():
        output.mkdir()
        peaks[size] = peak_memory(words, env, scratch)
        shutil.rmtree(output)
    return [Size(size, median_cost(costs[size]).cpu_seconds, peaks[size]) for size in SIZES]


def _per_object(one: Size, other: Size) -> float:
    """Return the milliseconds of each object that the larger has more."""
    return 1000 * (other.cpu_seconds - one.cpu_seconds) / (other.objects - one.objects)


def growth_table(sizes: Sequence[Size]) -> str:
    """Return the table of the sizes."""
    rows = []
    for index, size in enumerate(sizes):
        more = f"{_per_object(sizes[index - 1], size):.3f}" if index else ""
        peak = f"{size.peak_bytes / 1e6:.0f}"
        rows.append([f"{size.objects:,}", f"{size.cpu_seconds:.2f}", more, peak])
    return table(["objects", "CPU s", "ms for each object more", "peak MB"], rows)


def growth_verdicts(sizes: Sequence[Size]) -> list[Verdict]:
    """Return the targets of growth and memory."""
    known = {size.objects: size for size in sizes}
    per_object = _per_object(known[_FROM], known[_TO])
    text = f"ms CPU for each object between {_FROM:,} and {_TO:,}"
    peak = known[_FROM].peak_bytes / 1e6
    return [
        Verdict(text, per_object, _MS_WANTED, is_cost=True),
        Verdict(f"MB at most, {_FROM:,} objects", peak, _MB_WANTED, is_cost=True),
    ]
