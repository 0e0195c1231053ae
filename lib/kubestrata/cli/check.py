"""`kubestrata check`: run the rules on a platform or on a folder of plain YAML."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubestrata.cli import printer
from kubestrata.cli.chart_store import chart_store
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError
from kubestrata.core.waiver import WAIVER_FILE, Waiver

if TYPE_CHECKING:
    from kubestrata.rules.engine import Report
    from kubestrata.rules.settings import Settings

NAME = "check"
_FOLDERS = {
    "--waivers": f"The waiver file of a plain tree, instead of its {WAIVER_FILE}.",
    "--schemas": "A folder of CustomResourceDefinitions that come before the bindings.",
}


class CheckFormat(Enum):
    """The values of `--output`."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


class Grouping(Enum):
    """The values of `--by`."""

    OBJECT = "object"
    RULE = "rule"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    parser.add_tree()
    for flag, about in _FOLDERS.items():
        parser.add_argument(flag, type=Path, metavar="<path>", help=about)
    parser.add_charts()
    about = "Fail if the chart of a release cannot be rendered here."
    parser.add_argument("--require-charts", action="store_true", help=about)
    about = "Print the page of a rule (R09) or a group (references)."
    parser.add_argument("--explain", metavar="<str>", help=about)
    about = "The output format: text for people, the others for programs."
    parser.add_choice("--output", CheckFormat.TEXT, about)
    parser.add_choice("--by", Grouping.OBJECT, "How text is grouped.")
    about = "List each warning, each note and what is not checked."
    parser.add_argument("--verbose", action="store_true", help=about)


def run(
    folder: Path | None = None,
    *,
    root: Sequence[Path] | None = None,
    waivers: Path | None = None,
    schemas: Path | None = None,
    charts: Sequence[Path] | None = None,
    require_charts: bool = False,
    explain: str | None = None,
    output: CheckFormat = CheckFormat.TEXT,
    by: Grouping = Grouping.OBJECT,
    verbose: bool = False,
) -> int:
    """Check what a cluster would reconcile; writes nothing.

    Example: kubestrata check --output json

    Exits 0 if there are no errors, 1 if there are, 2 if the check failed. Rules are configured in
    cdk8s.yaml under `kubestrata: check:`.
    """
    if explain is not None:
        from kubestrata.rules.page import explain as explained

        printer.page(explained(explain))
        return CLEAN
    if folder is None and any(each is not None for each in (root, waivers)):
        why = "--root and --waivers are for a folder of plain YAML"
        raise ConfigError("kubestrata check", "no folder", why, "name the folder first")
    from kubestrata.cli.plain_tree import trees_in
    from kubestrata.synth.check import check_delivered, check_trees
    from kubestrata.synth.config_file import facts_in, settings_in
    from kubestrata.synth.project import build, load_project

    store = chart_store(charts or (), "kubestrata check", folder)
    with _more_schemas(schemas) as more:
        if folder is None:
            from kubestrata.synth.synthesis import synthesize

            project = load_project(Path.cwd())
            settings = replace(project.settings, require_charts=require_charts)
            delivered = synthesize(build(project))
            reports = check_delivered(delivered, settings, store=store, more_schemas=more)
        else:
            # Of the tree that is checked only facts are read, never which rules there are.
            settings = settings_in(Path.cwd()).completed(facts_in(folder))
            settings = replace(settings, require_charts=require_charts)
            roots = [each.as_posix() for each in root or ()] or list(settings.roots)
            found = trees_in(folder, roots, "kubestrata check")
            trees = [dataclasses.replace(tree, more_schemas=more) for tree in found]
            reports = check_trees(trees, settings, _waivers(folder, waivers), store)
    for problem in (*store.problems, *store.assumed):
        printer.note(problem)
    _print(reports, settings, output, by_rule=by is Grouping.RULE, verbose=verbose)
    return DIFFERENT if any(each.errors for each in reports) else CLEAN


@contextmanager
def _more_schemas(folder: Path | None) -> Generator[tuple[Path, ...]]:
    """Generate bindings of a folder of definitions, and remove them afterwards."""
    if folder is None:
        yield ()
        return
    from tempfile import TemporaryDirectory

    from kubestrata.bindings import generate
    from kubestrata.core.bindings_path import CONFIG

    with TemporaryDirectory() as scratch:
        config = Path(scratch) / CONFIG
        config.write_text(json.dumps({"imports": [str(folder.resolve())]}), encoding="utf-8")
        report = generate(config, imports_dir=Path(scratch) / "imports", mirror=None)
        for problem in report.problems:
            printer.note(problem)
        yield (Path(scratch) / "imports" / "kubeapis",)


def _waivers(folder: Path, named: Path | None) -> list[Waiver]:
    """Return the waivers of a named file, else of the tree; a symlink must not lead out of it."""
    from kubestrata.rules.waiver_file import read_waivers

    path = folder / WAIVER_FILE
    if named is not None:
        return read_waivers(named)
    return read_waivers(path, folder) if os.path.lexists(path) else []


def _print(
    reports: Sequence[Report],
    settings: Settings,
    wanted: CheckFormat,
    *,
    by_rule: bool,
    verbose: bool,
) -> None:
    from kubestrata.rules.formats import as_github, as_json, as_junit, as_sarif, as_text

    match wanted:
        case CheckFormat.TEXT:
            printer.lines(as_text.lines(reports, by_rule=by_rule, verbose=verbose))
        case CheckFormat.JSON:
            printer.document(as_json.document(reports))
        case CheckFormat.SARIF:
            printer.document(as_sarif.document(reports, settings.rules()))
        case CheckFormat.JUNIT:
            printer.xml(as_junit.document(reports, settings.rules()))
        case CheckFormat.GITHUB:
            printer.commands(as_github.render(reports, printer.clean))
