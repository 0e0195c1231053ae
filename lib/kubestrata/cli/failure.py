"""How a failure is told: where in the Python source, what, why, and the fix."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from rich.console import Console

from kubestrata.core.call_error import wrong_call
from kubestrata.core.errors import KubestrataError
from kubestrata.core.origin import shown
from kubestrata.synth import interruption

CLEAN, DIFFERENT, FAILED, INTERRUPTED = 0, 1, 2, 130
_INSTALLED = sysconfig.get_paths()["purelib"]
_LIBRARY = str(Path(__file__).resolve().parents[1])


def _is_theirs(file: str) -> bool:
    return not file.startswith((_INSTALLED, _LIBRARY, sysconfig.get_paths()["stdlib"], "<"))


def _steps(error: BaseException) -> list[str]:
    frames = [
        step for step in traceback.extract_tb(error.__traceback__) if _is_theirs(step.filename)
    ]
    return [f"{shown(step.filename)}:{step.lineno} in {step.name}" for step in frames]


def _message(error: BaseException) -> str:
    if isinstance(error, KubestrataError):
        return str(error)
    if isinstance(error, TypeError) and (wrong := wrong_call(error)) is not None:
        return str(wrong)
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown(error.filename)}:{error.lineno}: Python cannot read it: {error.msg}"
    steps = _steps(error)
    where = steps[-1].partition(" in ")[0] if steps else "kubestrata"
    return f"{where}: {type(error).__name__}: {error}"


def tell(error: BaseException, console: Console, *, trace: bool) -> int:
    """Print the failure; returns the exit code."""
    if isinstance(error, KeyboardInterrupt):
        console.print(f"interrupted: {_escape(interruption.effect())}")
        return interruption.exit_code()
    console.print(f"[bold red]error[/] {_escape(_message(error))}")
    steps = _steps(error)
    if len(steps) > 1:
        console.print("  called from " + _escape(", ".join(reversed(steps[:-1]))))
    if trace:
        console.print(_escape("".join(traceback.format_exception(error))))
    return error.exit_code if isinstance(error, KubestrataError) else FAILED


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
