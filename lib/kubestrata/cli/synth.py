"""`kubestrata synth`: build the platform and write the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubestrata.cli import printer
from kubestrata.core.errors import ConfigError
from kubestrata.core.interruption import held, note_change
from kubestrata.synth.project import Project, build, load_project

if TYPE_CHECKING:
    from kubestrata.delivery.delivered import Delivered
    from kubestrata.synth.dist_writer import WriteReport

NAME = "synth"


def run(
    output: Annotated[
        Path | None, typer.Option(help="The folder to write, instead of cdk8s.yaml's output.")
    ] = None,
    *,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Write what the rules refuse; never in CI.")
    ] = False,
) -> None:
    """Build main.py, judge it and write the tree, all of it or nothing.

    Example: kubestrata synth

    Nothing is written if a rule is violated and that is an error; `kubestrata check` tells more.
    Files that synth did not write are never touched; what it wrote before and no longer makes is
    removed. Under `cdk8s synth` the folder is the one that cdk8s names. Exits 0 if written, 1 if
    a rule refused it, 2 if it could not be built, judged or written, and 128 + n if the signal n
    ended it: before the write nothing was changed.
    """
    project = load_project(Path.cwd())
    named = os.environ.get("CDK8S_OUTDIR")
    folder = output or (Path(named) if named else project.output)
    from kubestrata.synth.dist_writer import write_tree
    from kubestrata.synth.synthesis import synthesize

    delivered = synthesize(build(project))
    _check(delivered, project, folder, no_check=no_check)
    with held():
        report = write_tree(folder, delivered.contents)
        summary = _summary(folder, report)
        if report.written or report.removed:
            note_change(summary)
        printer.line(summary)


def _summary(folder: Path, report: WriteReport) -> str:
    objects = len(report.written) + len(report.unchanged)
    return (
        f"{os.path.relpath(folder)}: {objects} files, {len(report.written)} written, "
        f"{len(report.removed)} removed, {len(report.unchanged)} unchanged"
    )


def _check(delivered: Delivered, project: Project, folder: Path, *, no_check: bool) -> None:
    from kubestrata.synth.check import in_ci, require_clean

    if not no_check:
        require_clean(delivered, project.settings, folder)
        return
    if in_ci():
        why = "CI is set, and what is refused would be delivered"
        raise ConfigError("kubestrata synth", "--no-check", why, "waive what must be, in code")
    printer.note("WARNING: nothing was checked; what is written may not reconcile")
