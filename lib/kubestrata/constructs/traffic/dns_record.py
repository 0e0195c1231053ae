"""What external-dns reads from Gateways and routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.host import Host

_PREFIX = "external-dns.alpha.kubernetes.io"
_LABEL = ("external-dns", "enabled")
PUBLISHED_FILTER = "=".join(_LABEL)
"""What an external-dns is told that publishes these objects and no others: its label filter."""
UNPUBLISHED = {f"{_PREFIX}/controller": "none"}
"""Annotations of what no external-dns is to publish, though its Gateway is selected."""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """Publishes the hosts of a Gateway's routes, or of one route.

    `target` is written in place of the Gateway's own address, and only read on Gateways; `ttl` is
    in seconds and `proxied` (through Cloudflare) only read on routes. None leaves it to
    external-dns.
    """

    target: Host | None = None
    ttl: int | None = None
    proxied: bool | None = None

    def __post_init__(self) -> None:
        if self.ttl is not None and self.ttl <= 0:
            raise InvalidValue(f"ttl {self.ttl!r}", "is not a number of seconds")

    @property
    def labels(self) -> Mapping[str, str]:
        """What the label filter of external-dns selects."""
        return dict([_LABEL])

    @property
    def annotations(self) -> Mapping[str, str]:
        """What is said of the record."""
        proxied = None if self.proxied is None else str(self.proxied).lower()
        ttl = None if self.ttl is None else str(self.ttl)
        found = {"target": self.target, "ttl": ttl, "cloudflare-proxied": proxied}
        return {f"{_PREFIX}/{key}": value for key, value in found.items() if value is not None}
