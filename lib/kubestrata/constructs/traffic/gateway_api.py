"""Versions of the Gateway API that a cluster serves."""

from __future__ import annotations

from typing import Literal

from kubestrata.core.frozen import Frozen


class GatewayApi(Frozen):
    """Versions that a cluster serves, if its Gateway API is not the newest.

    `tls_route` is `v1alpha2` before v1.5 of the Gateway API. `tcp_route` and `udp_route` are
    `v1alpha2` before v1.6 with the experimental channel, and None with the standard one, which does
    not have these kinds.
    """

    tls_route: Literal["v1", "v1alpha2"] = "v1"
    tcp_route: Literal["v1", "v1alpha2"] | None = "v1"
    udp_route: Literal["v1", "v1alpha2"] | None = "v1"
