"""Ingress: Traefik on the node's own ports, with one Gateway and one wildcard certificate."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Duration, Host, JsonObject, Namespace, Reconcile, Reference
from kubestrata.constructs import Certificate, GatewayReference, HelmComponent, Pods

MIDDLEWARE_API = "traefik.io/v1alpha1"
_TLS = "wildcard-tls"
_HTTP, _HTTPS = 8000, 8443


class Traefik(HelmComponent):
    """Traefik, the Gateway `traefik-gateway` of its chart, and its Certificate.

    Everything on port 80 is redirected to 443. Routes of every namespace may attach.
    """

    def __init__(self, scope: Cluster, *, issuer: Reference) -> None:
        super().__init__(
            scope,
            "traefik",
            layer="infrastructure",
            # Host ports exceed the baseline level.
            namespace=Namespace("traefik", pod_security="privileged"),
            chart=catalogue.TRAEFIK,
            values=_values(scope.domain.wildcard),
            # The provider of Middlewares waits for its CRDs.
            creates=["gateway.networking.k8s.io", "traefik.io"],
            # The first certificate waits for the propagation of its DNS record.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.certificate = Certificate(
            self,
            "wildcard",
            hosts=[scope.domain, scope.domain.wildcard],
            issuer=issuer,
            secret_name=_TLS,
        )
        made = self.release.makes("gateway.networking.k8s.io", "Gateway", "traefik-gateway")
        pods = Pods("traefik", "traefik", {"app.kubernetes.io/name": "traefik"})
        self.gateway = GatewayReference(made, "websecure", scope.domain, proxies=pods)


def _listener(port: int, protocol: str) -> JsonObject:
    return {"port": port, "protocol": protocol, "namespacePolicy": {"from": "All"}}


def _values(hosts: Host) -> JsonObject:
    return {
        # Host ports are exclusive on a node: the old pod is deleted before the new one starts.
        "updateStrategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "ports": {
            "web": {"port": _HTTP, "hostPort": 80},
            "websecure": {"port": _HTTPS, "hostPort": 443},
        },
        # As arguments, because the chart renames the value in v39.
        "additionalArguments": [
            "--entryPoints.web.http.redirections.entryPoint.to=:443",
            "--entryPoints.web.http.redirections.entryPoint.scheme=https",
            "--entryPoints.web.http.redirections.entryPoint.permanent=true",
        ],
        # Host ports are the only entry point, Gateways the only source of routes.
        "service": {"enabled": False},
        "ingressClass": {"enabled": False},
        "resources": resources("10m", "64Mi", "256Mi"),
        "providers": {
            # Middlewares, which routes name as filters.
            "kubernetesCRD": {"enabled": True},
            "kubernetesIngress": {"enabled": False},
            "kubernetesGateway": {"enabled": True},
        },
        "gateway": {
            "name": "traefik-gateway",
            "listeners": {
                "web": _listener(_HTTP, "HTTP"),
                "websecure": {
                    **_listener(_HTTPS, "HTTPS"),
                    "hostname": hosts,
                    "certificateRefs": [{"name": _TLS}],
                },
            },
        },
    }
