"""The findings for whole trees, each written after a layout that people use.

`<layout>/tree` is a repository, `<layout>/expected.txt` everything that is right to report for it:
its clusters, one line for each finding, and the parts that cannot be checked. The lists follow from
what Flux, Argo CD, Kustomize and the API server do, never from what the rules report today.
`variations/<kind>/` has small trees of the same form, each about one kind of input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.engine import Report, check_tree
from kubestrata.rules.rule import Rule
from kubestrata.rules.settings import Settings
from kubestrata.rules.violation import Severity

HERE = Path(__file__).parent
LAYOUTS = sorted(each.parent for each in HERE.glob("*/expected.txt"))
VARIATIONS = sorted(each.parent for each in HERE.glob("variations/*/*/expected.txt"))
TODAY = date(2026, 6, 1)
NOT_YET: dict[str, str] = {}
"""Trees whose list is not reported yet, with the reason."""


def _name(tree: Path) -> str:
    return tree.relative_to(HERE).as_posix()


def _parameter(tree: Path) -> object:
    why = NOT_YET.get(_name(tree))
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(tree, id=_name(tree), marks=marks)


def _expected(tree: Path) -> list[str]:
    lines = (tree / "expected.txt").read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


def _lines(report: Report) -> Iterator[str]:
    cluster = report.cluster
    yield f"cluster {cluster}"
    for each in report.violations:
        found = each.finding
        where = f"{found.object} {found.path}".rstrip()
        yield f"{each.severity.value} {each.rule} {cluster}: {where}: {found.message}"
    for note in report.unchecked:
        yield f"not checked {cluster}: {note.what}: {note.why}"


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(Settings().rules())


def _reported(folder: Path) -> list[str]:
    settings = Settings()
    reports = (
        check_tree(settings.settle(tree), _rules(), (), TODAY)
        for tree in from_folder(folder / "tree")
    )
    return sorted(line for report in reports for line in _lines(report))


@pytest.mark.parametrize("tree", [_parameter(each) for each in (*LAYOUTS, *VARIATIONS)])
def test_exactly_what_is_right_is_reported(tree: Path) -> None:
    assert _reported(tree) == _expected(tree)


@pytest.mark.parametrize("tree", [*LAYOUTS, *VARIATIONS], ids=_name)
def test_a_list_has_a_reason_and_names_the_clusters(tree: Path) -> None:
    comment, *_ = (tree / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert comment.startswith("# ")
    lines = _expected(tree)
    assert any(line.startswith("cluster ") for line in lines)
    words = ("cluster ", "not checked ", *(f"{each.value} " for each in Severity))
    assert [line for line in lines if not line.startswith(words)] == []
    assert [line for line, count in Counter(lines).items() if count > 1] == []


@pytest.mark.parametrize("layout", LAYOUTS, ids=_name)
def test_a_layout_is_a_whole_tree(layout: Path) -> None:
    assert sum(not each.is_dir() for each in (layout / "tree").rglob("*")) >= 8


def test_the_corpus_is_broad() -> None:
    faults = {
        (layout, line.split()[1])
        for layout in LAYOUTS
        for line in _expected(layout)
        if line.startswith(("error ", "warning "))
    }
    clean = set(LAYOUTS) - {layout for layout, _ in faults}
    assert (len(LAYOUTS) >= 34, len(clean) >= 12, len(faults) >= 60) == (True, True, True)
    assert {rule[0] for _, rule in faults} == set("GPRSTVX")


def test_every_kind_has_three_variations() -> None:
    kinds = Counter(each.parent.name for each in VARIATIONS)
    assert {kind for kind, count in kinds.items() if count < 3} == set()


def test_every_tree_that_is_not_reported_yet_exists() -> None:
    assert NOT_YET.keys() <= {_name(each) for each in (*LAYOUTS, *VARIATIONS)}
