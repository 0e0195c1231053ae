"""Work on several cores gives what one core gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from kubestrata.bindings.tree.parallel import BYTES_FOR_A_PROCESS, in_order, processes_for
from kubestrata.core.errors import ImportSourceError, InvalidName
from tests.bindings.parallel_work import ended, invalid, killed, refused, where


def is_running(pid: int) -> bool:
    """Return True unless a process is gone, or only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline, "a worker process is left behind"
        time.sleep(0.05)


def test_results_keep_the_order_of_the_items() -> None:
    items = ["b", "a", "cc", "d"] * 5
    assert list(in_order(len, items, 2)) == list(in_order(len, items, 1)) == [*map(len, items)]


def test_several_processes_do_it() -> None:
    assert os.getpid() not in in_order(where, range(4), 2)
    assert set(in_order(where, range(4), 1)) == {os.getpid()}
    assert set(in_order(where, range(1), 2)) == {os.getpid()}


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_arrives(processes: int) -> None:
    with pytest.raises(ValueError, match="a"):
        list(in_order(refused, ["a", "b"], processes))


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [
        (0, 8, 1),
        (BYTES_FOR_A_PROCESS, 8, 1),
        (2 * BYTES_FOR_A_PROCESS, 8, 2),
        (99 * BYTES_FOR_A_PROCESS, 8, 8),
        (99 * BYTES_FOR_A_PROCESS, 1, 1),
        (99 * BYTES_FOR_A_PROCESS, 0, 1),
    ],
)
def test_few_texts_are_not_worth_a_process(size: int, most: int, expected: int) -> None:
    assert processes_for(size, most) == expected


def test_an_error_of_ours_arrives_with_its_fields() -> None:
    with pytest.raises(InvalidName) as caught:
        list(in_order(invalid, ["a", "b"], 2))
    error = caught.value
    assert (error.where, error.what, error.why, error.fix) == ("a.yaml:1", "a", "why", "fix")


@pytest.mark.parametrize("position", [0, 3, 5])
def test_a_killed_process_names_its_item(position: int) -> None:
    items = ["good"] * 6
    items[position] = "bad"
    with pytest.raises(ImportSourceError, match="worker process: was killed by SIGK") as caught:
        list(in_order(killed, items, 2, lambda item: f"crds/{item}.yaml"))
    assert caught.value.where == "crds/bad.yaml"


def test_a_process_that_ends_names_its_exit_code() -> None:
    with pytest.raises(ImportSourceError, match="worker process: ended with exit code 7"):
        list(in_order(ended, ["7", "7"], 2))


def test_closing_ends_the_processes() -> None:
    with closing(in_order(where, range(50), 2)) as results:
        pids = [next(results), next(results)]
    wait_until_gone(pids)


SCRIPT = """
import sys
from kubestrata.bindings.tree.parallel import in_order
from kubestrata.core.interruption import listen
from tests.bindings.parallel_work import endless

if __name__ == "__main__":
    listen()
    list(in_order(endless, [sys.argv[1]] * 2, 2))
"""


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    script, seen = tmp_path / "script.py", tmp_path / "seen"
    script.write_text(SCRIPT)
    seen.mkdir()
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, str(script), str(seen)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
    )
    pids: list[int] = []
    try:
        deadline = time.monotonic() + 60
        while len(pids) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
            pids = [int(each.name) for each in seen.iterdir()]
        parent.send_signal(number)
        parent.wait(30)
        wait_until_gone(pids)
    finally:
        parent.kill()
        parent.wait()
        for pid in filter(is_running, pids):
            os.kill(pid, signal.SIGKILL)
