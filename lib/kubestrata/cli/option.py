"""The parser of a command line: argparse, with its errors and its help as exceptions.

Parsing prints nothing and does not end the process; `command` does both.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Never

_HELP_COLUMN = 30


class UsageError(Exception):
    """A command line that cannot be understood; `usage` shows how it is written."""

    def __init__(self, usage: str, message: str) -> None:
        self.usage = usage
        super().__init__(message)


class HelpWanted(Exception):
    """`--help` is on the command line; the message is the help."""


class Parser(argparse.ArgumentParser):
    """A parser of one command. Options are written in full, in any order with the arguments."""

    def __init__(self, name: str, description: str, epilog: str = "") -> None:
        super().__init__(
            name,
            description=description,
            epilog=epilog,
            add_help=False,
            allow_abbrev=False,
            formatter_class=_formatter,
        )
        self.add_argument("--help", action=_Help, help="Show this message and exit.")

    def add_choice(self, flag: str, default: Enum, text: str) -> None:
        """Add an option whose values are the members of an Enum."""
        kind = type(default)
        self.add_argument(
            flag,
            type=_member_of(kind),
            default=default,
            metavar=f"<{'|'.join(str(each.value) for each in kind)}>",
            help=f"{text} [default: {default.value}]",
        )

    def add_tree(self) -> None:
        """Add the folder of a tree, and the sync roots in it."""
        about = "A folder of plain YAML that Flux or Argo CD reconciles, instead of main.py."
        self.add_argument("folder", type=Path, nargs="?", help=about)
        self.add_roots()

    def add_roots(self) -> None:
        """Add the sync roots in a folder."""
        about = "A sync root in the folder, instead of all that are found; may be repeated."
        self.add_argument("--root", type=Path, metavar="<path>", action="append", help=about)

    def add_charts(self) -> None:
        """Add the folders of charts beside the store."""
        about = "A folder of Helm charts, as folders and archives, before those in the store; "
        about += "may be repeated."
        self.add_argument("--charts", type=Path, metavar="<path>", action="append", help=about)

    def values(self, words: Sequence[str]) -> dict[str, Any]:
        """Return the values of the arguments by name; raises HelpWanted or UsageError."""
        # argparse mixes options and arguments, or understands `--`, but not both.
        parse = self.parse_args if "--" in words else self.parse_intermixed_args
        return vars(parse(words))

    def error(self, message: str) -> Never:
        """Raise UsageError, where argparse would print and exit."""
        raise UsageError(self.format_usage(), message)


class _Help(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        del dest
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> Never:
        raise HelpWanted(parser.format_help())


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=_HELP_COLUMN)


def _member_of(kind: type[Enum]) -> Callable[[str], Enum]:
    def member(text: str) -> Enum:
        try:
            return kind(text)
        except ValueError:
            known = ", ".join(repr(each.value) for each in kind)
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {known}") from None

    return member
