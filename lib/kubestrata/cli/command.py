"""The `kubestrata` command, its subcommands and common options."""

from __future__ import annotations

import functools
import gc
import io
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from kubestrata.cli import check, diff, explain, graph, imports, printer, synth
from kubestrata.cli.failure import CLEAN, FAILED, INTERRUPTED, report
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
_COLLECTED = 1_000_000
_trace = False
_ran = False


def _guarded(run: Callable[..., int | None]) -> Callable[..., int]:
    """Wrap a command so that no exception of main.py, SystemExit included, exits with 0."""

    @functools.wraps(run)
    def guarded(*arguments: Any, **options: Any) -> int:
        global _ran  # noqa: PLW0603  # one command for the whole process
        _ran = True
        try:
            printer.claim()
            code = run(*arguments, **options) or CLEAN
            printer.deliver()
        except BaseException as error:  # noqa: BLE001  # SystemExit of main.py too
            return report(error, trace=_trace, wanted=options.get("output"))
        return code

    return guarded


for module in (synth, check, diff, explain, graph, imports):
    app.command(module.NAME, help=docstring(module.run))(_guarded(module.run))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        printer.claim()
        printer.line(version("kubestrata"))
        printer.deliver()
        raise typer.Exit


@app.callback()
def _options(
    *,
    trace: Annotated[bool, typer.Option(help="Also print the Python traceback.")] = False,
    version: Annotated[  # noqa: ARG001  # the callback reads it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    global _trace  # noqa: PLW0603  # an option of the whole process
    _trace = trace


def main() -> None:
    """Run the command line; exits 0 clean, 1 different, 2 failed, 128 + n on signal n."""
    listen()
    # A command is short: collecting what it keeps anyway would cost a tenth of its time.
    gc.set_threshold(_COLLECTED)
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  # closed by the caller
        printer.note("error standard output is closed: the result would go nowhere")
        sys.exit(FAILED)
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED and not _ran:  # typer turns Ctrl-C into an exit code
            code = report(KeyboardInterrupt(), trace=_trace)
    except BaseException as error:  # noqa: BLE001  # the last chance to report it
        code = _failed(error)
    code = code if printer.finish() else FAILED
    gc.freeze()  # else Python would look through all that is left when it ends
    sys.exit(code)


def _failed(error: BaseException) -> int:
    """Report an error outside of a command, such as a usage error found by typer."""
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        return FAILED
    return _tell_usage(error) if _is_usage(error) else report(error, trace=_trace)


def _is_usage(error: BaseException) -> bool:
    return hasattr(error, "format_message") and hasattr(error, "show")


def _tell_usage(error: BaseException) -> int:
    text = io.StringIO()
    getattr(error, "show")(file=text)  # noqa: B009  # typer may bring its own copy of click
    printer.notes(text.getvalue())
    return FAILED
