"""Actions of workflows are pinned, here and in the recipes of the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = [
    path
    for folder in (".github", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".yaml", ".yml", ".md") and "uses:" in path.read_text(encoding="utf-8")
]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def actions(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(r"^\s*(?:- )?uses:\s*(.+?)\s*$", text, re.MULTILINE)


def test_the_workflow_of_this_repository_uses_actions() -> None:
    assert actions(ROOT / ".github" / "workflows" / "ci.yaml")


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.name)
def test_an_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    assert [each for each in actions(path) if not PINNED.fullmatch(each)] == []


def test_one_action_has_one_version_everywhere() -> None:
    used = {action for path in PLACES for action in actions(path)}
    assert len({action.partition("@")[0] for action in used}) == len(used)
