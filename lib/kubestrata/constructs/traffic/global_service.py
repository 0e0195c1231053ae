"""Services that several clusters of a mesh share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

_PREFIX = "service.cilium.io"
Affinity = Literal["local", "none", "remote"]


class GlobalService(Frozen):
    """A global Service of Cilium's ClusterMesh: one name, with the pods of all clusters behind it.

    Every cluster declares the Service with the same name and namespace. With `shared=False` the
    pods of this cluster are not used by the others. `affinity` prefers pods: `local` those of the
    client's cluster, `remote` those of other clusters. `endpoint_slices` are needed for a headless
    Service, and for clients that read them.
    """

    shared: bool = True
    affinity: Affinity = "none"
    endpoint_slices: bool = False

    def __post_init__(self) -> None:
        if self.affinity not in get_args(Affinity):
            why = f"must be one of {', '.join(get_args(Affinity))}"
            raise InvalidValue(f"affinity {self.affinity!r} of a GlobalService", why)

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotations of the Service."""
        found = {"global": "true", "shared": str(self.shared).lower()}
        if self.affinity != "none":
            found["affinity"] = self.affinity
        if self.endpoint_slices:
            found["global-sync-endpoint-slices"] = "true"
        return {f"{_PREFIX}/{key}": value for key, value in found.items()}


def is_shared(annotations: Mapping[str, object]) -> bool:
    """Return True if the pods behind a Service with these annotations are used by others."""
    found = {key: annotations.get(f"{_PREFIX}/{key}") for key in ("global", "shared")}
    return found["global"] == "true" and found["shared"] in (None, "true")
