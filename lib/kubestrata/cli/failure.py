"""Error reports: the line of Python, what is wrong, why, and the fix.

They are printed on standard error. A machine-readable format also gets a document on standard
output, one without a result, so that a failed check is never read as a clean one.
"""

from __future__ import annotations

import traceback
from difflib import get_close_matches
from enum import Enum

from kubestrata.cli import printer
from kubestrata.core import interruption
from kubestrata.core.errors import KubestrataError, OutputError, text_of
from kubestrata.core.failure import Failure
from kubestrata.core.origin import shown, steps_of
from kubestrata.core.plain_text import RED, Span, indented

_OURS = ("kubeapis", "kubestrata")
_MOST_NAMES = 12
CLEAN, DIFFERENT, FAILED, INTERRUPTED = 0, 1, 2, 130


def report(error: BaseException, *, trace: bool, wanted: object = None) -> int:
    """Report an error, also in the format `wanted`, and return the exit code."""
    printer.discard()
    if isinstance(error, printer.ReaderLeft):
        return FAILED
    if isinstance(error, KeyboardInterrupt):
        printer.note(f"interrupted: {interruption.effect()}")
        return interruption.exit_code()
    failure = _failure(error)
    _tell(error, failure, trace=trace)
    _answer(failure, wanted.value if isinstance(wanted, Enum) else None)
    try:
        printer.deliver()
    except printer.ReaderLeft:
        return FAILED
    except OutputError as closed:
        if not isinstance(error, OutputError):
            _tell(closed, _failure(closed), trace=False)
    return _code(error)


def _code(error: BaseException) -> int:
    """Return the exit code of an error; a subclass in main.py cannot set it to success."""
    code = getattr(error, "exit_code", FAILED) if isinstance(error, KubestrataError) else FAILED
    return code if code in (DIFFERENT, FAILED) else FAILED


def _failure(error: BaseException) -> Failure:
    try:
        return _described(error)
    except Exception:  # noqa: BLE001  # an error of main.py may be anything
        return Failure("kubestrata", type(error).__name__, text_of(error))


def _described(error: BaseException) -> Failure:
    if isinstance(error, TypeError):
        from kubestrata.core.call_error import wrong_call

        error = wrong_call(error) or error
    if isinstance(error, KubestrataError):
        fix = None if error.fix is None else str(error.fix)
        return Failure(str(error.where), str(error.what), str(error.why), fix)
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{shown(error.filename)}:{error.lineno}"
        return Failure(where, "Python cannot read it", str(error.msg))
    steps = steps_of(error)
    where = f"{shown(steps[-1].filename)}:{steps[-1].lineno}" if steps else "kubestrata"
    if isinstance(error, MemoryError):
        fix = "run it with more memory, or split the input or the output"
        return Failure(where, "MemoryError", "out of memory", fix)
    return Failure(where, type(error).__name__, text_of(error), _attribute_fix(error))


def _attribute_fix(error: BaseException) -> str | None:
    """Return the names of a class of kubestrata of which one was meant: its factories."""
    if not isinstance(error, AttributeError):
        return None
    owner = error.obj
    if not isinstance(owner, type) or owner.__module__.partition(".")[0] not in _OURS:
        return None
    names = [each for each in dir(owner) if not each.startswith("_")]
    near = get_close_matches(str(error.name), names, n=1) if error.name else []
    return f"write {near[0]!r}" if near else f"one of {', '.join(names[:_MOST_NAMES])}"


def _tell(error: BaseException, failure: Failure, *, trace: bool) -> None:
    reports = getattr(error, "reports", None) if isinstance(error, KubestrataError) else None
    why = failure.why.partition("\n")[0] if reports else failure.why
    what = ": ".join(part for part in (failure.where, failure.what, why) if part)
    first, *others = indented(what).split("\n")
    printer.note(Span("error", RED), Span(f" {first}"))
    for line in others:
        printer.note(line)
    if reports:
        from kubestrata.rules.formats import as_text

        for spans in as_text.lines(reports):
            printer.note(*spans)
    if failure.fix:
        printer.notes(indented(f"  fix: {failure.fix}"))
    above = [f"{shown(step.filename)}:{step.lineno} in {step.name}" for step in steps_of(error)]
    if len(above) > 1:
        printer.note("  called from " + ", ".join(reversed(above[:-1])))
    if trace:
        printer.notes("".join(traceback.format_exception(error)))


def _answer(failure: Failure, wanted: object) -> None:
    if wanted is None:
        return
    from kubestrata.rules.formats import as_github, as_json, as_junit, as_sarif

    match wanted:
        case "json":
            printer.document(as_json.failed(failure))
        case "sarif":
            printer.document(as_sarif.failed(failure))
        case "junit":
            printer.xml(as_junit.failed(failure))
        case "github":
            printer.commands(as_github.failed(failure, printer.clean))
        case _:
            pass
