"""Worker processes that render: started when needed, killed at a limit, never left behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from kubestrata.core.frozen import Frozen
from kubestrata.core.interruption import SIGNALS
from kubestrata.helm.rendered import NotRendered
from kubestrata.helm.work import Outcome, Work
from kubestrata.helm.worker import MEMORY_VARIABLE, READY

_START_SECONDS = 60.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "HELM_C_LIB", "VIRTUAL_ENV")
_LAST_BYTES = 4_000
_GO_BYTES = 64 * 1024 * 1024
"""Go collects more often near this, and gives memory back; a larger chart still has its own."""
_MALLOC = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "1000000",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}
"""Memory of one large chart goes back to the system before the next one; only glibc reads these."""
_NO_ENGINE = "No module named 'helm_python'"
# Go's collector reads a span queue that it could not allocate, and ends with SIGSEGV.
_COLLECTOR = "runtime.(*spanQueue)"
_OUT_OF_MEMORY = ("out of memory", "cannot allocate", "malloc failed", "MemoryError", _COLLECTOR)


class Limits(Frozen):
    """The limits of one worker: seconds for one release, and bytes of memory.

    All releases together have `total_seconds`, and one more for each of them.
    """

    seconds: float = 20
    bytes: int = 1 << 30
    total_seconds: float = 30


@dataclass(eq=False, slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    is_ready: bool = False
    position: int | None = None
    chart: str = ""
    deadline: float = 0
    received: bytearray = field(default_factory=bytearray)

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("a worker has pipes")
        return self.process.stdin, self.process.stdout


class WorkerPool:
    """At most one process for each core; `close` ends them."""

    def __init__(self, limits: Limits, processes: int = 0) -> None:
        self._limits = limits
        self._most = processes or os.cpu_count() or 1
        self._workers: list[_Worker] = []
        self._broken = ""
        self._allowed = limits.total_seconds
        self._used = 0.0
        self._end_time = 0.0

    def close(self) -> None:
        """End the workers, whatever they do."""
        while self._workers:
            self._end(self._workers[-1])

    def run(self, works: Sequence[Work]) -> Iterator[tuple[int, Outcome]]:
        """Yield the outcome of each work with its position, as they are done.

        A work beyond a limit ends its worker, and the next work gets a new one.
        """
        waiting = list(range(len(works)))[::-1]
        self._allowed += len(works)
        start = time.monotonic()
        self._end_time = start + self._allowed - self._used
        try:
            while waiting or any(each.position is not None for each in self._workers):
                while waiting and not self._refusal and (worker := self._idle()):
                    self._send(worker, _taken(waiting, works, worker.chart), works)
                if self._refusal:
                    yield from ((at, _failed(self._refusal)) for at in waiting[::-1])
                    waiting.clear()
                yield from self._received()
            self._used += time.monotonic() - start
        except BaseException:
            self.close()
            raise

    @property
    def _refusal(self) -> str:
        """Return why no further release is rendered, '' if one is."""
        if not self._broken and time.monotonic() >= self._end_time:
            return f"all releases together took longer than {self._allowed:g} s"
        return self._broken

    def _idle(self) -> _Worker | None:
        idle = next((each for each in self._workers if each.position is None), None)
        if idle is None and len(self._workers) < self._most:
            idle = self._start()
        return idle

    def _start(self) -> _Worker:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "GOMEMLIMIT": str(min(self._limits.bytes // 2, _GO_BYTES)),
            # Go's default. Collecting half as often saves 3 to 6 % of the time, and takes 60 MB.
            "GOGC": "100",
            **_MALLOC,
            # There is a worker for each core: the threads of Go's collector would compete.
            "GOMAXPROCS": "1",
            MEMORY_VARIABLE: str(self._limits.bytes),
        }
        errors = _scratch()
        # Ctrl-C reaches the whole process group; only the parent handles it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kubestrata.helm.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
            )
            worker = _Worker(process, errors)
            self._workers.append(worker)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.set_blocking(worker.pipes[1].fileno(), False)
        return worker

    def _send(self, worker: _Worker, position: int, works: Sequence[Work]) -> None:
        worker.position, worker.chart = position, works[position].path
        self._limit(worker, self._limits.seconds if worker.is_ready else _START_SECONDS)
        # A process that ended is noticed when its result is received.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.pipes[0].write(msgspec.json.encode(works[position]) + b"\n")
            worker.pipes[0].flush()

    def _limit(self, worker: _Worker, seconds: float) -> None:
        worker.deadline = min(time.monotonic() + seconds, self._end_time)

    def _received(self) -> Iterator[tuple[int, Outcome]]:
        """Wait for an answer or for the next deadline."""
        busy = [each for each in self._workers if each.position is not None]
        if not busy:
            return
        with selectors.DefaultSelector() as selector:
            for worker in busy:
                selector.register(worker.pipes[1], selectors.EVENT_READ, worker)
            first = min(each.deadline for each in busy)
            events = selector.select(max(0.0, first - time.monotonic()))
        for key, _ in events:
            yield from self._read(key.data)
        now = time.monotonic()
        for worker in busy:
            if worker.position is not None and worker in self._workers and worker.deadline <= now:
                yield worker.position, _failed(self._late(worker))
                self._end(worker)

    def _late(self, worker: _Worker) -> str:
        if worker.deadline >= self._end_time:
            return self._refusal
        if not worker.is_ready:
            return f"the renderer did not start within {_START_SECONDS:g} s"
        return f"took longer than {self._limits.seconds:g} s"

    def _read(self, worker: _Worker) -> Iterator[tuple[int, Outcome]]:
        data = worker.pipes[1].read()
        if data == b"":
            yield from self._ended(worker)
            return
        worker.received += data or b""
        if not worker.is_ready and worker.received.startswith(READY):
            worker.is_ready = True
            del worker.received[: len(READY)]
            self._limit(worker, self._limits.seconds)
        if worker.is_ready and worker.received.endswith(b"\n") and worker.position is not None:
            outcome = msgspec.json.decode(bytes(worker.received), type=Outcome)
            position, worker.position = worker.position, None
            worker.received.clear()
            yield position, outcome

    def _ended(self, worker: _Worker) -> Iterator[tuple[int, Outcome]]:
        """Report a worker that ended by itself; without an engine, no other is started."""
        position, is_ready = worker.position, worker.is_ready
        code = worker.process.wait()
        worker.errors.seek(0)
        text = worker.errors.read().decode(errors="replace")
        self._end(worker)
        if _NO_ENGINE in text:
            self._broken = "Helm's engine is not installed; run `pip install 'kubestrata[charts]'`"
            why = self._broken
        elif any(sign in text for sign in _OUT_OF_MEMORY) or code == -signal.SIGKILL:
            why = f"needed more than {self._limits.bytes >> 20} MB of memory"
        else:
            why = f"the renderer ended with exit code {code}: {_last_line(text)}"
            self._broken = "" if is_ready else why
        if position is not None:
            yield position, _failed(why)

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.wait()
        for pipe in (*worker.pipes, worker.errors):
            with contextlib.suppress(OSError):
                pipe.close()


def _taken(waiting: list[int], works: Sequence[Work], chart: str) -> int:
    """Take the next work, of the chart that a worker has read if there is one."""
    own = (at for at in reversed(waiting) if works[at].path == chart)
    position = next(own, waiting[-1])
    waiting.remove(position)
    return position


def _scratch() -> IO[bytes]:
    """Return a file without a name, for what a worker writes to its standard error.

    Where no folder is writable, nothing of it is kept.
    """
    import tempfile  # noqa: PLC0415 - only where workers are started

    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("r+b")


def _failed(why: str) -> Outcome:
    return Outcome(failed=NotRendered(why))


def _last_line(text: str) -> str:
    lines = text[-_LAST_BYTES:].strip().splitlines()
    return lines[-1] if lines else "it wrote no message"
