"""Measurement of a command with its whole process tree.

CPU time comes from the kernel: this process takes in orphans of the command, so that the time
of every descendant is counted, also of those that their parent did not wait for. Memory is
sampled in separate runs, because sampling slows the measured processes down.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run; `cpu_seconds` is user and system time of all its processes."""

    wall_seconds: float
    cpu_seconds: float


class CommandFailedError(Exception):
    """A measured command ended with an error; the text is what it printed."""


class CommandTooSlowError(Exception):
    """A measured command was ended because it took too long."""


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_all() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _start(command: Sequence[str], env: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    output = folder / "output.txt"
    with output.open("wb") as target:
        return subprocess.Popen(
            command,
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.STDOUT,
        )


def _finish(process: subprocess.Popen[bytes], folder: Path, fine: Container[int] = (0,)) -> None:
    if process.wait() not in fine:
        raise CommandFailedError((folder / "output.txt").read_text(errors="replace"))


def _wait(process: subprocess.Popen[bytes], limit: float | None) -> None:
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        root = psutil.Process(process.pid)
        for each in [*root.children(recursive=True), root]:
            with contextlib.suppress(psutil.Error):
                each.kill()
        process.wait()
        _reap_all()
        raise CommandTooSlowError(f"ended after {limit:g} s") from None


def run(
    command: Sequence[str],
    env: Mapping[str, str],
    folder: Path,
    *,
    limit: float | None = None,
    fine: Container[int] = (0,),
) -> Cost:
    """Run a command in `folder` until all its processes are gone; its output is `output.txt`.

    Raises CommandFailedError unless its exit status is fine, CommandTooSlowError after the limit.
    """
    _adopt_orphans()
    before = _cpu_of_children()
    start = time.perf_counter()
    process = _start(command, env, folder)
    _wait(process, limit)
    wall = time.perf_counter() - start
    _finish(process, folder, fine)
    _reap_all()
    return Cost(wall, _cpu_of_children() - before)


def _memory(processes: Sequence[psutil.Process]) -> int:
    """Return the memory of processes: private bytes of each, and the largest shared part once.

    PSS would depend on what else runs the same Node or Python on the machine.
    """
    alone, shared = 0, 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            info = process.memory_full_info()
            alone += info.uss
            shared = max(shared, info.rss - info.uss)
    return alone + shared


def peak_memory(
    command: Sequence[str], env: Mapping[str, str], folder: Path, *, fine: Container[int] = (0,)
) -> int:
    """Return the peak memory of the process tree of a command."""
    process = _start(command, env, folder)
    root = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            peak = max(peak, _memory([root, *root.children(recursive=True)]))
        time.sleep(_SAMPLE_SECONDS)
    _finish(process, folder, fine)
    _reap_all()
    return peak


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(
        median(cost.wall_seconds for cost in costs), median(cost.cpu_seconds for cost in costs)
    )
