"""`kubestrata synth`: build the platform and write the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.cli import printer
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError
from kubestrata.core.interruption import held, note_change

if TYPE_CHECKING:
    from kubestrata.delivery.delivered import Delivered
    from kubestrata.synth.dist_writer import WriteReport
    from kubestrata.synth.project import Project

NAME = "synth"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = "The folder to write, instead of the output of cdk8s.yaml."
    parser.add_argument("--output", type=Path, metavar="<path>", help=about)
    about = "Write the tree without checking it; refused in CI."
    parser.add_argument("--no-check", action="store_true", help=about)


def run(output: Path | None = None, *, no_check: bool = False) -> None:
    """Run main.py, check the result and write the tree, all of it or nothing.

    Example: kubestrata synth

    Nothing is written if a rule of severity error is violated; see `kubestrata check`. Files that
    synth did not write are never touched; files that it wrote before and no longer generates are
    removed. Under `cdk8s synth` the folder is the one that cdk8s names. Exits 0 if the tree was
    written, 1 if a rule refused it, 2 if building, checking or writing it failed, and 128 + n on
    signal n, which changes nothing if it arrives before the write.
    """
    from kubestrata.synth.project import build, load_project

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
        # A folder and counts: reading all objects for secrets would take a tenth of the time.
        printer.manual(f"{summary}\n")


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
        why = "not allowed where CI is set: violations would reach the cluster"
        raise ConfigError("kubestrata synth", "--no-check", why, "waive the violations in code")
    printer.note("WARNING: nothing was checked; the tree may not reconcile")
