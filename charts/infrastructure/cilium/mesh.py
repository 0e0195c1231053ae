"""Cilium of clusters in one ClusterMesh: the pod network, BGP, load balancers, the Gateway API."""

from charts import catalogue
from charts.infrastructure.cilium.talos import CGROUP, HUBBLE_TLS, KUBE_PRISM, capabilities
from charts.resource_request import bounded
from kubestrata import (
    Cluster,
    Component,
    Duration,
    HealthCheck,
    HealthExpression,
    JsonObject,
    Reconcile,
    Reference,
)
from kubestrata.constructs import Flow, HelmRelease, Pods, ReleasePolicy
from kubestrata.constructs.traffic import CiliumGatewayClass, ClusterMesh

_NAME = "cilium"


class MeshCilium(Component):
    """Cilium with native routing, WireGuard between nodes, Hubble, and a server for the mesh.

    `gateway_class` is the GatewayClass `cilium`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, mesh: ClusterMesh) -> None:
        agent = HealthCheck(_NAME, namespace.object_name, _AGENT_READY)
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            reconcile=Reconcile(interval=_INTERVAL, timeout=_TIMEOUT, checks=[agent]),
        )
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.MIRRORED_CILIUM,
            values={**_VALUES, **mesh.values},
            creates=["monitoring.coreos.com"],
            # Hooks create the certificates of Hubble and of the mesh, and the Service of the mesh
            # gets its address from a pool of a later component.
            policy=ReleasePolicy(wait=False),
            interval=_INTERVAL,
            timeout=_TIMEOUT,
        )
        self.gateway_class = CiliumGatewayClass(self, _NAME).ref
        server = Pods("clustermesh-apiserver", namespace.object_name, {"k8s-app": _SERVER})
        # Agents of this cluster and of the others are on the networks of nodes.
        peers = [Flow.from_nodes(_ETCD), Flow.from_internet(_ETCD), Flow.to_internet(_ETCD)]
        self.release.allow(*peers, pods=server)
        relay = Pods("hubble-relay", namespace.object_name, {"k8s-app": "hubble-relay"})
        self.release.allow(Flow.to_nodes(_HUBBLE), pods=relay)


_SERVER = "clustermesh-apiserver"
_ETCD, _HUBBLE = 2379, 4244
_INTERVAL, _TIMEOUT = Duration("5m"), Duration("15m")
_AGENT_READY = HealthExpression(
    "apps/v1",
    "DaemonSet",
    "has(status.numberReady) && status.observedGeneration == metadata.generation && "
    "status.numberReady == status.desiredNumberScheduled",
)


def _hubble() -> JsonObject:
    small = bounded("100m", "128Mi", "500m", "256Mi")
    return {
        "tls": HUBBLE_TLS,
        "relay": {"enabled": True, "resources": small},
        "ui": {"enabled": False},
        "metrics": {
            "enabled": ["dns", "drop", "tcp", "flow", "port-distribution", "icmp", "httpV2"],
            "serviceMonitor": {"enabled": True},
        },
    }


_MONITORED: JsonObject = {"enabled": True, "serviceMonitor": {"enabled": True}}
_VALUES: JsonObject = {
    "k8sServiceHost": KUBE_PRISM[0],
    "k8sServicePort": KUBE_PRISM[1],
    "kubeProxyReplacement": True,
    "ipam": {"mode": "kubernetes"},
    "routingMode": "native",
    "autoDirectNodeRoutes": True,
    "encryption": {
        "enabled": True,
        "type": "wireguard",
        "nodeEncryption": False,
        "wireguard": {"persistentKeepalive": "25s"},
    },
    "gatewayAPI": {"enabled": True, "gatewayClass": {"create": "false"}},
    "bgpControlPlane": {"enabled": True},
    "bandwidthManager": {"enabled": True, "bbr": True},
    "bpf": {
        "ctTcpMax": 524288,
        "ctAnyMax": 262144,
        "natMax": 524288,
        "neighMax": 524288,
        "policyMapMax": 16384,
    },
    "cni": {"exclusive": True},
    "cgroup": CGROUP,
    "securityContext": capabilities("PERFMON", "BPF"),
    "sysctlfix": {"enabled": False},
    # No policy here turns its default deny off.
    "enableNonDefaultDenyPolicies": False,
    "resources": bounded("200m", "512Mi", "1", "2Gi"),
    "operator": {
        "replicas": 2,
        "resources": bounded("100m", "128Mi", "500m", "512Mi"),
        "prometheus": _MONITORED,
    },
    "prometheus": _MONITORED,
    "hubble": _hubble(),
}
