"""`kubestrata synth`: build the platform and write the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kubestrata.synth.project import build, load_project

NAME = "synth"


def run(
    output: Annotated[
        Path | None, typer.Option(help="The folder to write, instead of cdk8s.yaml's output.")
    ] = None,
) -> None:
    """Build main.py and write the tree, all of it or nothing.

    Example: kubestrata synth

    Files that synth did not write are never touched; what it wrote before and no longer makes is
    removed. Under `cdk8s synth` the folder is the one that cdk8s names.
    """
    project = load_project(Path.cwd())
    named = os.environ.get("CDK8S_OUTDIR")
    folder = output or (Path(named) if named else project.output)
    report = build(project).write(folder)
    objects = len(report.written) + len(report.unchanged)
    typer.echo(
        f"{os.path.relpath(folder)}: {objects} files, {len(report.written)} written, "
        f"{len(report.removed)} removed, {len(report.unchanged)} unchanged"
    )
