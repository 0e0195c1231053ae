"""Work on several cores gives what one core gives."""

from __future__ import annotations

import os

import pytest

from kubestrata.bindings.parallel import BYTES_FOR_A_PROCESS, in_order, processes_for


def refused(value: str) -> str:
    raise ValueError(value)


def where(_: int) -> int:
    return os.getpid()


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
