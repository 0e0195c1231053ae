"""Speed of checks.

Usage: python benchmarks/check_speed.py [COUNT...] [--alone] [--write docs/reference/performance.md]

First in one process, with the given object counts, then side by side with other programs, each in
a separate environment below benchmarks/.cache. `--alone` leaves those out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

START = time.perf_counter()

import psutil  # noqa: E402  # what is loaded below is measured

from checked_objects import NAMED, objects  # noqa: E402
from kubestrata.core.identity import identity_of  # noqa: E402
from kubestrata.rules.catalogue import all_rules, rules_of  # noqa: E402
from kubestrata.rules.checked_object import checked_objects, coverage  # noqa: E402
from kubestrata.rules.rule import Rule  # noqa: E402
from kubestrata.rules.subject import ClusterTree, Subject  # noqa: E402
from kubestrata.rules.violation import Location  # noqa: E402

LOADED = time.perf_counter() - START

import checker_comparison  # noqa: E402  # and this is not
import report_checkers  # noqa: E402
from environment import memory_folder  # noqa: E402
from markdown import CHECKING, table, write_section  # noqa: E402


def _tree(count: int) -> ClusterTree:
    place = Location("bench.yaml", 1)
    subjects = [Subject(identity_of(each), each, place) for each in objects(count)]
    groups = frozenset(each.identity.group for each in subjects)
    return ClusterTree("bench", "1.35", subjects, external=NAMED, given_groups=groups)


def _checked(tree: ClusterTree, rules: tuple[Rule, ...] | list[Rule]) -> tuple[float, int]:
    """Return the seconds and the number of findings."""
    start = time.perf_counter()
    found = sum(1 for rule in rules for _ in rule.check(tree))
    return time.perf_counter() - start, found


def _schemas(tree: ClusterTree) -> float:
    """Return the seconds for schemas, defaults and CEL rules."""
    start = time.perf_counter()
    for checked in checked_objects(tree):
        for fault in checked.schema.rule_faults(checked.value, set()):
            raise AssertionError(checked.subject.identity, fault)
    return time.perf_counter() - start


def _per_second(count: int, seconds: float) -> str:
    return f"{seconds:.2f} s, {count / seconds:,.0f}/s"


def _in_process(counts: list[int]) -> str:
    warm = time.perf_counter()
    _checked(_tree(12), all_rules())
    warm = time.perf_counter() - warm
    process, rows = psutil.Process(), list[list[str]]()
    for count in counts:
        schemas = _schemas(_tree(count))
        group, _ = _checked(_tree(count), rules_of("schema"))
        tree = _tree(count)
        whole, found = _checked(tree, all_rules())
        checked = coverage(tree).checked
        rows.append(
            [
                f"{count:,} ({checked:,} checked, {found} findings)",
                _per_second(count, schemas),
                _per_second(count, group),
                _per_second(count, whole),
                f"{process.memory_info().rss / 2**20:.0f} MiB",
            ]
        )
    head = ["objects", "schema, defaults, CEL", "group V", "all rules", "memory"]
    loaded = f"Loaded in {LOADED:.2f} s; the first object of 12 kinds: {warm:.2f} s."
    return f"{loaded}\n\n{table(head, rows)}"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="Measure the speed of checks.")
    parser.add_argument("counts", nargs="*", type=int, default=[5_000])
    parser.add_argument("--alone", action="store_true", help="no other programs")
    parser.add_argument("--write", type=Path, help="also write the section into this file")
    options = parser.parse_args()
    in_process = _in_process(options.counts)
    results = []
    if not options.alone:
        with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as scratch:
            results = checker_comparison.compare(Path(scratch))
    text = report_checkers.render(in_process, results)
    print(text)
    if options.write:
        write_section(options.write, CHECKING, text)


if __name__ == "__main__":
    main()
