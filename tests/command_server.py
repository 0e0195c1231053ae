"""A process that has imported kubestrata, and runs each command in a fork of itself.

Importing takes most of the time of a command. Each command still has a process, a working folder
and an environment of its own; whatever depends on how Python starts needs a new process.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

_PACKAGES = ("cli", "constructs", "delivery", "gitops", "plan", "rules", "schema", "synth")
_MOST_SECONDS = 120
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@cache
def _server() -> subprocess.Popen[str]:
    """Start the server, once for each process that tests; it ends with its standard input."""
    server = subprocess.Popen(
        [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(server.communicate)
    return server


def run_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[int, str, str]:
    """Run `kubestrata` in a folder; return its exit code, output and errors."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    request = {"arguments": arguments, "folder": str(folder), "environment": dict(environment)}
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    code, out, err = json.loads(server.stdout.readline())
    return code, out, err


def _serve() -> None:
    """Answer each line of standard input with one of standard output."""
    for package in _PACKAGES:
        root = importlib.import_module(f"kubestrata.{package}")
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                _run(json.loads(line), out, err)
            _, status = os.waitpid(child, 0)
            answer = (os.waitstatus_to_exitcode(status), _text(out), _text(err))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(request: Mapping[str, Any], out: IO[bytes], err: IO[bytes]) -> None:
    """Become the command; the alarm ends one that hangs."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(_MOST_SECONDS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["kubestrata", *request["arguments"]]
    importlib.import_module("kubestrata.cli").main()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    _serve()
