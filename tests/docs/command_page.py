"""Writes docs/reference/command.md: every command with its arguments and options."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from kubestrata.cli.command import COMMANDS, parser_of, program
from kubestrata.cli.option import Parser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command.md"


def page() -> str:
    """Return the text of the page."""
    parts = ["# `kubestrata`", *_described(program())]
    parts.append("**Commands**:")
    parts.append("\n".join(f"* `{name}`: {_first(name)}" for name in COMMANDS))
    for name in COMMANDS:
        parts += [f"## `kubestrata {name}`", *_described(parser_of(name))]
    return "\n\n".join(parts) + "\n"


def _first(name: str) -> str:
    return (parser_of(name).description or "").partition("\n")[0]


def _described(parser: Parser) -> Iterator[str]:
    yield parser.description or ""
    usage = re.sub(r"\s+", " ", parser.format_usage().removeprefix("usage: ")).strip()
    yield f"```console\n$ {usage}\n```"
    listed = {"Arguments": "", "Options": ""}
    for action in parser._actions:  # argparse has no public list
        title = "Options" if action.option_strings else "Arguments"
        listed[title] += f"* `{_written(action)}`: {action.help}\n"
    for title, text in listed.items():
        if text:
            yield f"**{title}**:"
            yield text.rstrip()


def _written(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = f" {action.metavar}" if action.metavar else ""
    return action.option_strings[0] + value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
