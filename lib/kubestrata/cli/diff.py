"""`kubestrata diff`: what synth would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec.structs import asdict

from kubestrata.cli import printer
from kubestrata.cli.chart_store import chart_store
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.field_line import SIGNS, field_lines
from kubestrata.cli.format import Format
from kubestrata.cli.option import Parser
from kubestrata.core.plain_text import RED, Span

if TYPE_CHECKING:
    from kubestrata.delivery.delivered import Delivered
    from kubestrata.plan.tree_diff import ObjectChange
    from kubestrata.rules.violation import Violation
    from kubestrata.synth.project import Project

    _Refused: TypeAlias = Mapping[str, Sequence[Violation]]
    """The changes that rules refuse, by cluster."""

NAME = "diff"
_COUNTED = {"added": "added", "removed": "deleted", "changed": "changed", "recreated": "recreated"}


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = "The output format: text for people, json for programs."
    parser.add_choice("--output", Format.TEXT, about)
    about = "The folder to compare with, instead of the output of cdk8s.yaml."
    parser.add_argument("--against", type=Path, metavar="<path>", help=about)
    about = "Show what charts make too, with those of a folder before those in the store; "
    about += "may be repeated."
    parser.add_argument(
        "--charts",
        type=Path,
        nargs="?",
        metavar="<path>",
        action="append",
        help=about,
    )


def run(
    output: Format = Format.TEXT,
    against: Path | None = None,
    charts: Sequence[Path | None] | None = None,
) -> int:
    """Show what synth would change, object by object and field by field.

    Example: kubestrata diff --output json

    Deleted and recreated objects that hold data come first; a rename deletes and creates. A change
    that several clusters have in common is one entry. Changes that the API server or an operator
    refuses (C01) come last. With --charts, the objects that charts make are compared too: the
    consequences of a new version or another value. Exits 0 if the tree is up to date, 1 if it
    differs, 2 if the comparison failed.
    """
    from kubestrata.synth.project import build, load_project

    project = load_project(Path.cwd())
    from kubestrata.plan.redaction import without_secrets
    from kubestrata.plan.tree_diff import ObjectChange, compare
    from kubestrata.synth.dist_writer import index_problem
    from kubestrata.synth.manifest_index import INDEX_NAME
    from kubestrata.synth.synthesis import synthesize

    delivered = synthesize(build(project))
    after = delivered.contents
    folder = against or project.output
    before = _on_disk(folder, after.keys())
    found = compare(before, after, delivered.manifests)
    changes = [without_secrets(change) for change in found]
    if problem := index_problem(folder, after):
        changes.append(ObjectChange("changed", INDEX_NAME, INDEX_NAME, note=problem))
    refused: _Refused = _refused(delivered, project, before) if changes else {}
    made = None
    if charts is not None:
        base = None if against is None else _repository_of(against)
        folders = [each for each in charts if each is not None]
        made = _of_charts(delivered, project, before, _Sides(folders, base))
    if output is Format.JSON:
        printer.document(_facts(changes, refused, made))
    else:
        _print(changes, refused, made)
    return DIFFERENT if changes else CLEAN


class _OfCharts(NamedTuple):
    """The changes of what charts make, and the releases that could not be rendered."""

    changes: Sequence[ObjectChange]
    unrendered: Sequence[str]


class _Sides(NamedTuple):
    """The folders of charts, and the repository on the other side; None for the same one."""

    charts: Sequence[Path]
    base: Path | None


def _of_charts(
    delivered: Delivered, project: Project, before: Mapping[str, bytes], sides: _Sides
) -> _OfCharts:
    from kubestrata.gitops.chart_objects import with_charts
    from kubestrata.plan.chart_diff import compare_charts, tree_before
    from kubestrata.plan.redaction import without_secrets
    from kubestrata.synth.cluster_tree import trees_of

    store = chart_store(sides.charts, "kubestrata diff")
    after = [project.settings.settle(tree) for tree in trees_of(delivered)]
    former = [tree_before(each, before) for each in after]
    if sides.base is None:
        trees = with_charts([*former, *after], store)
    else:
        base = chart_store(sides.charts, "kubestrata diff", sides.base)
        trees = [*with_charts(former, base), *with_charts(after, store)]
    old, new = trees[: len(after)], trees[len(after) :]
    changes = [
        without_secrets(change)
        for one, other in zip(old, new, strict=True)
        for change in compare_charts(one, other)
    ]
    unrendered = {
        f"{tree.name}: {each.object}: not rendered: {each.message}"
        for tree in trees
        for each in (*tree.charts.unrendered, *tree.charts.refused)
    }
    return _OfCharts(changes, sorted(unrendered))


def _repository_of(folder: Path) -> Path | None:
    """Return the folder with cdk8s.yaml, or of Git, that has an output; None for this one."""
    from kubestrata.core.bindings_path import CONFIG

    here = Path.cwd().resolve()
    for each in (folder.resolve(), *folder.resolve().parents):
        if (each / CONFIG).exists() or (each / ".git").exists():
            return None if each == here else each
    return None


def _on_disk(folder: Path, made: Iterator[str] | Any) -> dict[str, bytes]:
    from kubestrata.synth.dist_writer import read_tree

    files = read_tree(folder)
    for path in made:
        file = folder / path
        if path not in files and file.is_file():
            files[path] = file.read_bytes()
    return files


def _refused(delivered: Delivered, project: Project, before: Mapping[str, bytes]) -> _Refused:
    from kubestrata.synth.check import refused_changes

    return refused_changes(delivered, project.settings, before)


def _facts(
    changes: Sequence[ObjectChange], refused: _Refused, made: _OfCharts | None
) -> dict[str, Any]:
    """Return the document of `--output json`, described in docs/reference/diff.md."""
    from kubestrata.rules.formats import as_json

    violations = [as_json.entry(each) for found in refused.values() for each in found]
    facts: dict[str, Any] = {
        "changes": [_entry(change) for change in changes],
        "violations": violations,
    }
    if made is not None:
        facts["ofCharts"] = [_entry(change) for change in made.changes]
        facts["notRendered"] = list(made.unrendered)
    return facts


def _entry(change: ObjectChange) -> dict[str, Any]:
    return {
        "verb": change.verb,
        "name": change.name,
        "file": change.file,
        "fields": [asdict(field) for field in change.fields],
        "note": change.note,
        "dataLost": change.data_lost,
    }


def _print(changes: Sequence[ObjectChange], refused: _Refused, made: _OfCharts | None) -> None:
    _print_changes(changes)
    for cluster, found in refused.items():
        from kubestrata.rules.formats import as_text

        printer.lines(as_text.violation_lines(cluster, found))
    if made is not None:
        printer.line("made by charts:")
        _print_changes(made.changes)
        for each in made.unrendered:
            printer.line(each)


def _print_changes(changes: Sequence[ObjectChange]) -> None:
    if losing := [change for change in changes if change.data_lost]:
        title = f"WARNING: data is deleted with {len(losing)} of these objects"
        printer.lines([[Span(title, RED)]])
    from kubestrata.plan.common_change import fold

    for common in fold(changes):
        change = common.change
        sign, colour = SIGNS[change.verb]
        note = f"  ({change.note})" if change.note else ""
        printer.lines([[Span(f"{sign} {change.name}  {common.place}{note}", colour)]])
        if change.data_lost:
            printer.lines([[Span(f"    ! deletes {change.data_lost}", RED)]])
        for field in change.fields:
            for line in field_lines(field):
                printer.lines([[Span("    " + line, SIGNS[field.verb][1])]])
    counts = ", ".join(
        f"{sum(change.verb == verb for change in changes)} {word}"
        for verb, word in _COUNTED.items()
        if verb != "recreated" or any(change.verb == verb for change in changes)
    )
    printer.line(counts if changes else "no difference")
