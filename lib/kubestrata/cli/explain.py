"""`kubestrata explain`: the line of Python behind a file of the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.cli import printer
from kubestrata.cli.format import Format
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError
from kubestrata.core.identity import identity_of
from kubestrata.core.origin import shown

if TYPE_CHECKING:
    from kubestrata.core.written import WrittenFile
    from kubestrata.synth.project import Project

NAME = "explain"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = "A file of the tree, or its path inside the tree."
    parser.add_argument("file", type=Path, help=about)
    about = "The output format: text for people, json for programs."
    parser.add_choice("--output", Format.TEXT, about)


def run(file: Path, output: Format = Format.TEXT) -> None:
    """Show the object in a file, and the Python line and construct that created it.

    Example: kubestrata explain dist/cloudlab/apps/whoami/whoami-deployment.yaml
    """
    from kubestrata.synth.project import build, load_project

    project = load_project(Path.cwd())
    wanted = _below_output(project, file)
    from kubestrata.synth.synthesis import synthesize

    clusters = synthesize(build(project), only=wanted.partition("/")[0]).clusters
    made = {file.path: file for cluster in clusters for file in cluster.files}
    if wanted not in made:
        fix = "run `kubestrata diff` to see the files that main.py generates"
        raise ConfigError(str(file), "not a file of the tree", "main.py does not generate it", fix)
    facts = _facts(made[wanted])
    if output is Format.JSON:
        printer.document(facts)
        return
    printer.line(f"{facts['object']}")
    printer.line(f"  made at {facts['file']}:{facts['line']}")
    if above := made[wanted].origin.called_from:
        printer.line(f"  called from {above}")
    printer.line(f"  construct {facts['construct']}")


def _below_output(project: Project, file: Path) -> str:
    path = Path(os.path.normpath(Path.cwd() / file))
    if path.is_relative_to(project.output):
        return path.relative_to(project.output).as_posix()
    return file.as_posix()


def _facts(made: WrittenFile) -> dict[str, object]:
    above = made.origin.called_from
    name = str(identity_of(made.manifest)) if made.manifest is not None else made.path
    return {
        "object": name,
        "file": shown(made.origin.file),
        "line": made.origin.line,
        "calledFrom": None if above is None else {"file": shown(above.file), "line": above.line},
        "construct": made.origin.path,
    }
