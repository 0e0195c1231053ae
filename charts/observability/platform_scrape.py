"""Scrapes of services without a component here: Cilium, and OpenBao outside of the cluster."""

from kubeapis import k8s
from kubestrata import Construct
from kubestrata.constructs import ExternalSecret, Pods, RemoteKey, SecretSource
from kubestrata.constructs.observability import Scrape, ScrapeAccess, ScrapeTls, StaticScrape

OPENBAO = "bao.priv.cloud.ogenki.io"
_PORT = 8200
# The pods of Cilium's chart, and their metrics ports (source: Cilium, metrics).
_CILIUM = {
    "cilium-agent": ({"k8s-app": "cilium"}, 9962),
    "cilium-envoy": ({"k8s-app": "cilium-envoy"}, 9964),
    "cilium-operator": ({"io.cilium/app": "operator"}, 9963),
}
_HUBBLE = {"k8s-app": "hubble"}


def scrape_network(scope: Construct) -> None:
    """Scrape agents, proxies and operator by new Services, and Hubble by that of its chart."""
    for name, (labels, port) in _CILIUM.items():
        own = _metrics_service(scope, f"{name}-metrics", labels, port)
        pods = Pods(name, "kube-system", labels)
        Scrape(scope, name, pods=pods, port="metrics", service_labels=own)
    hubble = Pods("hubble", "kube-system", _HUBBLE)
    Scrape(scope, "hubble", pods=hubble, port="hubble-metrics", service_labels=_HUBBLE)


def _metrics_service(
    scope: Construct, name: str, pods: dict[str, str], port: int
) -> dict[str, str]:
    """Create a headless Service for the scrape, which selects it by its labels."""
    labels = {"app.kubernetes.io/name": name}
    k8s.Service(
        scope,
        name,
        metadata=k8s.ObjectMeta(namespace="kube-system", labels=labels),
        spec=k8s.ServiceSpec(
            cluster_ip="None",
            selector=pods,
            ports=[k8s.ServicePort(name="metrics", port=port, target_port=port)],
        ),
    )
    return labels


def scrape_openbao(scope: Construct) -> None:
    """Scrape OpenBao's own metrics, with a token."""
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
