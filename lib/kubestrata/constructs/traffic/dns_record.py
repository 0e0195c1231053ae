"""Labels and annotations for external-dns, on Gateways and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.host import Host
from kubestrata.core.value.typed_text import check_texts

_PREFIX = "external-dns.alpha.kubernetes.io"
_LABEL = ("external-dns", "enabled")
PUBLISHED_FILTER = "=".join(_LABEL)
"""Label filter of an external-dns that publishes these objects only."""
UNPUBLISHED = {f"{_PREFIX}/controller": "none"}
"""Annotations that exclude an object from publication, even if its Gateway is selected."""


class DnsRecord(Frozen):
    """Publishes the hosts of a Gateway's routes, of one route, or those of a load balancer.

    `target` replaces the Gateway's own address, and is only read on Gateways; `ttl` (in seconds)
    and `proxied` (by Cloudflare) are only read on routes and Services. None is external-dns'
    default. `hosts` are for Services, which have no hosts of their own.
    """

    target: Host | None = None
    ttl: int | None = None
    proxied: bool | None = None
    hosts: Sequence[Host] = ()

    def __post_init__(self) -> None:
        check_texts(self)
        if self.ttl is not None and self.ttl <= 0:
            raise InvalidValue(f"ttl {self.ttl!r}", "is not a valid number of seconds")

    @property
    def labels(self) -> Mapping[str, str]:
        """Return the labels that the label filter of external-dns selects."""
        return dict([_LABEL])

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotations with the settings of the record."""
        proxied = None if self.proxied is None else str(self.proxied).lower()
        ttl = None if self.ttl is None else str(self.ttl)
        hosts = ",".join(map(str.__str__, self.hosts)) or None
        found = {
            "hostname": hosts,
            "target": self.target,
            "ttl": ttl,
            "cloudflare-proxied": proxied,
        }
        return {f"{_PREFIX}/{key}": value for key, value in found.items() if value is not None}
