"""Signals that end a run: deferred during critical sections, then reported.

A process has one set of signal handlers, so the state is global.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Generator
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_held: list[int] = []
_received: list[int] = []
_changes: list[str] = []
_depth = 0


@contextlib.contextmanager
def held() -> Generator[None]:
    """Defer signals until the outermost of these blocks ends, then deliver the first one.

    Signals that the process ignores stay ignored. Only the main thread receives signals.
    """
    global _depth  # noqa: PLW0603  # handlers of signals belong to the whole process
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {} if _depth else {each: signal.getsignal(each) for each in SIGNALS}
    kept = {each: old for each, old in before.items() if old not in (signal.SIG_IGN, None)}
    for each in kept:
        signal.signal(each, _hold)
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        for each, handler in kept.items():
            signal.signal(each, handler)
        if not _depth and _held:
            first = _held[0]
            _held.clear()
            signal.raise_signal(first)


def require_none() -> None:
    """Raise KeyboardInterrupt if a signal was deferred."""
    if _held:
        raise KeyboardInterrupt


def _hold(number: int, _frame: FrameType | None) -> None:
    _held.append(number)


def listen() -> None:
    """Handle SIGTERM and SIGHUP like Ctrl-C, so that every `finally` runs."""
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def note_change(text: str) -> None:
    """Record what was written, for the message of a later interruption."""
    _changes.append(text)


def effect() -> str:
    """Return the effect of an interrupted run on the disk."""
    return f"after the write; {_changes[-1]}" if _changes else "nothing was changed"


def exit_code() -> int:
    """Return 128 and the number of the signal that ended the run."""
    return 128 + (_received[0] if _received else signal.SIGINT)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt
