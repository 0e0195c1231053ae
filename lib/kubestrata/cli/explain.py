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
from kubestrata.core.value.placeholder import resolve

if TYPE_CHECKING:
    from kubestrata.core.written import Located
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
    from kubestrata.synth.synthesis import object_in, synthesize

    platform = build(project)
    made = object_in(platform, wanted)
    if made is not None:
        _print(resolve(str(made.identity), substituted=True), made.origin, output)
        return
    clusters = synthesize(platform, only=wanted.partition("/")[0]).clusters
    files = {file.path: file for cluster in clusters for file in cluster.files}
    if wanted not in files:
        fix = "run `kubestrata diff` to see the files that main.py generates"
        raise ConfigError(str(file), "not a file of the tree", "main.py does not generate it", fix)
    manifest = files[wanted].manifest
    name = wanted if manifest is None else str(identity_of(manifest))
    _print(name, files[wanted].origin, output)


def _print(name: str, origin: Located, output: Format) -> None:
    above = origin.called_from
    if output is Format.JSON:
        facts = {
            "object": name,
            "file": shown(origin.file),
            "line": origin.line,
            "calledFrom": above and {"file": shown(above.file), "line": above.line},
            "construct": origin.path,
        }
        printer.document(facts)
        return
    printer.line(name)
    printer.line(f"  made at {shown(origin.file)}:{origin.line}")
    if above:
        printer.line(f"  called from {above}")
    printer.line(f"  construct {origin.path}")


def _below_output(project: Project, file: Path) -> str:
    path = Path(os.path.normpath(Path.cwd() / file))
    if path.is_relative_to(project.output):
        return path.relative_to(project.output).as_posix()
    return file.as_posix()
