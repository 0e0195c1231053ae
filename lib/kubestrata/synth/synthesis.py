"""Derivation of the delivered tree from a platform, done once per command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore


def synthesize(platform: ClusterHolder, only: str | None = None) -> Delivered:
    """Return the tree of every cluster, or `only` that of one; writes nothing and runs no rules.

    Raises the errors of `deliver`.
    """
    wanted = [each for each in platform.clusters if only in (None, each.name)]
    store = _store() if any(isinstance(each.delivery, ArgoCd) for each in wanted) else None
    return Delivered([deliver(cluster, store) for cluster in wanted])


def _store() -> ChartStore:
    """Return the charts that are at hand for the project in the working folder."""
    from kubestrata.helm.store import ChartStore  # noqa: PLC0415  # few need it
    from kubestrata.synth.config_file import store_in  # noqa: PLC0415  # same

    return ChartStore(store_in(Path.cwd()), repository=Path.cwd())
