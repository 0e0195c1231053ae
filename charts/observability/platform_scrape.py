"""Scrapes of what no component of the cluster runs: Cilium, and OpenBao outside of it."""

from kubestrata.constructs import ExternalSecret, Pods, RemoteKey, SecretSource
from kubestrata.constructs.observability import Scrape, ScrapeAccess, ScrapeTls, StaticScrape
from kubestrata.core.node import Construct

OPENBAO = "bao.priv.cloud.ogenki.io"
_PORT = 8200
_CILIUM = {
    "cilium-agent": ({"k8s-app": "cilium"}, "metrics"),
    "cilium-envoy": ({"k8s-app": "cilium-envoy"}, "envoy-metrics"),
    "cilium-operator": ({"io.cilium/app": "operator"}, "metrics"),
    "hubble": ({"k8s-app": "hubble"}, "hubble-metrics"),
}


def scrape_network(scope: Construct) -> None:
    """The agents, the proxies, the operator and Hubble, each found by its Service."""
    for name, (labels, port) in _CILIUM.items():
        pods = Pods(name, "kube-system", labels)
        Scrape(scope, name, pods=pods, port=port, service_labels=labels)


def scrape_openbao(scope: Construct) -> None:
    """OpenBao's own metrics, for whoever shows a token that may read them."""
    path = "observability/openbao/metrics"
    keys = {"token": RemoteKey(path, "token"), "ca.crt": RemoteKey(path, "ca")}
    login = ExternalSecret(scope, "openbao-metrics", source=SecretSource.keys(keys)).secret
    StaticScrape(
        scope,
        "openbao",
        targets=[f"{OPENBAO}:{_PORT}"],
        path="/v1/sys/metrics",
        params={"format": ["prometheus"]},
        access=ScrapeAccess(tls=ScrapeTls(ca=login.key("ca.crt")), bearer=login.key("token")),
    )
