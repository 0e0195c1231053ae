"""Sync waves: the depth of each unit in the derived order."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping


def waves_of(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the wave of each unit: 0 without dependencies, else one more than the latest of them.

    `needs` maps a unit to those that it waits for, without cycles.
    """
    waves: dict[str, int] = {}
    for name in graphlib.TopologicalSorter(needs).static_order():
        waves[name] = max((waves[other] + 1 for other in needs[name]), default=0)
    return waves
