"""`kubestrata check`: what synthesizes, reconciles."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from kubestrata.cli.failure import DIFFERENT
from kubestrata.core.errors import ConfigError
from kubestrata.rules.engine import Report, judge
from kubestrata.rules.formats import as_github, as_json, as_junit, as_sarif, as_text
from kubestrata.rules.page import explain as explained
from kubestrata.rules.settings import Settings, read_settings
from kubestrata.rules.waiver_file import FILE, read_waivers
from kubestrata.synth.project import CONFIG, build, load_config, load_project

NAME = "check"


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


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[folder]",
            help="A tree of plain YAML that Flux or Argo CD reconciles, instead of main.py's.",
            show_default=False,
        ),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(help="The sync root in the folder, instead of all found.")
    ] = None,
    waivers: Annotated[
        Path | None, typer.Option(help=f"Waivers of a plain tree, instead of its {FILE}.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(help="Print the page of a rule (R09) or a group (references).")
    ] = None,
    output: Annotated[
        CheckFormat, typer.Option(help="text for people, the others for programs.")
    ] = CheckFormat.TEXT,
    by: Annotated[Grouping, typer.Option(help="How text is grouped.")] = Grouping.OBJECT,
) -> None:
    """Judge what a cluster would reconcile; writes nothing.

    Example: kubestrata check --output json

    Exits 0 if nothing is an error, 1 if something is, 2 if it could not be judged. Rules are set
    in cdk8s.yaml below `kubestrata: check:`.
    """
    if explain is not None:
        typer.echo(explained(explain), nl=False)
        return
    if folder is None and (root is not None or waivers is not None):
        why = "--root and --waivers are for a folder of plain YAML"
        raise ConfigError("kubestrata check", "no folder", why, "name the folder first")
    if folder is None:
        from kubestrata.synth.judgement import judge_platform

        project = load_project(Path.cwd())
        settings, reports = project.settings, judge_platform(build(project), project.settings)
    else:
        settings = _settings(Path.cwd())
        reports = _judge_folder(folder, root, waivers, settings)
    typer.echo(_rendered(reports, settings, output, by), nl=False)
    if any(report.errors for report in reports):
        raise typer.Exit(DIFFERENT)


def _settings(folder: Path) -> Settings:
    """Those of the project here, if there is one: never those of a tree that is judged."""
    return read_settings(load_config(folder), folder) if (folder / CONFIG).exists() else Settings()


def _judge_folder(
    folder: Path, root: Path | None, waivers: Path | None, settings: Settings
) -> list[Report]:
    from kubestrata.gitops import from_folder

    if not folder.is_dir():
        raise ConfigError("kubestrata check", str(folder), "is no folder")
    given = waivers or folder / FILE
    known = read_waivers(given) if waivers is not None or given.exists() else []
    rules, today = settings.rules(), datetime.now(UTC).date()
    start = None if root is None else root.as_posix()
    trees = from_folder(folder, start)
    return [judge(settings.settle(tree), rules, known, today) for tree in trees]


def _rendered(
    reports: Sequence[Report], settings: Settings, output: CheckFormat, by: Grouping
) -> str:
    match output:
        case CheckFormat.JSON:
            return as_json.render(reports)
        case CheckFormat.SARIF:
            return as_sarif.render(reports, settings.rules())
        case CheckFormat.JUNIT:
            return as_junit.render(reports, settings.rules())
        case CheckFormat.GITHUB:
            return as_github.render(reports)
        case CheckFormat.TEXT:
            colour = sys.stdout.isatty()
            return as_text.render(reports, colour=colour, by_rule=by is Grouping.RULE)
