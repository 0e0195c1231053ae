"""Settings that the StorageClasses of all provisioners have."""

from __future__ import annotations

from typing import Literal, get_args

from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

Reclaim = Literal["Delete", "Retain"]
_DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}


class VolumeClass(Frozen):
    """Settings of a StorageClass.

    A `default` class is that of claims without one; a cluster has at most one. `reclaim` is what
    happens to a volume when its claim is deleted.
    """

    default: bool = False
    reclaim: Reclaim = "Delete"
    expandable: bool = True

    def __post_init__(self) -> None:
        require("default of a VolumeClass", self.default, bool)
        require("expandable of a VolumeClass", self.expandable, bool)
        if self.reclaim not in get_args(Reclaim):
            why = f"must be one of {', '.join(get_args(Reclaim))}"
            raise InvalidValue(f"reclaim {self.reclaim!r} of a VolumeClass", why)

    @property
    def annotations(self) -> dict[str, str]:
        """Return the annotations of the StorageClass."""
        return dict(_DEFAULT) if self.default else {}
