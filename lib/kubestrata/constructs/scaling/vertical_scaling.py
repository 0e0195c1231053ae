"""What of requests is sized, and whether pods get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling.scaling import Scaling
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.quantity import Quantity

Sized = Literal["cpu", "memory"]
_Limits = Annotated[Mapping[Sized, Quantity], Meta(description="Resource to amount.")]


class VerticalScaling(Declaration, kw_only=True):
    """Which requests are sized, and whether pods get what was found (`Off`: nobody does).

    `resources` are those that are sized; `smallest` and `largest` bound what may be found.
    """

    mode: Literal["InPlaceOrRecreate", "Initial", "Off", "Recreate"] = "Off"
    resources: Sequence[Sized] = ("cpu", "memory")
    smallest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])
    largest: _Limits = msgspec.field(default_factory=dict[Sized, Quantity])

    def check_beside(self, horizontal: Scaling) -> None:
        """Raise InvalidValue where both would follow one resource."""
        both = sorted(horizontal.resources.intersection(self.resources))
        if both and self.mode != "Off":
            why = f"is {self.mode!r}, and the replicas follow {' and '.join(both)} too"
            raise self.refuse("mode", why, "write mode='Off', or size other resources")
