"""The `kubestrata` command: what its subcommands share."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer
from rich.console import Console

from kubestrata.cli import check, diff, explain, graph, imports, synth
from kubestrata.cli.failure import CLEAN, FAILED, INTERRUPTED, tell
from kubestrata.core.docstring import docstring
from kubestrata.core.interruption import listen

app = typer.Typer(
    name="kubestrata",
    help="Typed Python instead of Kubernetes YAML: what synthesizes, reconciles.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (synth, check, diff, explain, graph, imports):
    app.command(module.NAME, help=docstring(module.run))(module.run)

_trace = False


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("kubestrata"))
        raise typer.Exit


@app.callback()
def _options(
    *,
    trace: Annotated[bool, typer.Option(help="Show Python's own traceback too.")] = False,
    version: Annotated[  # noqa: ARG001  # the callback reads it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    global _trace  # noqa: PLW0603  # an option of the whole process
    _trace = trace


def main() -> None:
    """Run the command line; exits 0 clean, 1 different, 2 failed, 128 + n for the signal n."""
    listen()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer turns Ctrl-C into an exit code
            code = tell(KeyboardInterrupt(), console, trace=_trace)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last place to tell it
        code = _tell_usage(error) if _is_usage(error) else tell(error, console, trace=_trace)
    sys.stdout.flush()
    sys.exit(code if isinstance(code, int) else CLEAN)


def _terminate(number: int, _frame: object) -> None:
    """Raise, so that each step removes what it began."""
    sys.exit(128 + number)


def _is_usage(error: BaseException) -> bool:
    return hasattr(error, "format_message") and hasattr(error, "show")


def _tell_usage(error: BaseException) -> int:
    getattr(error, "show")()  # noqa: B009  # typer may bring its own copy of click
    return FAILED
