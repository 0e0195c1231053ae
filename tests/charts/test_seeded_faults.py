"""Single faults in both platforms with their charts: nearly all are found, and for what they are.

The charts are not part of this repository. KUBESTRATA_CHARTS names the folders that have them;
without it, only the table of faults is tested.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kubestrata.rules.catalogue import all_rules
from tests.charts.seeded.catalogue import SEEDS
from tests.charts.seeded.page import PAGE, ROOT, page
from tests.charts.seeded.seed import A, E, sown
from tests.charts.seeded.trial import Trial, trial_of

_VARIABLE = "KUBESTRATA_CHARTS"
_LEAST = 0.95


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folders = os.environ.get(_VARIABLE, "")
    if not folders:
        pytest.skip(f"{_VARIABLE} names no folder with charts: {len(SEEDS)} faults are not tried")
    charts = [Path(each) for each in folders.split(os.pathsep)]
    return trial_of(ROOT, charts, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def found(trial: Trial) -> Mapping[str, Sequence[str]]:
    rules = {seed.name: sorted({each.rule for each in trial.run(seed)}) for seed in SEEDS}
    for name, by in rules.items():
        print(f"{name}: {', '.join(by) or 'not found'}")  # noqa: T201  # shown by pytest -s
    return rules


def test_untouched_platforms_have_no_errors(trial: Trial) -> None:
    assert {name: report.errors for name, report in trial.untouched.items()} == {A: 0, E: 0}


def test_faults_are_found_by_their_rules(found: Mapping[str, Sequence[str]]) -> None:
    missed = {name for name, by in found.items() if not by}
    assert missed == {seed.name for seed in SEEDS if seed.missed}
    assert 1 - len(missed) / len(SEEDS) >= _LEAST


def test_the_page_tells_what_is_found(found: Mapping[str, Sequence[str]]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(found)


def test_every_fault_changes_its_platform(trial: Trial) -> None:
    for seed in SEEDS:
        before, after = trial.clusters[seed.cluster], sown(seed, trial.clusters[seed.cluster])
        assert (before.entry, before.units) != (after.entry, after.units), seed.name


def test_faults_have_names_of_their_own_and_rules_that_exist() -> None:
    assert [name for name, count in Counter(seed.name for seed in SEEDS).items() if count > 1] == []
    known = {rule.id for rule in all_rules()}
    assert {rule for seed in SEEDS for rule in seed.rules} <= known


def test_faults_are_of_both_platforms_and_many_kinds() -> None:
    clusters = Counter(seed.cluster for seed in SEEDS)
    least, kinds = 20, 20
    assert min(clusters[A], clusters[E]) >= least
    assert len({seed.sort for seed in SEEDS}) >= kinds


def test_the_page_lists_every_fault_once() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    listed = [line.split("|")[1].strip() for line in lines if line.count("|") == 5]
    assert listed[1:] == ["---", *(seed.name for seed in SEEDS)]
