"""Measurement of generated bindings side by side with `cdk8s import --language python`.

Usage: KUBESTRATA_MIRROR=folder python benchmarks/run_bindings.py [--only generation types ...]
           [--rounds 15] [--write docs/reference/performance.md]

The folder of schema sources is needed. `--write` replaces the section on bindings of the page.
What `import_failures.py` found is taken in if it has looked at every file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import binding_imports
import cdk8s_bindings
import chart_types
import generation
import import_failures
import kind_isolation
import overwritten_groups
import report_bindings
from crd_files import crd_files
from environment import CACHE, ROOT, STATES, Environments, memory_folder
from markdown import BINDINGS, write_section
from measure import CommandFailedError

PARTS = ("generation", "imports", "isolation", "types", "entries", "failures")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _imports(scratch: Path, rounds: int) -> list[binding_imports.Figure]:
    environments = Environments(scratch, [cdk8s_bindings.prepare()])
    environments.warm_up(binding_imports.command(case) for case in binding_imports.CASES)
    figures = []
    for state in STATES:
        _say(f"imports, {state} ...")
        figures += binding_imports.measure_imports(
            environments, scratch, cases=binding_imports.CASES, state=state, rounds=rounds
        )
    return figures


def _failures(mirror: Path, folder: Path) -> str:
    files = crd_files(mirror)
    results = import_failures.Results(folder)
    complete = all(
        results.get(side, file) is not None for side in import_failures.ATTEMPTS for file in files
    )
    return import_failures.render(mirror, files, results) if complete else ""


def _measure(options: argparse.Namespace, mirror: Path, scratch: Path) -> report_bindings.Results:
    environments = Environments(scratch, [])
    results = report_bindings.Results()
    for part in options.only:
        _say(f"{part} ...")
        try:
            if part == "generation":
                results.generation = generation.measure_generation(environments, mirror, scratch)
            elif part == "imports":
                results.imports = _imports(scratch, options.rounds)
            elif part == "isolation":
                results.isolation = kind_isolation.measure_isolation(ROOT / "imports")
            elif part == "types":
                results.types = chart_types.measure_types(environments, mirror, scratch)
            elif part == "entries":
                results.left = overwritten_groups.measure_overwritten(environments, mirror, scratch)
            else:
                results.failures = _failures(mirror, options.failures)
        except (CommandFailedError, cdk8s_bindings.BindingsMissingError) as error:
            _say(str(error))
            results.notes.append(f"Not measured: {part}, because of an error.")
    return results


def main() -> int:
    """Measure the requested parts; exit with 1 if a part could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=15, help="runs of each import (default 15)")
    parser.add_argument("--failures", type=Path, default=CACHE / "import-failures")
    parser.add_argument("--write", type=Path, help="also write the section into this file")
    options = parser.parse_args()
    given = os.environ.get("KUBESTRATA_MIRROR")
    if not given:
        _say("Set KUBESTRATA_MIRROR, or MIRROR for make, to a folder of schema sources.")
        return 1
    mirror = Path(given).resolve()
    os.environ["KUBESTRATA_MIRROR"] = str(mirror)  # processes run in other folders
    with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as scratch:
        results = _measure(options, mirror, Path(scratch))
    text = report_bindings.render(results)
    print(text)
    if options.write:
        write_section(options.write, BINDINGS, text)
    return 1 if results.notes else 0


if __name__ == "__main__":
    sys.exit(main())
