"""Steps that Ctrl-C and a termination request do not interrupt, kept to a few system calls."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager

_HELD = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_held() -> Generator[None]:
    """Deliver SIGINT and SIGTERM that arrive in the block at its end; main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    handlers = {each: signal.getsignal(each) for each in _HELD}
    for each in _HELD:
        if callable(handlers[each]):  # what ends the process without Python cannot be held
            signal.signal(each, lambda number, _: arrived.append(number))
    try:
        yield
    finally:
        for each, handler in handlers.items():
            if callable(handler):
                signal.signal(each, handler)
        for number in arrived:
            os.kill(os.getpid(), number)
