"""Nodes of a small Talos cluster, for the tests of its machine configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import talos_1_11 as talos
from kubestrata import Cluster
from kubestrata.constructs.talos import ControlPlane, MachineConfiguration, MachineNetwork, Worker
from kubestrata.core.struct import Struct
from tests.small_platform import files

VERSION = "v1.11.2"
NETWORK = MachineNetwork(["192.0.2.0/24"], reserved=["192.0.2.100-192.0.2.119", "192.0.2.1/32"])
CONFIG = talos.Config(
    cluster=talos.ClusterConfig(
        network=talos.ClusterNetworkConfig(
            pod_subnets=["10.244.0.0/16"], service_subnets=["10.245.0.0/16"]
        )
    )
)


def interface(address: str = "", *, gateway: str = "", vip: str = "") -> talos.Config:
    """A document with one interface."""
    device = talos.Device(
        interface="eth0",
        addresses=[address] if address else None,
        routes=[talos.Route(network="0.0.0.0/0", gateway=gateway)] if gateway else None,
        vip=talos.DeviceVIPConfig(ip=vip) if vip else None,
    )
    network = talos.NetworkConfig(interfaces=[device])
    return talos.Config(machine=talos.MachineConfig(network=network))


def machine(**fields: Any) -> talos.Config:
    """A document with some fields of `machine`."""
    return talos.Config(machine=talos.MachineConfig(**fields))


def control_plane(name: str, address: str, *documents: Struct) -> ControlPlane:
    return ControlPlane(name, address, documents)


def worker(name: str, address: str, *documents: Struct) -> Worker:
    return Worker(name, address, documents)


def configure(
    cluster: Cluster, *nodes: ControlPlane | Worker, documents: Sequence[Struct] = (CONFIG,)
) -> MachineConfiguration:
    return MachineConfiguration(
        cluster, version=VERSION, network=NETWORK, documents=documents, nodes=nodes
    )


def text(cluster: Cluster, name: str) -> str:
    """The file of a node, or a schematic."""
    return files(cluster)[f"talos/{name}.yaml"].decode()
