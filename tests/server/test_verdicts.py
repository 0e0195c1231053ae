"""V rules agree with a real API server: on recorded verdicts, and on complete files if at hand."""

from __future__ import annotations

import pytest

from tests.server.record import FILES, figures
from tests.server.verdict import FULL, findings, recorded, rows

RECORDED = recorded()


def test_v_rules_agree_with_every_recorded_verdict() -> None:
    wrong: list[str] = []
    for each in RECORDED.verdicts:
        changed = each.change.applied(RECORDED.objects[each.object])
        path = ".".join(map(str, each.change.path))
        if bool(findings(changed)) == each.accepted:
            told = [f"{found.path}: {found.message}" for found in findings(changed)]
            wrong.append(f"{changed['kind']} {path} {each.change.value!r}: {each.server or told}")
    assert wrong == []
    assert len(RECORDED.verdicts) > 400


def test_the_recorded_objects_are_valid_before_the_change() -> None:
    assert [findings(each) for each in RECORDED.objects] == [[]] * len(RECORDED.objects)


@pytest.mark.parametrize("name", FILES)
def test_refusals_are_found_and_few_accepted_objects_are_refused(name: str) -> None:
    file = FULL / f"{name}.jsonl.gz"
    if not file.is_file():
        pytest.skip("no complete files beside the repository")
    result, different = figures(rows(file))
    assert result.share_found >= 0.99, (str(result), different)
    assert result.share_wrong < 0.005, (str(result), different)
