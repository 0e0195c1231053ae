"""Cilium on one flat network: pods are routed by the nodes, Services announced on layer 2."""

from charts import catalogue
from charts.infrastructure.cilium.talos import CGROUP, capabilities
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import HelmRelease

_NAME = "cilium"


class RoutedCilium(Component):
    """Cilium without policies: the network, the proxy of Services, and Hubble with its page.

    `cluster_name` is its name for other clusters, `api` the host and the port of the API server,
    `pods` the addresses that it gives to nodes for their pods. The bootstrap installs it.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        version: str,
        cluster_name: str,
        api: tuple[str, int],
        pods: str,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        HelmRelease(
            self,
            _NAME,
            chart=catalogue.CILIUM.at(version),
            values=_values(cluster_name, api, pods),
            # Every node pulls the images of its agent.
            timeout=Duration("10m"),
        )


def _values(cluster_name: str, api: tuple[str, int], pods: str) -> JsonObject:
    host, port = api
    return {
        "cluster": {"name": cluster_name, "id": 1},
        "k8sServiceHost": host,
        "k8sServicePort": port,
        "ipam": {"mode": "cluster-pool", "operator": {"clusterPoolIPv4PodCIDRList": [pods]}},
        "routingMode": "native",
        "ipv4NativeRoutingCIDR": pods,
        "autoDirectNodeRoutes": True,
        "endpointRoutes": {"enabled": True},
        "enableIPv4Masquerade": True,
        "ipMasqAgent": {"enabled": False},
        "kubeProxyReplacement": "true",
        "socketLB": {"enabled": True},
        "nodePort": {"enabled": True, "bindProtection": True},
        "bpf": {"hostLegacyRouting": True},
        # Helm makes the certificates: the Job of the other method is a hook after an installation,
        # which waits for the relay, which waits for the certificates.
        "hubble": {"enabled": True, "relay": {"enabled": True}, "ui": {"enabled": True}},
        "l2announcements": {"enabled": True},
        "loadBalancer": {"algorithm": "random"},
        "securityContext": capabilities(),
        "cgroup": CGROUP,
    }
