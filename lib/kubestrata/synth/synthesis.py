"""Derivation of the delivered tree from a platform, done once per command."""

from __future__ import annotations

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered


def synthesize(platform: ClusterHolder) -> Delivered:
    """Return the tree of every cluster; writes nothing and runs no rules.

    Raises the errors of `deliver`.
    """
    return Delivered([deliver(cluster) for cluster in platform.clusters])
