"""Work on several cores, for inputs large enough to be worth starting processes."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from kubestrata.core.errors import ImportSourceError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

BYTES_FOR_A_PROCESS = 2_000_000
"""Text that a process must get: it costs a quarter of a second to start."""


def processes_for(size: int, most: int) -> int:
    """Return how many processes are worth it for texts of `size` bytes, at most `most`."""
    return max(1, min(most, size // BYTES_FOR_A_PROCESS))


def in_order(
    work: Callable[[_Item], _Result],
    items: Sequence[_Item],
    processes: int,
    name: Callable[[_Item], str] = str,
) -> Generator[_Result]:
    """Yield the results in the order of the items, whichever process is done first.

    Processes are spawned, because a progress bar has a thread that a fork would not survive.
    Closing the generator ends them. Raises ImportSourceError, with the `name` of the item, if a
    process is killed, for example because memory is exhausted.
    """
    if processes < 2 or len(items) < 2:
        yield from map(work, items)
        return
    workers: list[_Worker] = []
    try:
        workers.extend(_Worker.start(work) for _ in range(min(processes, len(items))))
        yield from _results(workers, items, name)
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.connection.close()


@dataclass(slots=True)
class _Worker:
    """A process, the pipe to it, and the position of the item that it works on."""

    process: BaseProcess
    connection: Connection[Any, Any]
    position: int = -1

    @classmethod
    def start(cls, work: Callable[[Any], object]) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        # Ctrl-C reaches the whole process group; only the parent handles it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        return cls(process, ours)

    def send(self, position: int, item: object) -> None:
        self.position = position
        # A process that was killed is reported when its result is received.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(item)

    def receive(self, named: str) -> tuple[Any, Exception | None]:
        try:
            answer: tuple[Any, Exception | None] = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            why = f"{_end_of(self.process.exitcode)} while it worked on this source"
            fix = "split the source, or import with more memory"
            raise ImportSourceError(named, "worker process", why, fix) from None
        return answer


def _results(
    workers: Sequence[_Worker], items: Sequence[_Item], name: Callable[[_Item], str]
) -> Iterator[Any]:
    """Hand out one item at a time to each worker, so that a killed one names its item."""
    waiting = iter(enumerate(items))
    busy: dict[object, _Worker] = {}
    done: dict[int, tuple[Any, Exception | None]] = {}

    def hand_out(worker: _Worker) -> None:
        if following := next(waiting, None):
            worker.send(*following)
            busy[worker.connection] = worker

    for worker in workers:
        hand_out(worker)
    for position in range(len(items)):
        while position not in done:
            for ready in wait([worker.connection for worker in busy.values()]):
                worker = busy.pop(ready)
                done[worker.position] = worker.receive(name(items[worker.position]))
                hand_out(worker)
        result, error = done.pop(position)
        if error is not None:
            raise error
        yield result


def _end_of(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"ended with exit code {exit_code}"
    return f"was killed by {signal.Signals(-exit_code).name}"


def _serve(connection: Connection[Any, Any], work: Callable[[Any], object]) -> None:
    """Do the work in a process until the parent closes the pipe or ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            item = connection.recv()
            try:
                answer: tuple[object, Exception | None] = (work(item), None)
            except Exception as error:  # noqa: BLE001 - raised again by the parent
                error.add_note(traceback.format_exc())
                answer = (None, error)
            connection.send(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
