"""Calls that end Python at once, turned into exits of main.py that a command can report."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator
from typing import Any

_REPLACING = ("execv", "execve")
"""What the other exec functions of `os` call."""


@contextlib.contextmanager
def reported() -> Generator[None]:
    """Raise SystemExit where main.py calls `os._exit` or replaces the process by another program.

    Processes that main.py forks end as they want: `multiprocessing` calls `os._exit` there.
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
            message = f"os.{name}: another program takes the place of this one"
            raise SystemExit(message)

        return replaces

    try:
        setattr(os, "_exit", exits)  # noqa: B010  # type checkers know that it does not return
        for name in _REPLACING:
            setattr(os, name, replacing(name))
        yield
    finally:
        for name, function in before.items():
            setattr(os, name, function)
