"""Entry point of delivery: selects the implementation by the settings of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.delivery.flux import Flux
from kubestrata.delivery.flux_delivery import deliver_by_flux

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore


def deliver(cluster: Cluster, store: ChartStore | None = None) -> DeliveredCluster:
    """Return the tree of a cluster, with charts of a store where they are delivered rendered.

    Files of the cluster that nothing applies are in `files` alone.

    Raises InvalidValue for unknown settings.
    """
    cluster.run_checks()
    delivered = _by_settings(cluster, store)
    return replace(delivered, files=[*delivered.files, *cluster.own_files()])


def _by_settings(cluster: Cluster, store: ChartStore | None) -> DeliveredCluster:
    match cluster.delivery:
        case Flux() as flux:
            return deliver_by_flux(flux, cluster)
        case ArgoCd() as argo:
            from kubestrata.delivery.argo_delivery import deliver_by_argo_cd  # noqa: PLC0415  # few need it

            return deliver_by_argo_cd(argo, cluster, store)
        case other:
            what = f"delivery {type(other).__name__}"
            why = "not a known delivery: must be a Flux or an ArgoCd"
            raise InvalidValue(what, why, where=cluster.origin)
