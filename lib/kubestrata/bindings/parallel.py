"""Work on several cores, where there is enough of it to be worth their start."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

BYTES_FOR_A_PROCESS = 2_000_000
"""How much text a process must get: it costs a quarter of a second to start."""


def processes_for(size: int, most: int) -> int:
    """How many processes are worth it for texts of `size` bytes, and at most `most`."""
    return max(1, min(most, size // BYTES_FOR_A_PROCESS))


def in_order(
    work: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> Generator[_Result]:
    """The results in the order of the items, whichever process is done first.

    Processes are spawned, because a progress bar has a thread that a fork would not survive.
    """
    if processes < 2 or len(items) < 2:
        yield from map(work, items)
        return
    pool = ProcessPoolExecutor(min(processes, len(items)), get_context("spawn"))
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)
