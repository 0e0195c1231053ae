"""`kubestrata outdated`: deployed versions beside those of the bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from kubestrata.cli import printer
from kubestrata.cli.chart_store import chart_store
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.format import Format
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError
from kubestrata.core.plain_text import YELLOW, Span

if TYPE_CHECKING:
    from kubestrata.plan.version_table import VersionRow
    from kubestrata.rules.subject import ClusterTree

NAME = "outdated"
_COMMAND = "kubestrata outdated"
_HEAD = ("", "name", "deployed", "bindings", "difference")


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    parser.add_tree()
    parser.add_charts()
    about = "Exit 1 if something deployed has another version than its bindings."
    parser.add_argument("--exit-code", action="store_true", help=about)
    about = "The output format: text for people, json for programs."
    parser.add_choice("--output", Format.TEXT, about)


def run(
    folder: Path | None = None,
    *,
    root: Sequence[Path] | None = None,
    charts: Sequence[Path] | None = None,
    exit_code: bool = False,
    output: Format = Format.TEXT,
) -> int:
    """List what each cluster deploys beside the versions of the bindings.

    Example: kubestrata outdated --output json

    Charts, CRD bundles and Kubernetes, with their versions, and whether these are older or newer
    than those from which the bindings were made. Where a chart is in the store, fields that only
    one of the two has are counted. The newest releases of upstream are not looked up: this command
    does not use the network. Exits 0, with --exit-code 1 if versions differ; 2 if it failed.
    """
    if folder is None and root is not None:
        raise ConfigError(_COMMAND, "no folder", "--root is for a folder of plain YAML")
    from kubestrata.plan.version_table import version_rows

    rows = {tree.name: version_rows(tree) for tree in _trees(folder, root or (), charts or ())}
    if output is Format.JSON:
        printer.document(_facts(rows))
    else:
        for name, found in rows.items():
            printer.lines(_lines(name, found))
    differs = any(row.differs for found in rows.values() for row in found)
    return DIFFERENT if exit_code and differs else CLEAN


def _trees(
    folder: Path | None, roots: Sequence[Path], charts: Sequence[Path]
) -> Sequence[ClusterTree]:
    from kubestrata.cli.plain_tree import trees_in
    from kubestrata.gitops.chart_objects import with_charts
    from kubestrata.synth.cluster_tree import trees_of
    from kubestrata.synth.config_file import facts_in, settings_in
    from kubestrata.synth.project import build, load_project

    if folder is None:
        from kubestrata.synth.synthesis import synthesize

        project = load_project(Path.cwd())
        settings, trees = project.settings, trees_of(synthesize(build(project)))
    else:
        settings = settings_in(Path.cwd()).completed(facts_in(folder))
        named = [each.as_posix() for each in roots]
        trees = trees_in(folder, named or settings.roots, _COMMAND)
    return with_charts(
        [settings.settle(tree) for tree in trees], chart_store(charts, _COMMAND, folder)
    )


def _facts(rows: Mapping[str, Sequence[VersionRow]]) -> dict[str, Any]:
    """Return the document of `--output json`, described in docs/reference/outdated.md."""
    clusters = [
        {"name": name, "versions": [asdict(row) for row in found]} for name, found in rows.items()
    ]
    return {"clusters": clusters}


def _lines(name: str, rows: Sequence[VersionRow]) -> Iterator[list[Span]]:
    yield [Span(f"{name}:")]
    cells = [_HEAD, *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD) - 1)]
    for index, row in enumerate(cells):
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        text = f"  {'  '.join([*padded, row[-1]])}".rstrip()
        yield [Span(text, YELLOW) if index and rows[index - 1].differs else Span(text)]


def _cells(row: VersionRow) -> tuple[str, ...]:
    deployed = f"{row.deployed} ({row.program})" if row.program else row.deployed
    difference: str = row.difference
    if row.fields is not None:
        difference += f", {row.fields} fields differ" if row.fields else ", no field differs"
    bindings = f"{row.bindings} {row.bound}".strip() or "-"
    return (row.what, row.name or "-", deployed or "not pinned", bindings, difference or "-")
