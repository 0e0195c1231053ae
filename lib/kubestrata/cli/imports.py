"""`kubestrata import`: schema sources become typed bindings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kubestrata.bindings import ImportReport, check, check_untouched, generate
from kubestrata.cli import printer
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.core.errors import ConfigError
from kubestrata.synth.project import Project, load_project

NAME = "import"
_MIRROR = "KUBESTRATA_MIRROR"


def run(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[source]...",
            help="What to add to cdk8s.yaml first: k8s@VERSION, a file, folder, glob, chart or "
            "URL, github:ORG/REPO@VERSION; NAME:=source names the package.",
            show_default=False,
        ),
    ] = None,
    mirror: Annotated[
        Path | None,
        typer.Option(
            envvar=_MIRROR,
            help="A folder with SOURCES.tsv that answers in place of the network.",
        ),
    ] = None,
    *,
    descriptions: Annotated[
        bool,
        typer.Option(
            "--descriptions", help="Keep upstream's descriptions in docstrings, for private use."
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; exit 1 if imports/ is not as generated."),
    ] = False,
) -> int:
    """Generate imports/kubeapis from the sources that cdk8s.yaml names, and those given.

    Example: kubestrata import gadget:=crds/gadgets.yaml

    A bad document is reported and the others still arrive; the exit code is then 1. A source
    that cannot be used at all changes nothing, not even cdk8s.yaml; the exit code is then 2.
    With --check and no mirror, the generated files are compared with the digests in the lock.
    """
    project = load_project(Path.cwd())
    if verify:
        if sources or descriptions:
            why = "--check changes nothing"
            raise ConfigError("kubestrata import", "sources and --descriptions", why, "leave one")
        return _verify(project, mirror)
    with printer.progress() as progress:
        report = generate(
            project.config,
            imports_dir=project.imports,
            mirror=mirror,
            add=sources or (),
            descriptions=descriptions,
            progress=progress,
            cores=os.cpu_count() or 1,
        )
    printer.line(f"{os.path.relpath(project.imports)}: {_counted(report)}")
    for problem in report.problems:
        printer.note(problem)
    return DIFFERENT if report.problems else CLEAN


def _counted(report: ImportReport) -> str:
    """How many kinds there are, and what else there is."""
    others = {"values modules": report.values, "configuration documents": report.documents}
    told = [f"{len(found)} {what}" for what, found in others.items() if found]
    return ", ".join([f"{len(report.kinds)} kinds", *told])


def _verify(project: Project, mirror: Path | None) -> int:
    differences = check_untouched(project.imports)
    if mirror is not None and not differences:
        with printer.progress() as progress:
            cores = os.cpu_count() or 1
            differences = check(project.config, project.imports, mirror, progress, cores)
    for difference in differences:
        printer.note(difference)
    if differences:
        printer.note("imports/ is generated: run `kubestrata import`, edit nothing there")
        return DIFFERENT
    printer.line(f"{os.path.relpath(project.imports)}: as generated")
    return CLEAN
