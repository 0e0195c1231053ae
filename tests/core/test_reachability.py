"""Reachability agrees with a plain search, in every small graph."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from kubestrata.core.reachability import Reachability

NODES = st.integers(min_value=0, max_value=7)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=4), max_size=8)


def reached(graph: Mapping[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, ())
    return found


@given(GRAPHS)
def test_what_is_reached_is_what_a_search_finds(graph: dict[int, list[int]]) -> None:
    reach = Reachability(graph)
    for start in range(8):
        wanted = reached(graph, start)
        assert {goal for goal in range(8) if reach.reaches(start, goal)} == wanted
        assert set(reach.nodes(reach.bits(start))) == wanted


@given(GRAPHS)
def test_rings_are_the_nodes_that_reach_themselves(graph: dict[int, list[int]]) -> None:
    rings = Reachability(graph).rings
    in_rings = [node for ring in rings for node in ring]
    assert sorted(in_rings) == [node for node in range(8) if node in reached(graph, node)]
    for ring in rings:
        assert all(set(ring) <= reached(graph, node) for node in ring)
