"""Reachability in a directed graph, with cycles, as sets of nodes in the bits of one integer.

Each edge is followed once, so the cost grows with the number of edges.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

_Node = TypeVar("_Node", bound=Hashable)


class Reachability(Generic[_Node]):
    """The transitive closure of a graph: node -> its successors. A successor need not be a key."""

    def __init__(self, successors: Mapping[_Node, Iterable[_Node]]) -> None:
        self._nodes: list[_Node] = []
        self._number: dict[_Node, int] = {}
        self._reached: list[int] = []
        self.rings: list[list[_Node]] = []
        """Nodes that reach each other; a node that is its own successor is a cycle."""
        for group in _components(successors):
            self._add(group, successors)

    def _add(self, group: list[_Node], successors: Mapping[_Node, Iterable[_Node]]) -> None:
        """Number the nodes of a component; its successors are numbered already."""
        for node in group:
            self._number[node] = len(self._nodes)
            self._nodes.append(node)
        own = sum(1 << self._number[node] for node in group)
        reached, is_ring = 0, len(group) > 1
        for node in group:
            for target in successors.get(node, ()):
                number = self._number[target]
                if own >> number & 1:
                    is_ring = True
                else:
                    reached |= 1 << number | self._reached[number]
        if is_ring:
            self.rings.append(group)
            reached |= own
        self._reached += [reached] * len(group)

    def reaches(self, start: _Node, goal: _Node) -> bool:
        """Return True if a path of one edge or more leads from `start` to `goal`."""
        if start not in self._number or goal not in self._number:
            return False
        return bool(self._reached[self._number[start]] >> self._number[goal] & 1)

    def bits(self, start: _Node) -> int:
        """Return the nodes that a node reaches, as a set to combine with `|` and `&`."""
        return self._reached[self._number[start]] if start in self._number else 0

    def bit(self, node: _Node) -> int:
        """Return one node as a set."""
        return 1 << self._number[node] if node in self._number else 0

    def nodes(self, bits: int) -> Iterator[_Node]:
        """Return the nodes of a set."""
        while bits:
            lowest = bits & -bits
            yield self._nodes[lowest.bit_length() - 1]
            bits ^= lowest


def _components(successors: Mapping[_Node, Iterable[_Node]]) -> Iterator[list[_Node]]:
    """Return the strongly connected components, successors first (Tarjan, without recursion)."""
    search: _Search[_Node] = _Search(successors)
    for start in successors:
        if start not in search.found:
            yield from search.run(start)


class _Search(Generic[_Node]):
    """The state of one depth-first search."""

    def __init__(self, successors: Mapping[_Node, Iterable[_Node]]) -> None:
        self.found: dict[_Node, int] = {}
        self._successors = successors
        self._lowest: dict[_Node, int] = {}
        self._open: list[_Node] = []
        self._is_open: set[_Node] = set()

    def run(self, start: _Node) -> Iterator[list[_Node]]:
        """Yield the components that are reached from `start` and were not found before."""
        way = [(start, self._enter(start))]
        while way:
            node, rest = way[-1]
            target = next(rest, None)
            if target is None:
                way.pop()
                if way:
                    above = way[-1][0]
                    self._lowest[above] = min(self._lowest[above], self._lowest[node])
                if self._lowest[node] == self.found[node]:
                    yield self._close(node)
            elif target not in self.found:
                way.append((target, self._enter(target)))
            elif target in self._is_open:
                self._lowest[node] = min(self._lowest[node], self.found[target])

    def _enter(self, node: _Node) -> Iterator[_Node]:
        self.found[node] = self._lowest[node] = len(self.found)
        self._open.append(node)
        self._is_open.add(node)
        return iter(self._successors.get(node, ()))

    def _close(self, node: _Node) -> list[_Node]:
        group: list[_Node] = []
        while not group or group[-1] != node:
            group.append(self._open.pop())
            self._is_open.discard(group[-1])
        return group
