"""A process that has imported kubestrata, and runs each command or program in a fork of itself.

Importing takes most of the time of a command. Each one still has a process, a working folder
and an environment of its own; whatever depends on how Python starts needs a new process.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

from kubestrata.knowledge.configuration_field import configuration_fields
from kubestrata.knowledge.kubernetes_history import kubernetes_history
from kubestrata.knowledge.load import knowledge
from kubestrata.knowledge.requirement import requirements
from kubestrata.rules.catalogue import all_rules
from kubestrata.schema.catalogue import installed
from kubestrata.schema.requirement import optional_fields

_PACKAGES = ("cli", "constructs", "delivery", "gitops", "plan", "rules", "schema", "synth")
_FACTS = (
    all_rules,
    configuration_fields,
    installed,
    knowledge,
    kubernetes_history,
    optional_fields,
    requirements,
)
"""Facts that do not depend on a command, read once for all of them."""
_MOST_SECONDS = 120
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@cache
def _server(*start: tuple[str, str]) -> subprocess.Popen[str]:
    """Start the server, once for each process that tests; it ends with its standard input."""
    server = subprocess.Popen(
        [sys.executable, "-P", __file__],
        env={**os.environ, **dict(start)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server


def run_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *start: tuple[str, str]
) -> tuple[int, str, str]:
    """Run `kubestrata` in a folder; return its exit code, output and errors.

    `start` are variables that Python reads when it starts: each set has a server of its own.
    """
    return _answer({"arguments": arguments}, folder, {**environment, **dict(start)}, *start)


def run_program(file: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a program in its folder; return its exit code, output and errors."""
    return _answer({"program": str(file)}, file.parent, environment)


def _answer(
    request: Mapping[str, Any],
    folder: Path,
    environment: Mapping[str, str],
    *start: tuple[str, str],
) -> tuple[int, str, str]:
    server = _server(*start)
    assert server.stdin is not None
    assert server.stdout is not None
    whole = {**request, "folder": str(folder), "environment": dict(environment)}
    server.stdin.write(json.dumps(whole) + "\n")
    server.stdin.flush()
    code, out, err = json.loads(server.stdout.readline())
    return code, out, err


def _serve() -> None:
    """Answer each line of standard input with one of standard output."""
    for package in _PACKAGES:
        root = importlib.import_module(f"kubestrata.{package}")
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            importlib.import_module(module.name)
    for fact in _FACTS:
        fact()
    gc.freeze()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                _end(_run(json.loads(line), out, err))
            _, status = os.waitpid(child, 0)
            answer = (os.waitstatus_to_exitcode(status), _text(out), _text(err))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(request: Mapping[str, Any], out: IO[bytes], err: IO[bytes]) -> int:
    """Become the process, and return its exit code; the alarm ends one that hangs."""
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
    tempfile.tempdir = None  # the server has found its own
    try:
        if "program" not in request:
            sys.argv = ["kubestrata", *request["arguments"]]
            importlib.import_module("kubestrata.cli").main()
            return 1
        sys.argv = [request["program"]]
        sys.path.insert(0, request["folder"])
        runpy.run_path(request["program"], run_name="__main__")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001  # an error of the process itself
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """End as Python does, but leave the objects: freeing them copies all memory of the server."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(code)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    _serve()
