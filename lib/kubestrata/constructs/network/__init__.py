"""Who may talk to whom: flows, and the policies that a cluster's network makes of them."""

from kubestrata.constructs.network.cilium import CiliumNetwork
from kubestrata.constructs.network.connection import connect, open_out, permit
from kubestrata.constructs.network.endpoint import Endpoint, ServiceEndpoint
from kubestrata.constructs.network.flow import Flow, NamedPort, NetworkPort
from kubestrata.constructs.network.kubernetes import KubernetesNetwork
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.open import OpenNetwork
from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Peer, Pods

__all__ = [
    "Addresses",
    "CiliumNetwork",
    "Endpoint",
    "Entity",
    "Flow",
    "Hosts",
    "KubernetesNetwork",
    "NamedPort",
    "Network",
    "NetworkPort",
    "OpenNetwork",
    "Peer",
    "Pods",
    "ServiceEndpoint",
    "connect",
    "open_out",
    "permit",
]
