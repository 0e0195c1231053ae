"""The network of a node before it has a machine configuration, for the META of its image."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_interface

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.yaml_text import dump

_PRIORITY = 1024
_LAYER = "platform"


class PlatformNetwork(Frozen):
    """A static address on a metal node, with default route, hostname and resolvers.

    `address` has the length of its prefix (`192.0.2.10/24`); `link` is the name of the interface.
    Raises InvalidValue for a gateway outside of the address's subnet.
    """

    hostname: str
    address: str
    gateway: str
    resolvers: Sequence[str]
    link: str = "eth0"

    def __post_init__(self) -> None:
        check_label("hostname", self.hostname)
        try:
            subnet = ip_interface(self.address).network
        except ValueError as error:
            raise InvalidValue(f"address {self.address!r}", str(error)) from None
        if "/" not in self.address:
            raise InvalidValue(f"address {self.address!r}", "must have a prefix length, as in /24")
        for each in (self.gateway, *self.resolvers):
            try:
                ip_address(each)
            except ValueError as error:
                raise InvalidValue(f"address {each!r}", str(error)) from None
        if ip_address(self.gateway) not in subnet:
            why = f"is outside of {subnet}, the subnet of {self.address}"
            raise InvalidValue(f"gateway {self.gateway}", why)

    @property
    def text(self) -> str:
        """The value of META key 10."""
        family = f"inet{ip_interface(self.address).version}"
        route = {
            "family": family,
            "gateway": self.gateway,
            "outLinkName": self.link,
            "table": "main",
            "priority": _PRIORITY,
            "scope": "global",
            "type": "unicast",
            "protocol": "static",
            "layer": _LAYER,
        }
        address = {
            "address": self.address,
            "linkName": self.link,
            "family": family,
            "scope": "global",
            "flags": "permanent",
            "layer": _LAYER,
        }
        return dump(
            {
                "addresses": [address],
                # A link that is listed gets no address by DHCP.
                "links": [{"name": self.link, "up": True, "layer": _LAYER}],
                "routes": [route],
                "hostnames": [{"hostname": self.hostname, "layer": _LAYER}],
                "resolvers": [{"dnsServers": list(self.resolvers), "layer": _LAYER}],
            }
        )
