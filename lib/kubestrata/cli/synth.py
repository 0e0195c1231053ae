"""`kubestrata synth`: build the platform and write the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubestrata.cli import printer
from kubestrata.core.errors import ConfigError
from kubestrata.synth.project import Project, build, load_project

if TYPE_CHECKING:
    from kubestrata.synth.platform import Platform

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
    a rule refused it, 2 if it could not be built, judged or written.
    """
    project = load_project(Path.cwd())
    named = os.environ.get("CDK8S_OUTDIR")
    folder = output or (Path(named) if named else project.output)
    platform = build(project)
    _judge(platform, project, no_check=no_check)
    report = platform.write(folder)
    objects = len(report.written) + len(report.unchanged)
    printer.line(
        f"{os.path.relpath(folder)}: {objects} files, {len(report.written)} written, "
        f"{len(report.removed)} removed, {len(report.unchanged)} unchanged"
    )


def _judge(platform: Platform, project: Project, *, no_check: bool) -> None:
    from kubestrata.synth.judgement import in_ci, require_clean

    if not no_check:
        require_clean(platform, project.settings)
        return
    if in_ci():
        why = "CI is set, and what is refused would be delivered"
        raise ConfigError("kubestrata synth", "--no-check", why, "waive what must be, in code")
    printer.note("WARNING: nothing was checked; what is written may not reconcile")
