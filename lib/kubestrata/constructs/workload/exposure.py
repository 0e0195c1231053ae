"""Exposure of a workload on a gateway, or by an ingress controller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.traffic.forward_auth import ForwardLogin
from kubestrata.constructs.traffic.gateway_reference import Visibility
from kubestrata.constructs.workload.port import HTTP
from kubestrata.core.declaration import Declaration


class ExposedPath(Declaration, kw_only=True):
    """Requests whose path begins with the segments of `prefix`, for the named `port`."""

    prefix: Annotated[str, Meta(pattern="^/[-_.~/a-zA-Z0-9]*$")] = "/"
    port: str = HTTP


class Exposure(Declaration, kw_only=True):
    """A route or an Ingress; `visibility` picks the gateway or controller, and so the domain.

    Without `paths`, every request goes to the main port. `auth` is the login in front of a workload
    that has none, by the provider of its cluster.
    """

    visibility: Visibility
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
    paths: Sequence[ExposedPath] = ()
    auth: ForwardLogin | None = None
