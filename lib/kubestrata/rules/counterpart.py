"""The other side of the contract: what a file says that exists outside of the cluster."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field

from kubestrata.core.frozen import Frozen


class Counterpart(Frozen):
    """The names in one file of the other side, without any values.

    `names` maps a sort of needs to the names that exist, each with its properties, None if these
    are not listed. A sort that is absent is not described by the file. `clusters` are the clusters
    that the file describes, none if it describes every cluster. `unusable` maps the name of a
    variable to the type that no text can hold.
    """

    file: str
    names: Mapping[str, Mapping[str, frozenset[str] | None]]
    clusters: frozenset[str] = frozenset()
    unusable: Mapping[str, str] = field(default_factory=dict[str, str])

    def describes(self, cluster: str) -> bool:
        """Return True if the file is about a cluster."""
        return not self.clusters or cluster in self.clusters
