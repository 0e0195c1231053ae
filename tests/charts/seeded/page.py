"""The page of seeded faults: `python -m tests.charts.seeded.page CHARTS` writes it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.charts.seeded.catalogue import SEEDS
from tests.charts.seeded.seed import Seed
from tests.charts.seeded.trial import trial_of

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "seeded-faults.md"
_INTRODUCTION = """\
# Seeded faults

{total} single faults in the platforms of this repository, checked as
`kubestrata check --charts FOLDER --require-charts` does: {found} are found, and the untouched
platforms have no errors. Each is one edit of what `main.py` builds: a value of a release, a field,
an object that is removed, added or moved. It counts as found if an error or a warning that is new
names the object or its release. The keys of stores and the variables that exist outside are those
that the untouched platforms need.

The charts of others are not in this repository. With a folder of them,
`KUBESTRATA_CHARTS=FOLDER make test ARGS=tests/charts/test_seeded_faults.py` repeats this, and
`python -m tests.charts.seeded.page FOLDER` writes this page.

| kind | faults | found |
| --- | --- | --- |
"""
_TABLE = "\n| fault | cluster | object | found by |\n| --- | --- | --- | --- |\n"


def results(charts: Path, store: Path) -> dict[str, Sequence[str]]:
    """Return the ids of the rules that find each fault, by its name."""
    trial = trial_of(ROOT, [charts], store)
    return {seed.name: sorted({each.rule for each in trial.run(seed)}) for seed in SEEDS}


def page(rules: Mapping[str, Sequence[str]]) -> str:
    """Return the page with the rules that find each fault."""
    total = Counter(seed.sort for seed in SEEDS)
    found = Counter(seed.sort for seed in SEEDS if rules[seed.name])
    introduction = _INTRODUCTION.format(total=len(SEEDS), found=found.total())
    kinds = "".join(f"| {sort} | {total[sort]} | {found[sort]} |\n" for sort in total)
    rows = "".join(map(_row, SEEDS, (rules[seed.name] for seed in SEEDS)))
    return introduction + kinds + _TABLE + rows


def _row(seed: Seed, rules: Sequence[str]) -> str:
    by = ", ".join(rules) or f"not found: {seed.missed}"
    return f"| {seed.name} | {seed.cluster} | {seed.object} | {by} |\n"


def main(charts: str) -> None:
    """Write the page."""
    with TemporaryDirectory() as store:
        PAGE.write_text(page(results(Path(charts), Path(store))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
