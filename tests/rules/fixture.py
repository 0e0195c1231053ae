"""Fixtures: the objects of one cluster in a file, with the expected findings in its first lines.

A fixture that needs units is a folder: a repository, the expected findings in expected.txt,
available charts in .charts. Beside a file, NAME.before holds the objects that it replaces, and
NAME.against the keys of the secret store on the other side of the contract.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.contract.counterpart_file import read_counterparts
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location

FIXTURES = Path(__file__).with_name("fixtures")
EXPECTED = "#> "
PROMISED = "expected.txt"
CHARTS = ".charts"
BEFORE = ".before"
AGAINST = ".against"


def fixtures() -> list[Path]:
    """Return every fixture, file or folder."""
    folders = [path.parent for path in FIXTURES.glob(f"*/*/{PROMISED}")]
    return sorted([*FIXTURES.glob("*/*.yaml"), *folders])


def fixture_tree(path: Path) -> ClusterTree:
    """Return the cluster of a fixture; each document has its line."""
    if path.is_dir():
        (tree,) = from_folder(path)
        charts = path / CHARTS
        if not charts.is_dir():
            return tree
        with TemporaryDirectory() as store:
            return with_charts([tree], ChartStore(Path(store), [charts]))[0]
    former = path.with_suffix(BEFORE)
    before: dict[Identity, Manifest] | None = None
    if former.exists():
        objects = yaml.load_all(former.read_text(encoding="utf-8"), yaml.CSafeLoader)
        before = {identity_of(each): each for each in objects}
    subjects: list[Subject] = []
    line = 1
    for text in path.read_text(encoding="utf-8").split("\n---\n"):
        manifest = yaml.load(text, yaml.CSafeLoader)
        if manifest:
            place = Location(path.name, line)
            subjects.append(Subject(identity_of(manifest), manifest, place, file=path.name))
        line += text.count("\n") + 2
    other = path.with_suffix(AGAINST)
    sides = read_counterparts(other, shown_as=other.name) if other.exists() else ()
    return ClusterTree("fixture", "1.35", subjects, before=before, counterparts=sides)


def expected(path: Path) -> list[str]:
    """Return the expected findings of a fixture."""
    if path.is_dir():
        return (path / PROMISED).read_text(encoding="utf-8").splitlines()
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(EXPECTED) for line in lines if line.startswith(EXPECTED)]


def told(rule: Rule, tree: ClusterTree) -> list[str]:
    """Return the findings of a rule, a line each: object, path, message, fix."""
    lines: list[str] = []
    for found in rule.check(tree):
        fix = f" [{found.fix}]" if found.fix else ""
        lines.append(f"{found.object} {found.path}: {found.message}{fix}")
    return sorted(lines)
