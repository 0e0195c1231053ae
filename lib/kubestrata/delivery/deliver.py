"""The door to the deliveries: a cluster's settings choose the one that writes its tree."""

from __future__ import annotations

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.delivery.flux import Flux
from kubestrata.delivery.flux_delivery import deliver_by_flux


def deliver(cluster: Cluster) -> DeliveredCluster:
    """Return everything that a cluster reconciles; raises InvalidValue for unknown settings."""
    cluster.run_checks()
    match cluster.delivery:
        case Flux() as flux:
            return deliver_by_flux(flux, cluster)
        case other:
            what = f"delivery {type(other).__name__}"
            why = "not a known delivery: must be a Flux"
            raise InvalidValue(what, why, where=cluster.origin)
