"""Gateways in the tailnet, with access by tag, and the class of those on the internet."""

from collections.abc import Sequence

from kubeapis import cilium
from kubestrata import Cluster, Component, Duration, Host, Reconcile, Reference
from kubestrata.constructs import Certificate, Gateway, GatewayReference, SecretReference
from kubestrata.constructs.traffic import (
    CiliumGatewayClass,
    DnsRecord,
    GatewayExposure,
    HttpsRedirect,
    Lifetime,
    Listener,
    RoutesFrom,
)

_LISTENER = "https"
_PLAIN = "http"
_LIFETIME = Lifetime(Duration("2160h"), Duration("360h"))
_NAMESPACE = "k8s:io.kubernetes.pod.namespace"


class TailnetGateways(Component):
    """Two Gateways of Cilium with one wildcard certificate, published by external-dns.

    `platform-tailscale-general` is for all users of the tailnet and `platform-tailscale-admin` for
    operators, both in the private domain. Routes attach from `general` and `admin` namespaces. Pods
    of `without_policies` admit the proxies; routes of other namespaces have their own policies.
    `admin_proxies` is the ProxyClass of the second Gateway. `internet` is the class of Gateways on
    the internet, which components create themselves.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        issuer: Reference,
        general: Sequence[Reference],
        admin: Sequence[Reference],
        without_policies: Reference,
        admin_proxies: Reference,
    ) -> None:
        super().__init__(
            scope,
            "gateways",
            layer="infrastructure",
            namespace=namespace,
            # Addresses of the Gateways take a while.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.private_domain = scope.domain.sub("priv")
        self.tailnet = CiliumGatewayClass(
            self, "cilium-tailscale", load_balancer_class="tailscale"
        ).ref
        self.internet = CiliumGatewayClass(
            self, "cilium-nlb", load_balancer_class="service.k8s.aws/nlb"
        ).ref
        wildcard = self.private_domain.wildcard
        inner = Certificate(
            self,
            "private-wildcard",
            hosts=[wildcard],
            issuer=issuer,
            # OpenBao's role refuses requests without one.
            common_name=wildcard,
            lifetime=_LIFETIME,
        ).secret
        self.general = self._tailnet("general", "tag:k8s", None, inner, general)
        self.admin = self._tailnet("admin", "tag:admin", admin_proxies, inner, admin)
        _admit_proxies(self, without_policies)

    def _tailnet(
        self,
        name: str,
        tag: str,
        proxies: Reference | None,
        certificate: SecretReference,
        namespaces: Sequence[Reference],
    ) -> GatewayReference:
        full_name = f"platform-tailscale-{name}"
        gateway = Gateway(
            self,
            full_name,
            gateway_class=self.tailnet,
            listeners=_listeners(self.private_domain.wildcard, certificate, namespaces),
            exposure=GatewayExposure.tailscale(
                f"gateway-{name}-priv", tags=[tag], proxy_class=proxies
            ),
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


def _admit_proxies(scope: Component, namespace: Reference) -> None:
    """Let the Gateways' proxies reach the pods of a namespace."""
    selector = cilium.CiliumClusterwideNetworkPolicySpecEndpointSelectorMatchExpressions(
        key=_NAMESPACE, operator="In", values=[namespace.name]
    )
    cilium.CiliumClusterwideNetworkPolicy(
        scope,
        "allow-gateway-l7-proxy",
        spec=cilium.CiliumClusterwideNetworkPolicySpec(
            endpoint_selector=cilium.CiliumClusterwideNetworkPolicySpecEndpointSelector(
                match_expressions=[selector]
            ),
            # It denies nothing itself.
            enable_default_deny=cilium.CiliumNetworkPolicySpecEnableDefaultDeny(ingress=False),
            ingress=[cilium.CiliumNetworkPolicySpecIngress(from_entities=["ingress"])],
        ),
    )
