"""Import of one CRD file by one side, checked against the kinds that the CRD declares."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk8s_command import import_command, import_environment, modules
from crd_files import Kind, declared_kinds
from environment import BENCHMARKS

IMPORT_SECONDS = 300
CHECK_SECONDS = 120
FINE = "fine"
_LONGEST = 250
_NAME = "one"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an import: `verdict` is `fine` or the problem, `reason` its first line."""

    verdict: str
    reason: str = ""
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Ended:
    code: int
    text: str
    cpu_seconds: float
    timed_out: bool


def _run(command: Sequence[str], env: Mapping[str, str], folder: Path, seconds: int) -> _Ended:
    """Run a command in a separate session, which ends with it."""
    printed = folder / "printed.txt"
    with printed.open("wb") as target:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(seconds, stop)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    text = printed.read_text(encoding="utf-8", errors="replace")
    return _Ended(process.returncode, text, usage.ru_utime + usage.ru_stime, late.is_set())


def telling_line(text: str) -> str:
    """Return the line of an output with the problem: an error with a code, else the first error."""
    lines = [line.strip(" |") for line in text.splitlines()]
    for pattern in (r"error (JSII|TS)\d+: ", r"^\w*(Error|Exception)\b.*: ", r"(?i)\berror\b"):
        for line in lines:
            found = re.search(pattern, line)
            if found:
                return line[found.start() :].partition(" [")[0].replace("|", "/")[:_LONGEST]
    return next((line for line in reversed(lines) if line), "no output").replace("|", "/")[
        :_LONGEST
    ]


def _missing(wanted: Sequence[str], ended: _Ended) -> str:
    found = set(ended.text.splitlines())
    return ", ".join(each for each in wanted if each not in found)


def _check(wanted: Sequence[str], ended: _Ended, cpu_seconds: float) -> Outcome:
    if ended.code != 0:
        why = "no end" if ended.timed_out else telling_line(ended.text)
        return Outcome("cannot be imported", why, cpu_seconds)
    missing = _missing(wanted, ended)
    if missing:
        return Outcome("kinds missing", missing, cpu_seconds)
    return Outcome(FINE, cpu_seconds=cpu_seconds)


def _lines(kinds: Sequence[Kind]) -> list[str]:
    return [f"{kind.group}/{version} {kind.name}" for kind in kinds for version in kind.versions]


def _loaded(side: str, names: Sequence[str], env: Mapping[str, str], folder: Path) -> _Ended:
    command = [sys.executable, str(BENCHMARKS / "loaded_kinds.py"), side, *names]
    path = os.pathsep.join(map(str, [folder, BENCHMARKS]))
    return _run(command, {**env, "PYTHONPATH": path}, folder, CHECK_SECONDS)


def attempt_cdk8s(file: Path, env: Mapping[str, str], scratch: Path) -> Outcome:
    """Import by `cdk8s import`; its default output folder is `imports`."""
    with tempfile.TemporaryDirectory(dir=scratch) as made:
        folder = Path(made)
        temporary = folder / "temporary"
        temporary.mkdir()
        command = import_command(str(file), folder / "imports")
        ended = _run(command, import_environment(env, temporary), folder, IMPORT_SECONDS)
        if ended.code != 0:
            why = f"no end in {IMPORT_SECONDS} s" if ended.timed_out else telling_line(ended.text)
            return Outcome("fails", why, ended.cpu_seconds)
        names = [f"imports.{name}" for name in modules(folder / "imports")]
        loaded = _loaded("cdk8s", names, env, folder)
        return _check(_lines(declared_kinds([file])), loaded, ended.cpu_seconds)


def attempt_kubestrata(file: Path, env: Mapping[str, str], scratch: Path) -> Outcome:
    """Import by `kubestrata import`, with a cdk8s.yaml for this file alone."""
    with tempfile.TemporaryDirectory(dir=scratch) as made:
        folder = Path(made)
        (folder / "cdk8s.yaml").write_text(f"imports: ['{_NAME}:={file}']\n", encoding="utf-8")
        command = [sys.executable, str(BENCHMARKS / "generate_bindings.py"), str(folder)]
        ended = _run(command, env, folder, IMPORT_SECONDS)
        if ended.code != 0:
            why = f"no end in {IMPORT_SECONDS} s" if ended.timed_out else telling_line(ended.text)
            return Outcome("fails", why, ended.cpu_seconds)
        kinds = declared_kinds([file])
        names = [f"{_NAME}.{version}.{kind.name}" for kind in kinds for version in kind.versions]
        loaded = _loaded("kubestrata", names, env, folder)
        return _check(_lines(kinds), loaded, ended.cpu_seconds)
