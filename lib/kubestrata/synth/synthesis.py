"""The one derivation of a command: a platform becomes everything that it delivers."""

from __future__ import annotations

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered


def synthesize(platform: ClusterHolder) -> Delivered:
    """Return what every cluster reconciles; writes nothing, checks nothing but what it must.

    Raises the errors of `deliver`.
    """
    return Delivered([deliver(cluster) for cluster in platform.clusters])
