"""Ranges of IP addresses, for pools of load balancers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import pairwise
from typing import Self

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

_Address = IPv4Address | IPv6Address
_FIX = "write '10.0.0.240-10.0.0.250', '10.0.0.0/28' or one address"


class AddressRange(Frozen):
    """Addresses from `first` to `last`; `block` is the text if it was a CIDR block."""

    first: _Address
    last: _Address
    block: str | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Parse `first-last`, a CIDR block or one address; raises InvalidValue."""
        try:
            if "/" in text:
                network = ip_network(text)
                return cls(network[0], network[-1], text)
            first, _, last = text.partition("-")
            start = ip_address(first.strip())
            stop = ip_address(last.strip()) if last else start
        except ValueError as error:
            raise InvalidValue(f"addresses {text!r}", str(error), _FIX) from error
        if start.version != stop.version or int(start) > int(stop):
            why = f"end at {stop}, which is not after {start}"
            raise InvalidValue(f"addresses {text!r}", why, _FIX)
        return cls(start, stop)

    @property
    def bounds(self) -> tuple[int, int, int]:
        """Return the IP version and both ends as numbers."""
        return self.first.version, int(self.first), int(self.last)

    def __contains__(self, address: _Address) -> bool:
        version, first, last = self.bounds
        return address.version == version and first <= int(address) <= last


def ranges(what: str, texts: Sequence[str]) -> list[AddressRange]:
    """Return the ranges of a pool; raises InvalidValue for none, or two that overlap."""
    if isinstance(texts, str):
        raise InvalidValue(f"blocks of {what}", "are text, not a list", f"write [{texts!r}]")
    if not texts:
        raise InvalidValue(what, "has no addresses", _FIX)
    found = [AddressRange.of(each) for each in texts]
    ordered = sorted(zip(found, texts, strict=True), key=lambda each: each[0].bounds)
    for (one, text), (other, second) in pairwise(ordered):
        if one.last.version == other.first.version and int(other.first) <= int(one.last):
            raise InvalidValue(what, f"has {text} and {second}, which overlap", "keep one")
    return found


def addresses(what: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return single addresses; raises InvalidValue for one that is not valid."""
    for text in texts:
        try:
            ip_address(text)
        except ValueError as error:
            raise InvalidValue(f"address {text!r} of {what}", str(error)) from error
    return tuple(texts)


def check_within(what: str, known: Sequence[AddressRange], texts: Sequence[str]) -> None:
    """Raise InvalidValue for an address outside of the ranges of a pool."""
    for text in addresses(what, texts):
        if not any(ip_address(text) in each for each in known):
            listed = ", ".join(f"{each.first}-{each.last}" for each in known)
            why = f"is not in {what}, which has {listed}"
            raise InvalidValue(f"address {text!r}", why, "use an address of the pool")
