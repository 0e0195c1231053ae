"""How a workload is reached from outside of its cluster."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kubestrata.constructs.traffic.gateway_reference import Visibility
from kubestrata.core.declaration import Declaration


class Exposure(Declaration, kw_only=True):
    """A route; `visibility` picks the gateway, and with it the domain."""

    # Claims that clusters hold have the name `reach`.
    visibility: Annotated[
        Visibility, Meta(description="Who can reach it: operators, or everybody.")
    ] = msgspec.field(name="reach")
    host: (
        Annotated[
            str,
            Meta(
                pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                max_length=63,
                description="Label under the gateway's domain; the workload's name unless given.",
            ),
        ]
        | None
    ) = None
