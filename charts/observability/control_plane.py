"""Scrapes of the control plane of Talos, whose components listen on the network of their nodes."""

from collections.abc import Sequence

from kubestrata import JsonObject

_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105  # a path
_UNVERIFIED: JsonObject = {
    "port": "http-metrics",
    "scheme": "https",
    "bearerTokenFile": _TOKEN,
    "tlsConfig": {"insecureSkipVerify": True},
}


def control_plane(addresses: Sequence[str]) -> JsonObject:
    """Return values of the stack's chart: etcd, scheduler and controller manager by address."""

    def scrape(port: int, endpoint: JsonObject) -> JsonObject:
        return {
            "endpoints": [*addresses],
            "service": {"port": port, "targetPort": port},
            "vmScrape": {"spec": {"endpoints": [endpoint]}},
        }

    return {
        "kubeEtcd": scrape(2381, {"port": "http-metrics", "scheme": "http"}),
        "kubeScheduler": scrape(10259, _UNVERIFIED),
        "kubeControllerManager": scrape(10257, _UNVERIFIED),
    }
