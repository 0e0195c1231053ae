"""Gateways: two in the tailnet, with access by tag, and a public one."""

from collections.abc import Sequence

from kubeapis import cilium, k8s
from kubestrata import Cluster, Component, Duration, Host, Reconcile, Reference
from kubestrata.constructs import Certificate, Gateway, GatewayReference, SecretReference
from kubestrata.constructs.traffic import (
    CiliumGatewayClass,
    DnsRecord,
    GatewayExposure,
    HttpsRedirect,
    Listener,
    RoutesFrom,
)

_LISTENER = "https"
_PLAIN = "http"
_NAMESPACE = "k8s:io.kubernetes.pod.namespace"


class PlatformGateways(Component):
    """Gateways of Cilium, each with one wildcard certificate, published by external-dns.

    `platform-tailscale-general` is for all users of the tailnet and `platform-tailscale-admin` for
    operators, both in the private domain; `platform-public` is on the internet. Routes attach from
    `general`, `admin` and `public` namespaces, whose pods admit the proxies.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        private_issuer: Reference,
        public_issuer: Reference,
        general: Sequence[Reference],
        admin: Sequence[Reference],
        public: Sequence[Reference],
    ) -> None:
        super().__init__(
            scope,
            "gateways",
            layer="infrastructure",
            namespace=namespace,
            # The first certificates wait for the propagation of their DNS records.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.private_domain = scope.domain.sub("priv")
        self.tailnet = CiliumGatewayClass(
            self, "cilium-tailscale", load_balancer_class="tailscale"
        ).ref
        self.internet = CiliumGatewayClass(
            self, "cilium-nlb", load_balancer_class="service.k8s.aws/nlb"
        ).ref
        inner = Certificate(
            self,
            "private-wildcard",
            hosts=[self.private_domain.wildcard],
            issuer=private_issuer,
        ).secret
        outer = Certificate(
            self, "public-wildcard", hosts=[scope.domain.wildcard], issuer=public_issuer
        ).secret
        self.general = self._tailnet("general", "tag:k8s", inner, general)
        self.admin = self._tailnet("admin", "tag:admin", inner, admin)
        gateway = Gateway(
            self,
            "platform-public",
            gateway_class=self.internet,
            listeners=_listeners(scope.domain.wildcard, outer, public),
            exposure=GatewayExposure.aws_network_load_balancer(scheme="internet-facing"),
            dns=DnsRecord(),
        )
        HttpsRedirect(self, "platform-public-https", gateway=gateway.listener(_PLAIN))
        self.public = gateway.listener(_LISTENER)
        _admit_proxies(self, {*general, *admin, *public})

    def _tailnet(
        self, name: str, tag: str, certificate: SecretReference, namespaces: Sequence[Reference]
    ) -> GatewayReference:
        full_name = f"platform-tailscale-{name}"
        gateway = Gateway(
            self,
            full_name,
            gateway_class=self.tailnet,
            listeners=_listeners(self.private_domain.wildcard, certificate, namespaces),
            exposure=GatewayExposure.tailscale(f"{self.cluster.name}-{name}", tags=[tag]),
            dns=DnsRecord(),
        )
        HttpsRedirect(self, f"{full_name}-https", gateway=gateway.listener(_PLAIN))
        return gateway.listener(_LISTENER)


def _listeners(
    host: Host, certificate: SecretReference, namespaces: Sequence[Reference]
) -> list[Listener]:
    """Return a TLS listener for routes of `namespaces`, and an HTTP listener for the redirect."""
    routes = RoutesFrom.namespaces(namespaces)
    return [
        Listener.http(host, routes=RoutesFrom.same_namespace(), name=_PLAIN),
        Listener.https(host, certificate=certificate, routes=routes, name=_LISTENER),
    ]


def _admit_proxies(scope: Component, namespaces: set[Reference]) -> None:
    """Let the Gateways' proxies reach pods in namespaces of routes; each route narrows this."""
    selector = cilium.CiliumClusterwideNetworkPolicySpecEndpointSelectorMatchExpressions(
        key=_NAMESPACE,
        operator="In",
        values=sorted((each.name for each in namespaces), key=str),
    )
    cilium.CiliumClusterwideNetworkPolicy(
        scope,
        "allow-gateway-l7-proxy",
        metadata=k8s.ObjectMeta(),
        spec=cilium.CiliumClusterwideNetworkPolicySpec(
            endpoint_selector=cilium.CiliumClusterwideNetworkPolicySpecEndpointSelector(
                match_expressions=[selector]
            ),
            # It allows and denies nothing itself: the policies of the namespaces do.
            enable_default_deny=cilium.CiliumNetworkPolicySpecEnableDefaultDeny(ingress=False),
            ingress=[cilium.CiliumNetworkPolicySpecIngress(from_entities=["ingress"])],
        ),
    )
