"""Work of tests for other processes, which would import pytest with a module of tests."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from kubestrata.core.errors import InvalidName


def refused(value: str) -> str:
    raise ValueError(value)


def where(_: int) -> int:
    return os.getpid()


def invalid(value: str) -> str:
    raise InvalidName(value, "why", "fix", where="a.yaml:1")


def killed(value: str) -> str:
    if value == "bad":
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def ended(value: str) -> str:
    os._exit(int(value))


def endless(path: str) -> None:
    """Leave the id of the process in a folder, and do not end."""
    Path(path, str(os.getpid())).touch()
    while True:
        time.sleep(0.1)
