"""Cilium: the pod network, network policies, load balancers on layer 2, and the Gateway API."""

from charts import catalogue
from charts.infrastructure.cilium.talos import CGROUP, HUBBLE_TLS, KUBE_PRISM, capabilities
from charts.resource_request import bounded, resources
from kubestrata import Cluster, Frozen, JsonObject, Reference
from kubestrata.constructs import HelmComponent
from kubestrata.constructs.traffic import (
    CiliumAddressPool,
    CiliumGatewayClass,
    CiliumL2Announcements,
)


class CiliumCluster(Frozen):
    """The identity of a cluster among those that Cilium connects, and its networks.

    `network` are the addresses that are routed without encapsulation.
    """

    number: int
    network: str


class GatewayCilium(HelmComponent):
    """Cilium, a pool of addresses for Services, and their announcement on every node.

    `pool` is a range of addresses. `gateway_class` is the GatewayClass `cilium`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        settings: CiliumCluster,
        pool: str,
    ) -> None:
        super().__init__(
            scope,
            "cilium",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.CILIUM,
            values=_values(scope.name, settings),
        )
        # Without a class, the controller of the cloud would also create load balancers.
        self.gateway_class = CiliumGatewayClass(
            self, "cilium", load_balancer_class="io.cilium/l2-announcer"
        ).ref
        self.pool = CiliumAddressPool(self, "service-pool", blocks=[pool])
        CiliumL2Announcements(
            self, "default-l2-announcement-policy", of=["external", "load-balancer"]
        )


def _values(name: str, settings: CiliumCluster) -> JsonObject:
    host, port = KUBE_PRISM
    return {
        "cluster": {"name": name, "id": settings.number},
        "kubeProxyReplacement": True,
        "k8sServiceHost": host,
        "k8sServicePort": port,
        "k8sClientRateLimit": {"qps": 20, "burst": 100},
        "ipam": {"mode": "kubernetes"},
        "routingMode": "native",
        "ipv4NativeRoutingCIDR": settings.network,
        "encryption": {"enabled": True, "type": "wireguard"},
        "bpf": {"hostLegacyRouting": True},
        "cgroup": CGROUP,
        "securityContext": capabilities(),
        "rollOutCiliumPods": True,
        "resources": resources("100m", "128Mi", "384Mi"),
        "operator": {"rollOutPods": True, "resources": resources("50m", "128Mi", "256Mi")},
        "l2announcements": {"enabled": True},
        "loadBalancer": {"algorithm": "maglev"},
        "gatewayAPI": {
            "enabled": True,
            "enableAlpn": True,
            "gatewayClass": {"create": "false"},
        },
        "envoy": {
            "securityContext": {
                "capabilities": {"keepCapNetBindService": True, "envoy": _ENVOY},
            }
        },
        "hubble": _hubble(),
        "ingressController": {"enabled": False},
        "authentication": {"enabled": False},
    }


def _hubble() -> JsonObject:
    small = bounded("100m", "128Mi", "200m", "256Mi")
    return {
        "tls": HUBBLE_TLS,
        "relay": {"enabled": True, "rollOutPods": True, "resources": small},
        "ui": {
            "enabled": True,
            "rollOutPods": True,
            "backend": {"resources": small},
            "frontend": {"resources": small},
        },
    }


_ENVOY = ["NET_BIND_SERVICE", "NET_ADMIN", "PERFMON", "BPF"]
