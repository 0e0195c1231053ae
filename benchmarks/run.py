"""Measurement of synth side by side with plain cdk8s, printed as tables.

Usage: python benchmarks/run.py [--rounds 5] [--write docs/reference/performance.md]

Every figure is a median over fresh processes that take turns with what they are compared to.
Exit status: 0, or 1 if the two sides did not render the same objects.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import cdk8s_bindings
import command_cost
import comparison
import object_growth
import phases
import report
from environment import STATES, Environments, memory_folder
from markdown import write_page
from measure import CommandFailedError

OBJECTS = (400, 1600)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _cdk8s_side() -> tuple[Path | None, str]:
    """Return the folder of cdk8s bindings, or None with the reason."""
    _say("bindings of cdk8s import ...")
    try:
        return cdk8s_bindings.prepare(), ""
    except cdk8s_bindings.BindingsMissingError as error:
        fix = "set KUBESTRATA_MIRROR to a folder of schema sources, or run with a network"
        note = f"The cdk8s side was skipped: {error}; {fix}."
        _say(note)
        return None, note


def _measure(scratch: Path, rounds: int) -> report.Results:
    bindings, note = _cdk8s_side()
    environments = Environments(scratch, [bindings] if bindings else [])
    sides = comparison.SIDES if bindings else (comparison.KUBESTRATA,)
    warm_ups = [comparison.command(side, scratch / f"warm-{side}", 16) for side in sides]
    warm_ups.append(phases.command(scratch / "warm-platform"))
    _say("warm-up ...")
    environments.warm_up(warm_ups)
    results = report.Results(rounds=rounds, notes=[note] if note else [])
    output = scratch / "output"
    for objects in OBJECTS:
        commands = {side: comparison.command(side, output, objects) for side in sides}
        if bindings:
            _say(f"{objects} objects, same on both sides?")
            ours, theirs = (
                comparison.rendered(environments, output, side, command)
                for side, command in commands.items()
            )
            comparison.check_same(ours, theirs, objects)
        for state in STATES:
            _say(f"{objects} objects, {state} ...")
            results.objects += comparison.compare(
                environments, output, commands, objects=objects, state=state, rounds=rounds
            )
    _say("growth ...")
    results.growth = object_growth.measure_growth(environments, output, rounds)
    _say("commands ...")
    results.commands = command_cost.measure_commands(environments, scratch, rounds)
    for state in STATES:
        _say(f"platform, {state} ...")
        results.phases[state] = phases.measure_phases(
            environments, scratch, state=state, rounds=rounds
        )
    return results


def main() -> int:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each figure (default 5)")
    parser.add_argument("--write", type=Path, help="also write the tables to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as scratch:
        try:
            results = _measure(Path(scratch), options.rounds)
        except (comparison.DifferentObjectsError, CommandFailedError) as error:
            _say(str(error))
            return 1
    text = report.render(results)
    print(text)
    if options.write:
        write_page(options.write, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
