"""The DNS server of a cluster whose distribution installs none."""

from charts import catalogue
from charts.resource_request import bounded
from charts.security_context import restricted_pod
from kubestrata import Cluster, Component, Duration, JsonObject, Reference
from kubestrata.constructs import Flow, HelmRelease, Pods
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape

_NAME = "coredns"
# The name and the label that Kubernetes' own DNS has, by which others find it.
_SERVICE = "kube-dns"
_METRICS = 9153
_DNS = (53, NetworkPort(53, "UDP"))


class CoreDns(Component):
    """CoreDNS with the address `address` of the Service `kube-dns`.

    `upstream` is the server that resolves names outside of the cluster.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, address: str, upstream: str
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.COREDNS,
            values=_values(address),
            interval=Duration("30m"),
        )
        pods = Pods(_NAME, namespace.object_name, {"k8s-app": _SERVICE})
        self.release.allow(
            Flow.from_cluster(*_DNS), Flow.to_addresses(f"{upstream}/32", ports=_DNS), pods=pods
        )
        Scrape(self, _NAME, pods=pods, port="tcp-9153", pod_port=_METRICS)


def _values(address: str) -> JsonObject:
    return {
        "fullnameOverride": _NAME,
        "k8sAppLabelOverride": _SERVICE,
        "replicaCount": 2,
        "service": {"name": _SERVICE, "clusterIP": address},
        "serviceAccount": {"create": True},
        "podDisruptionBudget": {"minAvailable": 1},
        "resources": bounded("100m", "128Mi", "200m", "256Mi"),
        "podSecurityContext": restricted_pod(10001, 10001),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            # Port 53.
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            "readOnlyRootFilesystem": True,
        },
        "livenessProbe": {"enabled": True, "initialDelaySeconds": 60, "periodSeconds": 10},
        "readinessProbe": {"enabled": True, "initialDelaySeconds": 5, "periodSeconds": 10},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"k8s-app": _SERVICE}},
            }
        ],
    }
