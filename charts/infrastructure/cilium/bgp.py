"""Addresses of load balancers, and their announcement by BGP."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.traffic import BgpPeer, BgpSession, CiliumAddressPool, CiliumBgp

_SESSION = BgpSession(hold_seconds=9, keep_alive_seconds=3, restart_seconds=120, multihop=1)


class AddressPool(Component):
    """The pool of addresses of a cluster, for all of its Services."""

    def __init__(self, scope: Cluster, *, cilium: Reference, first: str, last: str) -> None:
        super().__init__(scope, "cilium-ipam", layer="infrastructure")
        self.needs(cilium)
        self.pool = CiliumAddressPool(self, f"{scope.name}-pool", blocks=[f"{first}-{last}"])


class BgpPeering(Component):
    """Sessions of every node with the router, which learns the addresses of Services."""

    def __init__(self, scope: Cluster, *, pool: AddressPool, asn: int, router: BgpPeer) -> None:
        super().__init__(scope, "cilium-bgp", layer="infrastructure")
        self.needs(pool)
        CiliumBgp(self, "bgp", asn=asn, peers=[router], session=_SESSION)
