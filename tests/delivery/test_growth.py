"""A cluster of twice the components costs twice the work, to derive and to check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pytest

from kubestrata import Cluster, Reference
from kubestrata.core.reachability import Reachability
from kubestrata.delivery.graph import Graph
from kubestrata.delivery.unit import units_of
from kubestrata.rules.engine import check_tree
from kubestrata.rules.settings import Settings
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.platform import Platform
from kubestrata.synth.synthesis import synthesize
from tests.small_platform import config_map, files, new_cluster, new_component

Needs = Callable[[int], Sequence[int]]
SHAPES: Mapping[str, Needs] = {
    "alone": lambda _: [],
    "chain": lambda index: [index - 1] if index else [],
    "star": lambda index: [0] if index else [],
    "mesh": lambda index: sorted({index - 1, index // 2, index * 7 // 11} - {index, -1}),
}


def cluster_of(size: int, needs: Needs) -> tuple[Platform, Cluster]:
    platform = Platform()
    cluster = new_cluster(platform=platform)
    made: list[Reference] = []
    for index in range(size):
        component = new_component(cluster, f"part-{index}")
        data = {f"n{each}": made[each].name for each in needs(index)}
        made.append(config_map(component, **data).ref)
    return platform, cluster


def check(platform: Platform) -> None:
    for tree in trees_of(synthesize(platform)):
        check_tree(tree, Settings().rules(), [], date(2026, 1, 1))


def work(task: Callable[[], object]) -> int:
    """The number of function calls of a task, those of C functions included."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        task()
    finally:
        sys.setprofile(None)
    return calls


def growth(task: Callable[[int], int]) -> float:
    """Return the cost of the second doubling per that of the first: 2 is linear, 4 quadratic."""
    task(10)
    small, middle, large = (task(size) for size in (30, 60, 120))
    return (large - middle) / (middle - small)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_to_derive_a_cluster_is_linear(shape: str) -> None:
    def task(size: int) -> int:
        _, cluster = cluster_of(size, SHAPES[shape])
        return work(lambda: files(cluster))

    assert growth(task) < 2.5


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_to_check_a_cluster_is_linear(shape: str) -> None:
    def task(size: int) -> int:
        platform, _ = cluster_of(size, SHAPES[shape])
        return work(lambda: check(platform))

    assert growth(task) < 2.5


class Counted(dict[int, Sequence[int]]):
    """Successors that count how many of them were looked at."""

    seen = 0

    def get(self, node: int, _default: object = ()) -> Iterator[int]:  # type: ignore[override]
        for each in super().get(node, ()):
            self.seen += 1
            yield each


@pytest.mark.parametrize("shape", ["chain", "mesh"])
def test_each_edge_is_followed_twice_at_most(shape: str) -> None:
    edges = Counted({index: SHAPES[shape](index) for index in range(2000)})
    reach = Reachability(edges)
    assert edges.seen == 2 * sum(map(len, edges.values()))
    assert reach.reaches(1999, 0)
    assert not reach.reaches(0, 1999)


def test_a_component_waits_for_the_nearest_only() -> None:
    _, cluster = cluster_of(12, SHAPES["mesh"])
    names = [f"part-{index}" for index in range(12)]
    found = {name: list(cluster_order(cluster)[name]) for name in names[1:]}
    assert found == {f"part-{index}": [f"part-{index - 1}"] for index in range(1, 12)}


def cluster_order(cluster: Cluster) -> Mapping[str, Sequence[str]]:
    return Graph(cluster, units_of(cluster)).depends_on()
