"""Network traffic: flows, connections, and the policies that a cluster generates from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.network.baseline import BASELINE, NetworkBaseline, PolicyMixin
    from kubestrata.constructs.network.cilium import CiliumNetwork
    from kubestrata.constructs.network.connection import (
        Connectable,
        Endpoint,
        NetworkParty,
        ServiceEndpoint,
    )
    from kubestrata.constructs.network.flow import Flow, NamedPort, NetworkPort
    from kubestrata.constructs.network.kubernetes import KubernetesNetwork
    from kubestrata.constructs.network.network import Network, OpenNetwork
    from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Peer, Pods

__all__ = [
    "BASELINE",
    "Addresses",
    "CiliumNetwork",
    "Connectable",
    "Endpoint",
    "Entity",
    "Flow",
    "Hosts",
    "KubernetesNetwork",
    "NamedPort",
    "Network",
    "NetworkBaseline",
    "NetworkParty",
    "NetworkPort",
    "OpenNetwork",
    "Peer",
    "Pods",
    "PolicyMixin",
    "ServiceEndpoint",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "baseline": "BASELINE NetworkBaseline PolicyMixin",
        "cilium": "CiliumNetwork",
        "connection": "Connectable Endpoint NetworkParty ServiceEndpoint",
        "flow": "Flow NamedPort NetworkPort",
        "kubernetes": "KubernetesNetwork",
        "network": "Network OpenNetwork",
        "peer": "Addresses Entity Hosts Peer Pods",
    },
)
