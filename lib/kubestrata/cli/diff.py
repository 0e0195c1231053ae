"""`kubestrata diff`: what synth would change."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kubestrata.cli import printer
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.format import Format
from kubestrata.core.plain_text import GREEN, RED, YELLOW, Span
from kubestrata.plan.redaction import without_secrets
from kubestrata.plan.tree_diff import FieldChange, ObjectChange, compare
from kubestrata.synth.dist_writer import read_tree
from kubestrata.synth.project import build, load_project

NAME = "diff"
_SIGNS = {"added": ("+", GREEN), "removed": ("-", RED), "changed": ("~", YELLOW)}


def run(
    output: Annotated[
        Format, typer.Option(help="text for people, json for programs.")
    ] = Format.TEXT,
    against: Annotated[
        Path | None,
        typer.Option(help="The folder to compare with, instead of cdk8s.yaml's output."),
    ] = None,
) -> int:
    """Show what synth would change, object by object and field by field.

    Example: kubestrata diff --output json

    Exits 0 if the tree is what main.py makes, 1 if it differs, 2 if that could not be told.
    """
    project = load_project(Path.cwd())
    folder = against or project.output
    after = build(project).files()
    found = compare(_on_disk(folder, after.keys()), after)
    changes = [without_secrets(change) for change in found]
    if output is Format.JSON:
        printer.document({"changes": [dataclasses.asdict(one) for one in changes]})
    else:
        _print(changes)
    return DIFFERENT if changes else CLEAN


def _on_disk(folder: Path, made: Iterator[str] | Any) -> dict[str, bytes]:
    files = read_tree(folder)
    for path in made:
        file = folder / path
        if path not in files and file.is_file():
            files[path] = file.read_bytes()
    return files


def _print(changes: Sequence[ObjectChange]) -> None:
    for change in changes:
        sign, colour = _SIGNS[change.verb]
        note = f"  ({change.note})" if change.note else ""
        printer.lines([[Span(f"{sign} {change.name}  {change.file}{note}", colour)]])
        for field in change.fields:
            for line in _field_lines(field):
                printer.lines([[Span("    " + line, _SIGNS[field.verb][1])]])
    counts = ", ".join(
        f"{sum(change.verb == verb for change in changes)} {verb}" for verb in _SIGNS
    )
    printer.line(counts if changes else "no difference")


def _field_lines(field: FieldChange) -> Iterator[str]:
    sign = _SIGNS[field.verb][0]
    if field.verb == "added":
        yield f"{sign} {field.path}: {_shown(field.after)}"
    elif field.verb == "removed":
        yield f"{sign} {field.path}: {_shown(field.before)}"
    elif _is_text(field.before) and _is_text(field.after):
        yield f"{sign} {field.path}:"
        lines = difflib.unified_diff(
            field.before.splitlines(), field.after.splitlines(), lineterm="", n=1
        )
        yield from (f"    {line}" for line in list(lines)[2:])
    else:
        yield f"{sign} {field.path}: {_shown(field.before)} -> {_shown(field.after)}"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
