"""Interception of calls in main.py that would end Python without a report."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator
from typing import Any

_REPLACING = ("execv", "execve")
"""The functions behind all exec functions of `os`."""


@contextlib.contextmanager
def reported() -> Generator[None]:
    """Raise SystemExit where main.py calls `os._exit` or replaces the process by another program.

    Processes that main.py forks are not affected: `multiprocessing` calls `os._exit` in them.
    """
    owner = os.getpid()
    before = {name: getattr(os, name) for name in ("_exit", *_REPLACING)}

    def exits(code: int) -> None:
        if os.getpid() != owner:
            before["_exit"](code)
        raise SystemExit(code)

    def replacing(name: str) -> Callable[..., None]:
        def replaces(path: Any, *arguments: Any) -> None:
            if os.getpid() != owner:
                before[name](path, *arguments)
            message = f"os.{name}: another program would replace this one"
            raise SystemExit(message)

        return replaces

    try:
        setattr(os, "_exit", exits)  # noqa: B010  # type checkers expect a NoReturn function
        for name in _REPLACING:
            setattr(os, name, replacing(name))
        yield
    finally:
        for name, function in before.items():
            setattr(os, name, function)
