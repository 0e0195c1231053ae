"""Pools of addresses for load balancers, and their announcement on the local network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import cilium, metallb
from kubeapis.cilium import v2alpha1
from kubestrata.constructs.traffic.address_range import AddressRange, check_within, ranges
from kubestrata.constructs.traffic.service_address import ServiceAddress
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_Selector = cilium.CiliumLoadBalancerIPPoolSpecServiceSelector
AnnouncedAddress = Literal["external", "load-balancer"]


class CiliumAddressPool(Construct):
    """One CiliumLoadBalancerIPPool named `id`.

    `blocks` are CIDR blocks, ranges (`10.0.0.240-10.0.0.250`) or single addresses. `services` are
    labels of the Services that get an address, by default all. With `edges=False` the first and the
    last address of a CIDR block are left out.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        blocks: Sequence[str],
        services: Mapping[str, str] | None = None,
        edges: bool = True,
    ) -> None:
        super().__init__(scope, f"{id}-pool")
        self._what = f"CiliumAddressPool {id!r}"
        self._ranges = ranges(self._what, blocks)
        self._services = dict(services or {})
        self.resource = cilium.CiliumLoadBalancerIPPool(
            self,
            id,
            spec=cilium.CiliumLoadBalancerIPPoolSpec(
                blocks=[_block(each) for each in self._ranges],
                allow_first_last_ips=None if edges else "No",
                service_selector=_Selector(match_labels=services) if services else None,
            ),
        )

    @property
    def ref(self) -> Reference:
        """Return the pool."""
        return self.resource.ref

    def address(self, *ips: str, sharing_key: str | None = None) -> ServiceAddress:
        """Return an address of this pool for a LoadBalancer, with the labels that it selects.

        Raises InvalidValue for one of `ips` outside of the pool.
        """
        check_within(self._what, self._ranges, ips)
        return ServiceAddress.cilium(*ips, labels=self._services, sharing_key=sharing_key)


def _block(block: AddressRange) -> cilium.CiliumLoadBalancerIPPoolSpecBlocks:
    if block.block is not None:
        return cilium.CiliumLoadBalancerIPPoolSpecBlocks(cidr=block.block)
    return cilium.CiliumLoadBalancerIPPoolSpecBlocks(start=str(block.first), stop=str(block.last))


class CiliumL2Announcements(Construct):
    """One CiliumL2AnnouncementPolicy named `id`: nodes answer ARP for addresses of Services.

    `services` and `nodes` are labels, by default all; `interfaces` are expressions for names of
    network interfaces (`^eth[0-9]+`), by default all.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        of: Sequence[AnnouncedAddress] = ("load-balancer",),
        services: Mapping[str, str] | None = None,
        nodes: Mapping[str, str] | None = None,
        interfaces: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, f"{id}-l2-announcements")
        if not of:
            fix = "leave out of="
            raise InvalidValue(f"CiliumL2Announcements {id!r}", "announces no address", fix)
        self.resource = v2alpha1.CiliumL2AnnouncementPolicy(
            self,
            id,
            spec=v2alpha1.CiliumL2AnnouncementPolicySpec(
                external_ips=True if "external" in of else None,
                load_balancer_ips=True if "load-balancer" in of else None,
                interfaces=list(interfaces) or None,
                service_selector=_Selector(match_labels=services) if services else None,
                node_selector=_Selector(match_labels=nodes) if nodes else None,
            ),
        )


class MetalLbAddressPool(Construct):
    """One IPAddressPool of MetalLB named `id`, in the namespace of MetalLB.

    `blocks` are CIDR blocks, ranges or single addresses. With `automatic=False` only Services that
    name the pool get an address of it.
    """

    def __init__(
        self, scope: Construct, id: str, *, blocks: Sequence[str], automatic: bool = True
    ) -> None:
        super().__init__(scope, f"{id}-pool")
        self._what = f"MetalLbAddressPool {id!r}"
        self._ranges = ranges(self._what, blocks)
        self.resource = metallb.IPAddressPool(
            self,
            id,
            spec=metallb.IPAddressPoolSpec(
                addresses=[each.block or f"{each.first}-{each.last}" for each in self._ranges],
                auto_assign=None if automatic else False,
            ),
        )

    @property
    def ref(self) -> Reference:
        """Return the pool."""
        return self.resource.ref

    def address(self, *ips: str, sharing_key: str | None = None) -> ServiceAddress:
        """Return an address of this pool for a LoadBalancer, which waits for the pool.

        Raises InvalidValue for one of `ips` outside of the pool.
        """
        check_within(self._what, self._ranges, ips)
        return ServiceAddress.metallb(*ips, pool=self.ref, sharing_key=sharing_key)


class MetalLbL2Announcements(Construct):
    """One L2Advertisement of MetalLB named `id`: nodes answer ARP for addresses of `pools`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pools: Sequence[Reference],
        interfaces: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, f"{id}-l2-announcements")
        if not pools:
            why, fix = "announces no pool", "pass pools=[pool.ref]"
            raise InvalidValue(f"MetalLbL2Announcements {id!r}", why, fix)
        for each in pools:
            if (each.group, each.kind) != ("metallb.io", "IPAddressPool"):
                raise InvalidReference(str(each), "is not an IPAddressPool", "pass pool.ref")
        self.resource = metallb.L2Advertisement(
            self,
            id,
            spec=metallb.L2AdvertisementSpec(
                ip_address_pools=[each.name for each in pools],
                interfaces=list(interfaces) or None,
            ),
        )
