"""Addresses of load balancers: the controller that assigns them, and its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import field

from kubestrata.constructs.traffic.address_range import addresses
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.reference import Reference

_CILIUM = "lbipam.cilium.io"
_HETZNER = "load-balancer.hetzner.cloud"
_METALLB = "metallb.io"


class ServiceAddress(Frozen):
    """Labels and annotations of a Service of type LoadBalancer; use one of the factories below.

    `load_balancer_class` selects the controller; None is the cluster's default.
    """

    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    load_balancer_class: str | None = None

    @classmethod
    def cilium(
        cls,
        *ips: str,
        labels: Mapping[str, str] | None = None,
        sharing_key: str | None = None,
        sharing_namespaces: Sequence[str] = (),
    ) -> ServiceAddress:
        """Return an address of Cilium's LB IPAM; of a pool, use `CiliumAddressPool.address`.

        Without `ips` any free address of a pool that selects the Service. Services with the same
        `sharing_key` have one address, on different ports; `sharing_namespaces` are those of the
        others, "*" for any.
        """
        if sharing_namespaces and sharing_key is None:
            fix = "pass sharing_key="
            raise InvalidValue("ServiceAddress.cilium", "shares with namespaces without a key", fix)
        found = {
            "ips": ",".join(addresses("ServiceAddress.cilium", ips)),
            "sharing-key": sharing_key or "",
            "sharing-cross-namespace": ",".join(sharing_namespaces),
        }
        notes = {f"{_CILIUM}/{key}": value for key, value in found.items() if value}
        return cls(notes, labels or {})

    @classmethod
    def metallb(
        cls, *ips: str, pool: Reference | None = None, sharing_key: str | None = None
    ) -> ServiceAddress:
        """Return an address of MetalLB, of `pool` if one is given: `pool.ref`.

        Services with the same `sharing_key` have one address, on different ports.
        """
        if pool is not None and (pool.group, pool.kind) != ("metallb.io", "IPAddressPool"):
            raise InvalidReference(str(pool), "is not an IPAddressPool", "pass pool.ref")
        notes: dict[str, str] = {}
        if pool is not None:
            notes[f"{_METALLB}/address-pool"] = pool.name
        if ips:
            listed = ",".join(addresses("ServiceAddress.metallb", ips))
            notes[f"{_METALLB}/loadBalancerIPs"] = listed
        if sharing_key is not None:
            notes[f"{_METALLB}/allow-shared-ip"] = sharing_key
        return cls(notes)

    @classmethod
    def hetzner(
        cls,
        *,
        location: str,
        size: str | None = None,
        name: str | None = None,
        proxy_protocol: bool = False,
        private: bool = False,
    ) -> ServiceAddress:
        """Return a load balancer of Hetzner Cloud, of a `size` such as `lb11`.

        With `proxy_protocol` the pods see the addresses of clients, and must read that protocol;
        `private` sends traffic to the nodes through the private network.
        """
        check_label("location", location)
        notes = {f"{_HETZNER}/location": location}
        if size is not None:
            notes[f"{_HETZNER}/type"] = size
        if name is not None:
            notes[f"{_HETZNER}/name"] = name
        if proxy_protocol:
            notes[f"{_HETZNER}/uses-proxyprotocol"] = "true"
        if private:
            notes[f"{_HETZNER}/use-private-ip"] = "true"
        return cls(notes)

    @classmethod
    def annotated(
        cls, annotations: Mapping[str, str], *, load_balancer_class: str | None = None
    ) -> ServiceAddress:
        """Return the settings of any other controller."""
        return cls(dict(annotations), {}, load_balancer_class)
