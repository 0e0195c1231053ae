"""Measures the tools a user would pick instead, for the same objects, and prints the table.

Usage: python benchmarks/run_alternatives.py [--rounds 5] [--objects 400 1600] [--write FILE]

A tool that cannot run here, or that renders other objects, is left out and named below the table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import comparison
import report_alternatives
from alternative import ALTERNATIVES, Alternative
from environment import Environments, State, memory_folder
from markdown import ALTERNATIVES as HEADING
from markdown import write_section
from measure import CommandFailedError
from run import OBJECTS
from workload import OBJECTS_PER_APP

STATES: tuple[State, ...] = ("cold", "warm")
_FEW = 16
_MOST_TEXT = 300


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(slots=True)
class Sides:
    """The tools that render the same objects, so far, and why others do not."""

    scratch: Path
    environments: Environments
    kept: list[Alternative] = field(default_factory=lambda: list(ALTERNATIVES))
    notes: list[str] = field(default_factory=list[str])

    @property
    def output(self) -> Path:
        """The folder that every tool writes into."""
        return self.scratch / "output"

    def commands(self, objects: int) -> dict[str, list[str]]:
        """Return the command of each tool for that many objects, if it renders the same ones."""
        found: dict[str, list[str]] = {}
        ours: comparison.Objects = {}
        for side in self.kept:
            try:
                home = side.prepare(self.scratch, objects)
                command = side.command(home, self.output, objects // OBJECTS_PER_APP)
                theirs = comparison.rendered(self.environments, self.output, side.name, command)
                ours = ours or theirs
                comparison.check_same(ours, theirs, objects)
            except (CommandFailedError, comparison.DifferentObjectsError, OSError) as error:
                self.notes.append(f"{side.name}, {objects} objects: {str(error)[:_MOST_TEXT]}")
                _say(self.notes[-1])
            else:
                found[side.name] = command
        self.kept = [side for side in self.kept if side.name in found]
        return found


def _measure(sides: Sides, objects: int, rounds: int) -> list[comparison.Figure]:
    _say(f"{objects} objects, same on all sides?")
    commands = sides.commands(objects)
    figures: list[comparison.Figure] = []
    for state in STATES:
        _say(f"{objects} objects, {state} ...")
        figures += comparison.compare(
            *(sides.environments, sides.output, commands),
            objects=objects,
            state=state,
            rounds=rounds,
        )
    return figures


def main() -> int:
    """Measure, and print the section; exit status 1 if a tool was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each figure (default 5)")
    sizes = "how many objects, multiples of 8"
    parser.add_argument("--objects", type=int, nargs="+", default=OBJECTS, help=sizes)
    parser.add_argument("--write", type=Path, help="also write the section into this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as folder:
        scratch = Path(folder)
        sides = Sides(scratch, Environments(scratch, []))
        sides.commands(_FEW)
        sides.environments.warm_up([])  # each side ran above
        if ALTERNATIVES[0] not in sides.kept:
            return 1
        figures = [one for size in options.objects for one in _measure(sides, size, options.rounds)]
    text = report_alternatives.render(figures, sides.notes, options.rounds)
    print(text)
    if options.write:
        write_section(options.write, HEADING, text)
    return 1 if sides.notes else 0


if __name__ == "__main__":
    sys.exit(main())
