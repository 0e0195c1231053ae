"""The findings for whole trees, each written after a layout that people use.

`<layout>/tree` is a repository, `<layout>/expected.txt` everything that is right to report for it:
its clusters, one line for each finding, and the parts that cannot be checked. The lists follow from
what Flux, Argo CD, Kustomize and the API server do, never from what the rules report today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.engine import Report, judge
from kubestrata.rules.settings import Settings
from kubestrata.rules.violation import Severity

LAYOUTS = sorted(each.parent for each in Path(__file__).parent.glob("*/expected.txt"))
TODAY = date(2026, 6, 1)
NOT_YET: dict[str, str] = {}
"""Layouts whose list is not reported yet, with the reason."""


def _parameter(layout: Path) -> object:
    why = NOT_YET.get(layout.name)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(layout, id=layout.name, marks=marks)


def _expected(layout: Path) -> list[str]:
    lines = (layout / "expected.txt").read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


def _lines(report: Report) -> Iterator[str]:
    cluster = report.cluster
    yield f"cluster {cluster}"
    for each in report.violations:
        found = each.finding
        where = f"{found.object} {found.path}".rstrip()
        yield f"{each.severity.value} {each.rule} {cluster}: {where}: {found.message}"
    for note in report.unjudged:
        yield f"not checked {cluster}: {note.what}: {note.why}"


def _reported(layout: Path) -> list[str]:
    settings = Settings()
    rules = settings.rules()
    reports = (
        judge(settings.settle(tree), rules, (), TODAY) for tree in from_folder(layout / "tree")
    )
    return sorted(line for report in reports for line in _lines(report))


@pytest.mark.parametrize("layout", [_parameter(each) for each in LAYOUTS])
def test_exactly_what_is_right_is_reported(layout: Path) -> None:
    assert _reported(layout) == _expected(layout)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: each.name)
def test_a_layout_is_a_whole_tree_with_a_reason_for_its_list(layout: Path) -> None:
    comment, *_ = (layout / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert comment.startswith("# ")
    files = [each for each in (layout / "tree").rglob("*") if not each.is_dir()]
    assert len(files) >= 8
    lines = _expected(layout)
    assert any(line.startswith("cluster ") for line in lines)
    words = ("cluster ", "not checked ", *(f"{each.value} " for each in Severity))
    assert all(line.startswith(words) for line in lines)
    assert [line for line, count in Counter(lines).items() if count > 1] == []


def test_the_corpus_is_broad() -> None:
    faults = {
        (layout.name, rule)
        for layout in LAYOUTS
        for severity, rule, *_ in map(str.split, _expected(layout))
        if severity in ("error", "warning")
    }
    clean = {each.name for each in LAYOUTS} - {layout for layout, _ in faults}
    assert len(LAYOUTS) >= 34
    assert len(clean) >= 12
    assert len(faults) >= 60
    assert {rule[0] for _, rule in faults} == set("GPRSTVX")


def test_every_layout_that_is_not_reported_yet_exists() -> None:
    assert NOT_YET.keys() <= {each.name for each in LAYOUTS}
