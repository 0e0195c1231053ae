"""Announcement of Services to routers by BGP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Literal

from kubeapis import cilium as api
from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct

_LAST_ASN = 4_294_967_295
_ADVERTISE = "advertise"
# Every Service: without a selector the advertisement matches none (source: Cilium, BGP).
_EVERY_SERVICE = api.CiliumBGPAdvertisementSpecAdvertisementsSelectorMatchExpressions(
    key="advertise-by-bgp", operator="NotIn", values=["never"]
)
_Selector = api.CiliumBGPAdvertisementSpecAdvertisementsSelector


class BgpPeer(Frozen):
    """A router, by its AS number and address."""

    asn: int
    address: str

    def __post_init__(self) -> None:
        check_asn("BgpPeer", self.asn)
        try:
            ip_address(self.address)
        except ValueError as error:
            raise InvalidValue(f"address {self.address!r} of a BgpPeer", str(error)) from error


class BgpSession(Frozen):
    """Settings of the sessions with all peers; None is Cilium's default.

    With `restart_seconds` peers keep routes for that time while an agent restarts. `multihop` is
    the highest number of hops to a peer. `families` are those of the announced addresses.
    """

    hold_seconds: int | None = None
    keep_alive_seconds: int | None = None
    restart_seconds: int | None = None
    multihop: int | None = None
    families: Sequence[Literal["ipv4", "ipv6"]] = ("ipv4",)

    def __post_init__(self) -> None:
        hold, alive = self.hold_seconds or 90, self.keep_alive_seconds or 30
        if alive >= hold:
            why = f"is not shorter than the hold time of {hold} seconds"
            raise InvalidValue(f"keep_alive_seconds {alive!r}", why, f"write {max(hold // 3, 1)}")
        if not self.families:
            raise InvalidValue("BgpSession", "announces no address family", "leave out families=")


class CiliumBgp(Construct):
    """Sessions of nodes with routers, which learn the addresses of load balancers.

    A CiliumBGPClusterConfig, a CiliumBGPPeerConfig and a CiliumBGPAdvertisement, named `id`.
    `nodes` and `services` are labels, by default all.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        asn: int,
        peers: Sequence[BgpPeer],
        session: BgpSession | None = None,
        nodes: Mapping[str, str] | None = None,
        services: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-bgp")
        check_asn(f"CiliumBgp {id!r}", asn)
        if not peers:
            raise InvalidValue(f"CiliumBgp {id!r}", "has no peer", "pass peers=[BgpPeer(...)]")
        labels = {_ADVERTISE: id}
        self.peer_config = self._peer_config(id, session or BgpSession(), labels)
        self.resource = api.CiliumBGPClusterConfig(
            self,
            "cluster-config",
            metadata=k8s.ObjectMeta(name=id),
            spec=api.CiliumBGPClusterConfigSpec(
                node_selector=_Selector(match_labels=nodes) if nodes else None,
                bgp_instances=[
                    api.CiliumBGPClusterConfigSpecBgpInstances(
                        name=f"instance-{asn}",
                        local_asn=asn,
                        peers=[self._peer(each, index) for index, each in enumerate(peers)],
                    )
                ],
            ),
        )
        self.advertisement = _advertisement(self, id, labels, services)

    def _peer_config(
        self, id: str, session: BgpSession, labels: Mapping[str, str]
    ) -> api.CiliumBGPPeerConfig:
        restart = session.restart_seconds
        spec = api.CiliumBGPPeerConfigSpec(
            ebgp_multihop=session.multihop,
            timers=api.CiliumBGPPeerConfigSpecTimers(
                hold_time_seconds=session.hold_seconds,
                keep_alive_time_seconds=session.keep_alive_seconds,
            )
            if session.hold_seconds or session.keep_alive_seconds
            else None,
            graceful_restart=api.CiliumBGPPeerConfigSpecGracefulRestart(
                enabled=True, restart_time_seconds=restart
            )
            if restart is not None
            else None,
            families=[
                api.CiliumBGPPeerConfigSpecFamilies(
                    afi=family, safi="unicast", advertisements=_Selector(match_labels=labels)
                )
                for family in session.families
            ],
        )
        metadata = k8s.ObjectMeta(name=id)
        return api.CiliumBGPPeerConfig(self, "peer-config", metadata=metadata, spec=spec)

    def _peer(self, peer: BgpPeer, index: int) -> api.CiliumBGPClusterConfigSpecBgpInstancesPeers:
        return api.CiliumBGPClusterConfigSpecBgpInstancesPeers(
            name=f"peer-{peer.asn}-{index}" if index else f"peer-{peer.asn}",
            peer_asn=peer.asn,
            peer_address=peer.address,
            peer_config_ref=api.CiliumBGPClusterConfigSpecBgpInstancesPeersPeerConfigRef(
                name=self.peer_config.name
            ),
        )


def _advertisement(
    scope: Construct, id: str, labels: Mapping[str, str], services: Mapping[str, str] | None
) -> api.CiliumBGPAdvertisement:
    selector = (
        _Selector(match_labels=services)
        if services
        else _Selector(match_expressions=[_EVERY_SERVICE])
    )
    announced = api.CiliumBGPAdvertisementSpecAdvertisements(
        advertisement_type="Service",
        service=api.CiliumBGPAdvertisementSpecAdvertisementsService(addresses=["LoadBalancerIP"]),
        selector=selector,
    )
    return api.CiliumBGPAdvertisement(
        scope,
        "advertisement",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        spec=api.CiliumBGPAdvertisementSpec(advertisements=[announced]),
    )


def check_asn(what: str, asn: int) -> None:
    """Raise InvalidValue for a number that is not an AS number."""
    if not 1 <= asn <= _LAST_ASN:
        raise InvalidValue(f"AS number {asn!r} of {what}", f"is not within 1-{_LAST_ASN}")
