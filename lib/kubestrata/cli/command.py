"""The `kubestrata` command, its subcommands and common options."""

from __future__ import annotations

import gc
import itertools
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from kubestrata.cli import (
    check,
    compare,
    contract,
    diff,
    explain,
    graph,
    imports,
    outdated,
    printer,
    synth,
)
from kubestrata.cli.failure import CLEAN, FAILED, report
from kubestrata.cli.option import HelpWanted, Parser, UsageError
from kubestrata.core.docstring import docstring
from kubestrata.core.interruption import listen

_NAME = "kubestrata"
_ABOUT = "Typed Python instead of Kubernetes YAML: what synthesizes, reconciles."
COMMANDS = {
    each.NAME: each
    for each in (synth, check, diff, compare, contract, explain, graph, imports, outdated)
}
_COLLECTED = 1_000_000
_Call: TypeAlias = tuple[Callable[..., int | None], dict[str, Any]]
"""The function of a command, and its arguments."""


def program() -> Parser:
    """Return the parser of the options before a command."""
    about = {name: docstring(each.run).partition("\n")[0] for name, each in COMMANDS.items()}
    listed = "\n".join(f"  {name:<9}{text}" for name, text in about.items())
    parser = Parser(_NAME, _ABOUT, f"commands:\n{listed}")
    parser.usage = f"{_NAME} [options] command [options and arguments of the command]"
    parser.add_argument("--trace", action="store_true", help="Also print the Python traceback.")
    parser.add_argument("--version", action="store_true", help="Print the version.")
    return parser


def parser_of(name: str) -> Parser:
    """Return the parser of a command."""
    parser = Parser(f"{_NAME} {name}", docstring(COMMANDS[name].run))
    COMMANDS[name].declare(parser)
    return parser


def main() -> None:
    """Run the command line; exits 0 clean, 1 different, 2 failed, 128 + n on signal n."""
    listen()
    # A command is short: collecting what it keeps anyway would cost a tenth of its time.
    gc.set_threshold(_COLLECTED)
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  # closed by the caller
        printer.note("error standard output is closed: the result would go nowhere")
        sys.exit(FAILED)
    code = _run(sys.argv[1:])
    code = code if printer.finish() else FAILED
    gc.freeze()  # else Python would look through all that is left when it ends
    sys.exit(code)


def _run(words: Sequence[str]) -> int:
    try:
        first = list(itertools.takewhile(lambda word: word.startswith("-"), words))
        common = program().values(first)
        called: _Call = (_version, {})
        if not common["version"]:
            called = _command(words[len(first) :])
    except HelpWanted as wanted:
        return _guarded(printer.manual, trace=False, text=str(wanted))
    except UsageError as error:
        printer.notes(f"{error.usage}error: {error}")
        return FAILED
    except BaseException as error:  # noqa: BLE001  # a signal that arrives now
        return report(error, trace=False)
    run, options = called
    return _guarded(run, trace=common["trace"], **options)


def _command(words: Sequence[str]) -> _Call:
    if not words:
        raise UsageError(program().format_help() + "\n", "no command")
    name = words[0]
    if name not in COMMANDS:
        from kubestrata.core.alike import alike

        near = "".join(f"; did you mean {each!r}?" for each in alike(name, COMMANDS))
        raise UsageError(program().format_usage(), f"no such command: {name!r}{near}")
    return COMMANDS[name].run, parser_of(name).values(words[1:])


def _guarded(run: Callable[..., int | None], *, trace: bool, **options: Any) -> int:
    """Run a command so that no exception of main.py, SystemExit included, exits with 0."""
    try:
        printer.claim()
        code = run(**options) or CLEAN
        printer.deliver()
    except BaseException as error:  # noqa: BLE001  # SystemExit of main.py too
        return report(error, trace=trace, wanted=options.get("output"))
    return code


def _version() -> None:
    from importlib.metadata import version

    printer.manual(version(_NAME) + "\n")
