"""Derivation of the delivered tree from a platform, done once per command."""

from __future__ import annotations

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered


def synthesize(platform: ClusterHolder, only: str | None = None) -> Delivered:
    """Return the tree of every cluster, or `only` that of one; writes nothing and runs no rules.

    Raises the errors of `deliver`.
    """
    wanted = (each for each in platform.clusters if only in (None, each.name))
    return Delivered([deliver(cluster) for cluster in wanted])
