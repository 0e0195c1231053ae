"""The Ingress controller, at one address of the local network."""

from charts import catalogue
from charts.resource_request import CONTROL_PLANE, apart, bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.traffic import (
    IngressController,
    IngressTls,
    MetalLbAddressPool,
    NginxSettings,
)

_NAME = "ingress-nginx"
_CLASS = "nginx"
_COMPONENT = {"app.kubernetes.io/component": "controller"}


class IngressNginx(HelmComponent):
    """ingress-nginx with two replicas; its class `nginx` is the default of the cluster.

    `address` is that of its Service, in `pool`. Snippets in annotations are allowed: forward
    authentication needs them.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, pool: MetalLbAddressPool, address: str
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.INGRESS_NGINX,
            values=_values(dict(pool.address(address).annotations)),
            flows=[Flow.to_kubernetes_api(), Flow.to_cluster(), Flow.from_anywhere(80, 443)],
        )

    def controller(self, issuer: Reference) -> IngressController:
        """Return the controller for Ingresses whose certificates `issuer` issues."""
        cluster = self.cluster
        group, kind = "networking.k8s.io", "IngressClass"
        return IngressController(
            self.release.makes(group, kind, _CLASS, namespaced=False),
            cluster.domain,
            proxies=self.release.some_pods(_NAME, _COMPONENT),
            tls=IngressTls.issued(issuer),
            settings=NginxSettings(https="with-certificate"),
        )


def _values(annotations: JsonObject) -> JsonObject:
    return {
        "controller": {
            "replicaCount": 2,
            "minAvailable": 1,
            "allowSnippetAnnotations": True,
            "ingressClassResource": {"name": _CLASS, "default": True},
            "service": {"annotations": annotations},
            "affinity": apart({"app.kubernetes.io/name": _NAME, **_COMPONENT}),
            "tolerations": CONTROL_PLANE,
            "metrics": {"enabled": True, "serviceMonitor": {"enabled": False}},
            "resources": bounded("100m", "256Mi", "200m", "512Mi"),
        }
    }
