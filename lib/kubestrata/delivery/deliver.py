"""Entry point of delivery: selects the implementation by the settings of the cluster."""

from __future__ import annotations

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.delivery.flux import Flux
from kubestrata.delivery.flux_delivery import deliver_by_flux


def deliver(cluster: Cluster) -> DeliveredCluster:
    """Return the tree of a cluster; raises InvalidValue for unknown settings."""
    cluster.run_checks()
    match cluster.delivery:
        case Flux() as flux:
            return deliver_by_flux(flux, cluster)
        case other:
            what = f"delivery {type(other).__name__}"
            why = "not a known delivery: must be a Flux"
            raise InvalidValue(what, why, where=cluster.origin)
