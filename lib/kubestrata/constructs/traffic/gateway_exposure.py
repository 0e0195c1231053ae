"""How the address of a Gateway is reached: what the cluster's load balancers read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.reference import Reference

_AWS = "service.beta.kubernetes.io/aws-load-balancer"


@dataclass(frozen=True, slots=True)
class GatewayExposure:
    """Annotations of the Service that is made for a Gateway; made by the factories below."""

    annotations: Mapping[str, str]

    @classmethod
    def tailscale(
        cls, hostname: str, *, tags: Sequence[str], proxy_class: Reference | None = None
    ) -> GatewayExposure:
        """A machine `hostname` of the tailnet, for whom its access rules admit to `tags`.

        Tags are written with their prefix: `tag:admin`. `proxy_class` is a ProxyClass.
        """
        check_label("Tailscale machine", hostname)
        for tag in tags:
            if not tag.startswith("tag:"):
                raise InvalidValue(f"tag {tag!r}", "is no tag", f"'tag:{tag}'")
        if not tags:
            raise InvalidValue("GatewayExposure.tailscale", "has no tag", "name one")
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
        """A network load balancer, by the AWS Load Balancer Controller.

        `targets` are the nodes, or the proxies' pods where the proxies are pods.
        """
        found = {
            f"{_AWS}-type": "external",
            f"{_AWS}-nlb-target-type": targets,
            f"{_AWS}-scheme": scheme,
        }
        return cls({**found, **({f"{_AWS}-name": name} if name else {})})

    @classmethod
    def addresses(cls, *addresses: str) -> GatewayExposure:
        """Fixed addresses of a pool of Cilium's load balancer."""
        if not addresses:
            raise InvalidValue("GatewayExposure.addresses", "has no address", "name one")
        for address in addresses:
            try:
                ip_address(address)
            except ValueError as error:
                raise InvalidValue(f"address {address!r}", str(error)) from error
        return cls({"lbipam.cilium.io/ips": ",".join(addresses)})
