"""A worker process: reads releases to render, a JSON line each, and answers with JSON lines.

It ends with its parent: when the pipe closes, even while Helm renders.
"""

from __future__ import annotations

import contextlib
import os
import queue
import resource
import sys
import threading
from typing import BinaryIO

import msgspec

from kubestrata.helm.rendered import NotRendered
from kubestrata.helm.work import Outcome, Work

READY = b"ready\n"
MEMORY_VARIABLE = "KUBESTRATA_WORKER_BYTES"


def main() -> None:
    """Serve until the parent ends."""
    _limit_memory(int(os.environ.get(MEMORY_VARIABLE, "0")))
    # Go's runtime and Helm may write to the streams of the process.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, lines), daemon=True).start()
    from kubestrata.helm.engine import render  # noqa: PLC0415 - takes a tenth of a second

    answers.write(READY)
    answers.flush()
    while True:
        work = msgspec.json.decode(lines.get(), type=Work)
        try:
            outcome = render(work)
        except Exception as error:  # noqa: BLE001 - one release must not end the others
            outcome = Outcome(failed=NotRendered(f"{type(error).__name__}: {error}"))
        answers.write(msgspec.json.encode(outcome) + b"\n")
        answers.flush()
        del work, outcome  # a large one takes as much as what renders the next


def _limit_memory(limit: int) -> None:
    """Let a template that makes a gigabyte end this process, and not the machine."""
    if limit:
        # Not RLIMIT_AS: Go reserves more addresses than it uses.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _read(stream: BinaryIO, lines: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
