"""Cost of the platforms of this repository: lines to write, lines to read, time to synthesize.

Usage: python benchmarks/platforms.py [--rounds 5] [--sizes 250 500] [--write FILE]

Each cluster is built in a separate process, so that only the modules that it loads count. The
command is measured from the start of the interpreter to the last file, checks included.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import growth
from environment import ROOT, Environments, State, memory_folder
from markdown import PLATFORMS, table, write_section
from measure import Cost, median_cost, run

_COUNTED = """
import importlib, json, sys
sys.path.insert(0, {root!r})
from kubestrata import Platform
cluster = getattr(importlib.import_module({module!r}), {function!r})(Platform())
modules = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "charts" and m.__file__]
facts = {{"name": cluster.name, "components": len(cluster.components), "modules": modules}}
print(json.dumps(facts))
"""
_BEFORE = ("bootstrap", "talos")
_SYNTH = "import os, sys; os.chdir({root!r}); sys.argv = ['kubestrata', *{arguments!r}]; "
_SYNTH += "from kubestrata.cli import main; main()"


def _lines(paths: Sequence[Path]) -> int:
    """Return the number of lines that are not blank."""
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return sum(1 for text in texts for line in text.splitlines() if line.strip())


def _builders() -> Iterator[tuple[str, str]]:
    """Yield module and name of the function that builds each cluster of main.py."""
    for node in ast.parse((ROOT / "main.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("charts.clusters."):
            yield from ((str(node.module), each.name) for each in node.names)


def _row(module: str, function: str) -> tuple[list[str], int]:
    """Return the row of a cluster, and its number of objects."""
    code = _COUNTED.format(root=str(ROOT), module=module, function=function)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    cluster = told["name"]
    python = _lines([Path(each) for each in told["modules"]])
    written = sorted((ROOT / "dist" / cluster).rglob("*.yaml"))
    # Machine configurations of Talos, and phases of a bootstrap, hold no objects of their own.
    top = ROOT / "dist" / cluster
    files = [each for each in written if each.relative_to(top).parts[0] not in _BEFORE]
    objects = [each for each in files if each.name != "kustomization.yaml"]
    boards = [each for each in files if each.name.endswith("-grafanadashboard.yaml")]
    yaml, plain = _lines(files), _lines(files) - _lines(boards)
    return [
        cluster,
        str(told["components"]),
        str(len(objects)),
        f"{python:,}",
        f"{yaml:,}",
        f"{plain:,}",
        f"{plain / python:.1f}",
    ], len(objects)


def _command(arguments: Sequence[str]) -> list[str]:
    code = _SYNTH.format(root=str(ROOT), arguments=list(arguments))
    return [sys.executable, "-c", code]


def _synth(scratch: Path, rounds: int) -> dict[State, Cost]:
    command = _command(["synth", "--output", str(scratch / "tree")])
    environments = Environments(scratch, [])
    environments.warm_up([command])
    states: tuple[State, ...] = ("cold", "warm")
    taken: dict[State, list[Cost]] = {state: [] for state in states}
    for _ in range(rounds):
        for state in states:
            taken[state].append(run(command, environments.of(state), scratch))
    return {state: median_cost(costs) for state, costs in taken.items()}


def _rate(objects: int, cost: Cost) -> str:
    return f"{objects / cost.wall_seconds:.0f}"


def main() -> None:
    """Count, measure, and print the tables."""
    parser = argparse.ArgumentParser(description="Measure the platforms of this repository.")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each figure (default 5)")
    sizes = "components of the made-up clusters that show the growth"
    parser.add_argument("--sizes", type=int, nargs="*", default=list(growth.SIZES), help=sizes)
    parser.add_argument("--write", type=Path, help="also write the section into this file")
    options = parser.parse_args()
    rows = [_row(*each) for each in _builders()]
    total = sum(count for _, count in rows)
    with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as scratch:
        costs = _synth(Path(scratch), options.rounds)
        grown = growth.section(Path(scratch), options.sizes, options.rounds)
    head = ["cluster", "components", "objects", "Python", "YAML", "without dashboards", "ratio"]
    times = [
        [
            state,
            f"{cost.wall_seconds:.2f}",
            f"{cost.cpu_seconds:.2f}",
            f"{total / cost.wall_seconds:.0f}",
        ]
        for state, cost in costs.items()
    ]
    text = f"""{PLATFORMS}

Written by `make bench-platforms`. Lines are those that are not blank: of the modules of `charts/`
that a cluster loads, shared ones counted for each, and of its folder in `dist/`. The JSON of
dashboards is the same text on both sides, so the ratio leaves it out.

{table(head, [row for row, _ in rows])}

`kubestrata synth` of all {len(rows)} clusters, {total} objects: built, ordered, checked by all
rules, written.
Medians of {options.rounds} rounds; cold and warm as above.

{table(["state", "wall s", "CPU s", "objects/s"], times)}

{grown}"""
    print(text)
    if options.write:
        write_section(options.write, PLATFORMS, text)


if __name__ == "__main__":
    main()
