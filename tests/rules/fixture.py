"""Fixtures: the objects of one cluster in a file, what a rule says of them in its first lines."""

from __future__ import annotations

from pathlib import Path

import yaml

from kubestrata.core.identity import identity_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Place

FIXTURES = Path(__file__).with_name("fixtures")
EXPECTED = "#> "


def fixture_tree(path: Path) -> ClusterTree:
    """The cluster of a fixture; each document stands at its line."""
    subjects: list[Subject] = []
    line = 1
    for text in path.read_text(encoding="utf-8").split("\n---\n"):
        manifest = yaml.safe_load(text)
        if manifest:
            place = Place(path.name, line)
            subjects.append(Subject(identity_of(manifest), manifest, place, file=path.name))
        line += text.count("\n") + 2
    return ClusterTree("fixture", "1.35", subjects)


def expected(path: Path) -> list[str]:
    """The findings that a fixture's first lines promise."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(EXPECTED) for line in lines if line.startswith(EXPECTED)]


def told(rule: Rule, tree: ClusterTree) -> list[str]:
    """What a rule says, a line each: object, path, message, fix."""
    lines: list[str] = []
    for found in rule.judge(tree):
        fix = f" [{found.fix}]" if found.fix else ""
        lines.append(f"{found.object} {found.path}: {found.message}{fix}")
    return sorted(lines)
