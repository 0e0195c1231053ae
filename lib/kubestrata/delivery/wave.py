"""Sync waves: the depth of each unit in the derived order, of the cluster or of its layer."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import GraphError
from kubestrata.delivery.delivered import Reason
from kubestrata.delivery.unit import Units


def waves_of(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the wave of each unit: 0 without dependencies, else one more than the latest of them.

    `needs` maps a unit to those that it waits for, without cycles.
    """
    waves: dict[str, int] = {}
    for name in graphlib.TopologicalSorter(needs).static_order():
        waves[name] = max((waves[other] + 1 for other in needs[name]), default=0)
    return waves


def waves_by_layer(
    cluster: Cluster, units: Units, needs: Mapping[str, Mapping[str, Reason]]
) -> dict[str, tuple[int, int]]:
    """Return the wave of each unit if layers are applied one after the other: layer, and depth.

    Raises GraphError for a unit that waits for one of a later layer.
    """
    layer = {
        name: cluster.layers.index(unit.component.layer) for name, unit in units.by_name.items()
    }
    for name, others in needs.items():
        late = min((each for each in others if layer[each] > layer[name]), default=None)
        if late is not None:
            later = units.by_name[late].component.layer
            what = f"component {name!r}"
            why = f"waits for {late} of the later layer {later}: {others[late]}"
            fix = 'move one of them, or use layout="applications"'
            raise GraphError(what, why, fix, where=units.by_name[name].origin)
    within = {
        name: [each for each in others if layer[each] == layer[name]]
        for name, others in needs.items()
    }
    depth = waves_of(within)
    return {name: (layer[name], depth[name]) for name in needs}
