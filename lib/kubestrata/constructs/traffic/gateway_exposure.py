"""Exposure of Gateways: addresses, and annotations for load balancers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Literal

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.reference import Reference

_AWS = "service.beta.kubernetes.io/aws-load-balancer"


class GatewayExposure(Frozen):
    """Annotations of the Service that is created for a Gateway; use one of the factories below."""

    annotations: Mapping[str, str]

    @classmethod
    def tailscale(
        cls, hostname: str, *, tags: Sequence[str], proxy_class: Reference | None = None
    ) -> GatewayExposure:
        """Return a machine `hostname` in the tailnet, accessible by the access rules of its `tags`.

        Tags have their prefix: `tag:admin`. `proxy_class` is a ProxyClass.
        """
        check_label("Tailscale machine", hostname)
        for tag in tags:
            if not tag.startswith("tag:"):
                raise InvalidValue(f"tag {tag!r}", "is not a valid tag", f"'tag:{tag}'")
        if not tags:
            raise InvalidValue("GatewayExposure.tailscale", "has no tags", "name one")
        kept = {"tailscale.com/proxy-class": proxy_class.name} if proxy_class is not None else {}
        tagged = {"tailscale.com/hostname": hostname, "tailscale.com/tags": ",".join(tags)}
        return cls({**tagged, **kept})

    @classmethod
    def aws_network_load_balancer(
        cls,
        *,
        scheme: Literal["internal", "internet-facing"],
        targets: Literal["instance", "ip"] = "instance",
        name: str | None = None,
    ) -> GatewayExposure:
        """Return a network load balancer of the AWS Load Balancer Controller.

        `targets` are the nodes, or the proxies' pods if the proxies are pods.
        """
        found = {
            f"{_AWS}-type": "external",
            f"{_AWS}-nlb-target-type": targets,
            f"{_AWS}-scheme": scheme,
        }
        return cls({**found, **({f"{_AWS}-name": name} if name else {})})

    @classmethod
    def addresses(cls, *addresses: str) -> GatewayExposure:
        """Return fixed addresses from a pool of Cilium's load balancer."""
        if not addresses:
            raise InvalidValue("GatewayExposure.addresses", "has no addresses", "name one")
        for address in addresses:
            try:
                ip_address(address)
            except ValueError as error:
                raise InvalidValue(f"address {address!r}", str(error)) from error
        return cls({"lbipam.cilium.io/ips": ",".join(addresses)})
