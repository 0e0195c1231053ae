"""Policies of goingdark for namespaces without a default deny of their own."""

from collections.abc import Mapping, Sequence

from charts.apps.mastodon.redis import LABELS as REDIS_LABELS
from charts.apps.mastodon.redis import NAME as REDIS
from charts.clusters.goingdark.namespaces import Namespaces
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import CiliumNetwork, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.network import NetworkPort

_NAME = "app.kubernetes.io/name"
_DNS = Flow.to_pods(
    Pods("kube-dns", "kube-system", {"k8s-app": "kube-dns"}), 53, NetworkPort(53, "UDP")
)
_REDIS_OF_MASTODON = {_NAME: REDIS, **REDIS_LABELS}
_REDIS, _HTTPS, _WEBHOOK, _METRICS = 6379, 443, 10250, 9402


class NetworkPolicies(Component):
    """Policies of Argo CD's Redis, of cert-manager, of CryptPad, and of Mastodon's Tor and Redis.

    `scraper` are the pods that scrape metrics.
    """

    def __init__(
        self, scope: Cluster, *, namespaces: Namespaces, cilium: Reference, scraper: Pods
    ) -> None:
        super().__init__(scope, "network-policies", layer="infrastructure")
        self.needs(cilium)
        self._redis(namespaces.argocd.object_name)
        self._cert_manager(namespaces.cert_manager.object_name, scraper)
        pads, mastodon = namespaces.cryptpad.object_name, namespaces.mastodon.object_name
        self._admit("cryptpad", pads, {"app": "cryptpad"}, ports=[3000])
        self._admit("mastodon-onion", mastodon, {"app": "mastodon-onion"}, ports=[])
        self._admit("mastodon-redis", mastodon, _REDIS_OF_MASTODON, ports=[_REDIS])

    def _admit(
        self, name: str, namespace: str, labels: Mapping[str, str], *, ports: Sequence[int]
    ) -> None:
        """Allow all egress, and ingress to `ports` from anywhere; all other ingress is denied."""
        into = [Flow.from_anywhere(*ports)] if ports else []
        KubernetesNetwork().policy(
            self,
            name,
            Pods(name, namespace, labels),
            [*into, Flow.to_anywhere()],
            directions=["ingress"],
        )

    def _redis(self, namespace: str) -> None:
        """Admit only the parts of Argo CD that use Redis."""

        def part(name: str) -> Pods:
            return Pods(name, namespace, {_NAME: f"argocd-{name}"})

        redis = part("redis")
        clients = [part("server"), part("repo-server"), part("application-controller"), redis]
        flows = [Flow.from_pods(each, _REDIS) for each in clients]
        flows += [_DNS, Flow.to_kubernetes_api()]
        CiliumNetwork().policy(self, "argocd-redis-network-policy", redis, flows)

    def _cert_manager(self, namespace: str, scraper: Pods) -> None:
        """Deny what cert-manager does not need."""
        every = Pods("cert-manager", namespace)
        own = [Flow.from_pods(every), Flow.to_pods(every)]
        out = [_DNS, Flow.to_internet(_HTTPS)]
        whole = [*own, Flow.from_cluster(), Flow.to_cluster(), *out]
        CiliumNetwork().policy(self, "cert-manager", every, whole)
        narrow = [
            *own,
            Flow.from_pods(scraper, _METRICS),
            Flow.from_kubernetes_api(_WEBHOOK),
            Flow.to_kubernetes_api(),
            *out,
        ]
        CiliumNetwork().policy(self, "allow-cert-manager", every, narrow)
