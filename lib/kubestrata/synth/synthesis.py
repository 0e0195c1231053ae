"""Derivation of the delivered tree from a platform, done once per command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.cluster import ClusterHolder
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered
from kubestrata.delivery.flux import Flux
from kubestrata.delivery.layout import file_names
from kubestrata.delivery.unit import units_of

if TYPE_CHECKING:
    from kubestrata.core.written import WrittenObject
    from kubestrata.helm.store import ChartStore


def synthesize(platform: ClusterHolder, only: str | None = None) -> Delivered:
    """Return the tree of every cluster, or `only` that of one; writes nothing and runs no rules.

    Raises the errors of `deliver`.
    """
    wanted = [each for each in platform.clusters if only in (None, each.name)]
    store = _store() if any(isinstance(each.delivery, ArgoCd) for each in wanted) else None
    return Delivered([deliver(cluster, store) for cluster in wanted])


def object_in(platform: ClusterHolder, path: str) -> WrittenObject | None:
    """Return the object of a component that a file below the output folder holds.

    Nothing of the tree is derived for it. It is None for files of the delivery itself, and for
    those of Argo CD, where an object may be rendered. Raises DuplicateObject for two objects with
    one identity.
    """
    place, _, name = path.rpartition("/")
    for cluster in platform.clusters:
        if not isinstance(cluster.delivery, Flux) or not path.startswith(f"{cluster.name}/"):
            continue
        for unit in units_of(cluster).by_name.values():
            if f"{cluster.name}/{unit.folder}" == place:
                names = file_names([each.identity for each in unit.objects])
                return next((each for each in unit.objects if names[each.identity] == name), None)
    return None


def _store() -> ChartStore:
    """Return the charts that are at hand for the project in the working folder."""
    from kubestrata.helm.store import ChartStore  # noqa: PLC0415  # few need it
    from kubestrata.synth.config_file import store_in  # noqa: PLC0415  # same

    return ChartStore(store_in(Path.cwd()), repository=Path.cwd())
