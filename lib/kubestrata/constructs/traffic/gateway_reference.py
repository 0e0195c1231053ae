"""References to Gateways and routes, and the Gateways that a cluster provides."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import field

from kubestrata.constructs.network.peer import Entity, Peer
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue, MissingOffer
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference
from kubestrata.core.value.host import Host
from kubestrata.core.value.typed_text import check_texts

Visibility = Literal["private", "public"]


class GatewayReference(Frozen):
    """A Gateway, the listener that routes attach to, and the domain of their hosts.

    `proxies` is the source of its traffic, for network policies.
    """

    gateway: Reference
    listener: str
    domain: Host
    proxies: Peer = field(default_factory=lambda: Entity("gateway"))

    def __post_init__(self) -> None:
        check_texts(self)


class GatewayPort(Frozen):
    """A TCP or UDP listener of a Gateway, which has no host.

    `proxies` is the source of its traffic, for network policies.
    """

    gateway: Reference
    listener: str
    protocol: Literal["TCP", "UDP"]
    proxies: Peer = field(default_factory=lambda: Entity("gateway"))


class RouteReference(Frozen):
    """An HTTPRoute or an Ingress, and the host that it serves."""

    route: Reference
    host: Host
    scheme: Literal["http", "https"] = "https"

    @property
    def url(self) -> str:
        """Return the URL of the host."""
        return f"{self.scheme}://{self.host}"


class Gateways(Frozen):
    """The public and the private gateway that a cluster provides."""

    public: GatewayReference | None = None
    private: GatewayReference | None = None

    def __post_init__(self) -> None:
        for visibility in get_args(Visibility):
            gateway = getattr(self, visibility)
            if gateway is not None:
                require(f"{visibility} of Gateways", gateway, GatewayReference)

    def find(self, visibility: Visibility) -> GatewayReference | None:
        """Return the gateway of a visibility, None if there is none."""
        if visibility not in get_args(Visibility):
            why = f"is not a valid visibility: must be one of {', '.join(get_args(Visibility))}"
            raise InvalidValue(f"visibility {visibility!r}", why)
        return self.public if visibility == "public" else self.private

    def with_visibility(self, visibility: Visibility) -> GatewayReference:
        """Return the gateway of a visibility; raises MissingOffer if the cluster has none."""
        found = self.find(visibility)
        if found is None:
            fix = f"provide Gateways({visibility}=...) to the cluster"
            raise MissingOffer(f"{visibility} gateway", "the cluster has none", fix)
        return found
