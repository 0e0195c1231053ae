"""The network of a cluster's nodes, and the checks of the addresses in their documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Any, TypeAlias

from kubestrata.constructs.talos.machine import Machine
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping, sequence

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
_NETWORKS = frozenset(
    {"advertisedSubnets", "listenSubnets", "podSubnets", "serviceSubnets", "validSubnets"}
)
_ROUTES = ("network", "destination")
_VIP_KINDS = ("Layer2VIPConfig", "HCloudVIPConfig")


class MachineNetwork(Frozen):
    """The subnets of the nodes' addresses, and what in them is taken.

    `reserved` are CIDRs and ranges (`192.0.2.100-192.0.2.119`) that other systems assign, such as
    a pool for Services: no node and no virtual IP may be in one.
    """

    subnets: Sequence[str]
    reserved: Sequence[str] = ()

    def __post_init__(self) -> None:
        for each in self.subnets:
            network_of("subnet", each)
        for each in self.reserved:
            _range_of(each)

    def check(self, machine: Machine) -> None:
        """Raise InvalidValue for an address that is outside of the subnets, or reserved."""
        address, where = ip_address(machine.address), machine.origin
        what = f"address {machine.address} of {machine.name}"
        if not any(address in network_of("subnet", each) for each in self.subnets):
            why = f"is outside of the nodes' subnets, {', '.join(self.subnets)}"
            raise InvalidValue(what, why, where=where)
        self.check_free(what, address, where)

    def check_free(self, what: str, address: Address, where: object) -> None:
        """Raise InvalidValue for an address that is reserved."""
        for each in self.reserved:
            first, last = _range_of(each)
            if first.version == address.version and int(first) <= int(address) <= int(last):
                raise InvalidValue(what, f"is in {each}, which is reserved", where=where)


def network_of(what: str, text: object) -> Network:
    """Return a CIDR as a network; raises InvalidValue for one with bits of a host."""
    try:
        return ip_network(str(text))
    except ValueError:
        pass
    try:
        meant = ip_network(str(text), strict=False)
    except ValueError:
        why = "is not a valid CIDR, such as 192.0.2.0/24"
        raise InvalidValue(f"{what} {text!r}", why) from None
    raise InvalidValue(f"{what} {text!r}", "has bits of a host", f"write {str(meant)!r}")


def _range_of(text: str) -> tuple[Address, Address]:
    first, dash, last = text.partition("-")
    if not dash:
        network = network_of("reserved range", text)
        return network[0], network[-1]
    try:
        found = ip_address(first.strip()), ip_address(last.strip())
    except ValueError:
        why = "is not a valid range, such as 192.0.2.100-192.0.2.119"
        raise InvalidValue(f"reserved range {text!r}", why) from None
    if found[0].version != found[1].version or int(found[0]) > int(found[1]):
        raise InvalidValue(f"reserved range {text!r}", "ends before it begins")
    return found


def check_documents(machine: Machine, documents: Sequence[Manifest]) -> None:
    """Raise InvalidValue for an address, a CIDR or a hostname that does not fit the node."""
    for name in _hostnames(documents):
        if name != machine.name:
            why = f"is set in the documents of node {machine.name}"
            raise InvalidValue(
                f"hostname {name!r}", why, "use the node's name", where=machine.origin
            )
    for key, value in _fields(documents):
        try:
            _check_field(machine, key, value)
        except InvalidValue as error:
            raise InvalidValue(error.what, error.why, error.fix, where=machine.origin) from None
    _check_gateways(machine, documents)


def _check_field(machine: Machine, key: str, value: object) -> None:
    if key in _NETWORKS:
        network_of(key, str(value).removeprefix("!"))
    elif key in _ROUTES and "/" in str(value):
        network_of("destination of a route", value)
    elif key == "addresses":
        address = interface_of(value).ip
        mine = ip_address(machine.address)
        if address != mine and address in _subnet_of(machine, value):
            why = f"is in the subnet of {machine.address}, the address of {machine.name}"
            raise InvalidValue(f"address {value!r}", why, "write the address of the node")


def _subnet_of(machine: Machine, value: object) -> Network:
    """Return the subnet of an address if the node's own is in it, else an empty one."""
    network = interface_of(value).network
    mine = ip_address(machine.address)
    return network if mine in network else ip_network("0.0.0.0/32")


def interface_of(value: object) -> Any:
    """Return an address with its prefix length; raises InvalidValue for an invalid one."""
    try:
        return ip_interface(str(value))
    except ValueError:
        why = "is not a valid address with a prefix length, such as 192.0.2.10/24"
        raise InvalidValue(f"address {value!r}", why) from None


def _check_gateways(machine: Machine, documents: Sequence[Manifest]) -> None:
    """Raise InvalidValue for a gateway that no address of its link reaches."""
    for link in _links(documents):
        own = [interface_of(each) for each in link_addresses(link)]
        for route in map(mapping, sequence(link.get("routes"))):
            gateway = route.get("gateway")
            if gateway and own and not any(ip_address(gateway) in each.network for each in own):
                listed = ", ".join(str(each) for each in own)
                why = f"is not in a subnet of its interface, which has {listed}"
                raise InvalidValue(f"gateway {gateway!r}", why, where=machine.origin)


def link_addresses(link: Manifest) -> list[str]:
    """Return the addresses of a link: texts, or mappings of later versions."""
    found = sequence(link.get("addresses"))
    return [str(each["address"]) if is_mapping(each) else str(each) for each in found]


def _links(documents: Sequence[Manifest]) -> Iterator[Manifest]:
    for each in documents:
        network = mapping(mapping(each.get("machine")).get("network"))
        for link in map(mapping, sequence(network.get("interfaces"))):
            yield link
            yield from map(mapping, sequence(link.get("vlans")))
        if "addresses" in each:
            yield each


def addresses(documents: Sequence[Manifest]) -> list[Address]:
    """Return the addresses of all links of a node."""
    return [interface_of(each).ip for link in _links(documents) for each in link_addresses(link)]


def virtual_ips(documents: Sequence[Manifest]) -> list[str]:
    """Return the virtual IPs that a node may hold."""
    found = [mapping(link.get("vip")).get("ip") for link in _links(documents)]
    found += [each.get("name") for each in documents if each.get("kind") in _VIP_KINDS]
    return [str(each) for each in found if each]


def _hostnames(documents: Sequence[Manifest]) -> Iterator[str]:
    for each in documents:
        network = mapping(mapping(each.get("machine")).get("network"))
        for name in (network.get("hostname"), each.get("hostname")):
            if isinstance(name, str) and name:
                yield name


def _fields(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Yield the texts of documents with the nearest name of a field above them."""
    if is_mapping(value):
        for name, part in value.items():
            inner = "addresses" if (key, name) == ("addresses", "address") else str(name)
            yield from _fields(part, inner)
    elif is_sequence(value):
        for part in value:
            yield from _fields(part, key)
    elif isinstance(value, str):
        yield key, value
