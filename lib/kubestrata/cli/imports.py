"""`kubestrata import`: schema sources become typed bindings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kubestrata.bindings import check, check_untouched, generate
from kubestrata.cli.failure import DIFFERENT
from kubestrata.synth.project import Project, load_project

NAME = "import"
_MIRROR = "KUBESTRATA_MIRROR"


def run(
    mirror: Annotated[
        Path | None,
        typer.Option(
            envvar=_MIRROR,
            help="A folder with SOURCES.tsv that answers in place of the network.",
        ),
    ] = None,
    *,
    verify: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; exit 1 if imports/ is not as generated."),
    ] = False,
) -> None:
    """Generate imports/kubeapis from the sources that cdk8s.yaml names.

    Example: kubestrata import --mirror ../schemas

    A bad document is reported and the others still arrive; the exit code is then 1. With --check
    and no mirror, the generated files are compared with the digests in the lock.
    """
    project = load_project(Path.cwd())
    if verify:
        _verify(project, mirror)
        return
    report = generate(project.config, imports_dir=project.imports, mirror=mirror)
    typer.echo(f"{os.path.relpath(project.imports)}: {len(report.kinds)} kinds")
    for problem in report.problems:
        typer.echo(problem, err=True)
    if report.problems:
        raise typer.Exit(DIFFERENT)


def _verify(project: Project, mirror: Path | None) -> None:
    differences = check_untouched(project.imports)
    if mirror is not None and not differences:
        differences = check(project.config, imports_dir=project.imports, mirror=mirror)
    for difference in differences:
        typer.echo(difference, err=True)
    if differences:
        typer.echo("imports/ is generated: run `kubestrata import`, edit nothing there", err=True)
        raise typer.Exit(DIFFERENT)
    typer.echo(f"{os.path.relpath(project.imports)}: as generated")
