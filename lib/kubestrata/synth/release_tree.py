"""The releases of a platform with their sources, before any chart is rendered."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered
from kubestrata.delivery.unit import units_of
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.cluster_tree import trees_of


def release_trees(platform: ClusterHolder) -> Sequence[ClusterTree]:
    """Return the tree of each cluster; of one that Argo CD delivers only what charts need.

    Its charts may be rendered for the delivery, which is not possible before they are fetched.
    """
    found: list[ClusterTree] = []
    for cluster in platform.clusters:
        if isinstance(cluster.delivery, ArgoCd):
            from kubestrata.delivery.argo_release import Releases  # noqa: PLC0415  # few need it

            found.append(Releases(cluster, units_of(cluster)).tree)
        else:
            found += trees_of(Delivered([deliver(cluster)]))
    return found
