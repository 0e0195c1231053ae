"""Cilium of clusters in one ClusterMesh: the pod network, BGP, load balancers, the Gateway API."""

from charts import catalogue
from charts.infrastructure.cilium import CLEANING, CiliumCluster
from charts.resource_request import bounded
from kubestrata import Cluster, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import HelmComponent
from kubestrata.constructs.traffic import CiliumGatewayClass

_NAME = "cilium"


class MeshCilium(HelmComponent):
    """Cilium with native routing, WireGuard between nodes, and Hubble.

    `gateway_class` is the GatewayClass `cilium`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, settings: CiliumCluster) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.MIRRORED_CILIUM,
            values=_values(scope.name, settings),
            creates=["monitoring.coreos.com"],
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.gateway_class = CiliumGatewayClass(self, _NAME).ref


def _values(name: str, settings: CiliumCluster) -> JsonObject:
    host, port = settings.api
    return {
        "cluster": {"name": name, "id": settings.number},
        "k8sServiceHost": host,
        "k8sServicePort": port,
        "kubeProxyReplacement": True,
        "ipam": {"mode": "kubernetes"},
        "routingMode": "native",
        "ipv4NativeRoutingCIDR": settings.network,
        "autoDirectNodeRoutes": True,
        "encryption": {"enabled": True, "type": "wireguard", "nodeEncryption": False},
        "gatewayAPI": {"enabled": True, "gatewayClass": {"create": "false"}},
        "bgpControlPlane": {"enabled": True},
        # Talos mounts it, and forbids pods to load kernel modules.
        "cgroup": {"autoMount": {"enabled": False}, "hostRoot": "/sys/fs/cgroup"},
        "securityContext": {"capabilities": {"ciliumAgent": _AGENT, "cleanCiliumState": CLEANING}},
        "sysctlfix": {"enabled": False},
        "hubble": _hubble(),
    }


def _hubble() -> JsonObject:
    small = bounded("100m", "128Mi", "500m", "256Mi")
    return {"relay": {"enabled": True, "resources": small}, "ui": {"enabled": False}}


_AGENT = [
    "CHOWN",
    "KILL",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "SYS_ADMIN",
    "SYS_RESOURCE",
    "PERFMON",
    "BPF",
    "DAC_OVERRIDE",
    "FOWNER",
    "SETGID",
    "SETUID",
]
