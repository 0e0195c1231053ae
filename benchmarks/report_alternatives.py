"""The section on alternatives: the same objects by tools that a user would pick instead."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Mapping, Sequence

from alternative import ALTERNATIVES
from comparison import KUBESTRATA, Figure
from environment import STATES, State
from markdown import ALTERNATIVES as HEADING
from markdown import table

_HOW = """The objects of the first table of this page. What each tool is given is in
`benchmarks/alternatives` or generated from the facts of the apps before measuring; its objects
were parsed and found equal to those of kubestrata, one by one. Whole fresh processes that take
turns, medians of {rounds} rounds; CPU is user and system time of the whole process tree. A
ratio divides by the figure of kubestrata for the same objects and state: below 1, the tool is
cheaper."""
_SCOPE = """The tools do not do the same work. As they are used here, only kubestrata and cloudcoil
know the fields of a kind, and only kubestrata writes Kustomizations for Flux. `cold` costs
kubestrata alone more than `warm`, because the others are installed packages and a short script;
what else differs between their two rows is noise."""


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, 96, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _row(one: Figure, ours: Figure) -> list[str]:
    return [
        *(f"{one.objects:,}", one.state, one.side),
        *(f"{one.cost.wall_seconds:.2f}", f"{one.cost.cpu_seconds:.2f}"),
        f"{one.peak_bytes / 1_000_000:.0f}",
        f"{one.cost.cpu_seconds / ours.cost.cpu_seconds:.2f}",
        f"{one.peak_bytes / ours.peak_bytes:.2f}",
    ]


def _cheaper(figures: Sequence[Figure], ours: Mapping[tuple[int, State], Figure]) -> str:
    """Name the tools that took less CPU than kubestrata."""
    found = [
        f"{one.side} at {one.objects:,} objects, {one.state} "
        f"({one.cost.cpu_seconds / ours[one.objects, one.state].cost.cpu_seconds:.2f})"
        for one in figures
        if one.cost.cpu_seconds < ours[one.objects, one.state].cost.cpu_seconds
    ]
    return f"Less CPU than kubestrata: {'; '.join(found) or 'none'}."


def render(figures: Sequence[Figure], notes: Sequence[str], rounds: int) -> str:
    """Render the whole section."""
    ours = {(one.objects, one.state): one for one in figures if one.side == KUBESTRATA}
    measured = {one.side for one in figures}
    states = {one.state for one in figures}
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = ["objects", "state", "side", "wall s", "CPU s", "peak MB", "CPU ratio", "memory ratio"]
    parts = [
        HEADING,
        f"Written by `make bench-alternatives`. {machine}.",
        _wrapped(_HOW.format(rounds=rounds)),
        "\n".join(f"- **{name}**: {text}" for name, text in STATES.items() if name in states),
        "\n".join(
            _wrapped(f"- **{each.name}**: {each.meaning}", "  ")
            for each in ALTERNATIVES
            if each.name in measured
        ),
        table(head, (_row(one, ours[one.objects, one.state]) for one in figures)),
        _wrapped(_cheaper(figures, ours)),
        _wrapped(_SCOPE),
        "\n".join(_wrapped(f"- Not measured: {note}", "  ") for note in notes),
    ]
    return "\n\n".join(part for part in parts if part)
