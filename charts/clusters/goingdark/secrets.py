"""Credentials of goingdark's workloads, in their namespaces."""

from charts.clusters.goingdark.namespaces import Namespaces
from charts.security.credentials import Credentials
from kubestrata import Cluster, Frozen
from kubestrata.constructs import SecretReference


class WorkloadCredentials(Frozen):
    """Secrets of the tunnel, of hypebot, and of the exporter of Hetzner."""

    tunnel: SecretReference
    hypebot: SecretReference
    exporter: SecretReference


def fetch_credentials(cluster: Cluster, namespaces: Namespaces) -> WorkloadCredentials:
    """Add an ExternalSecret for each of the workloads."""
    tunnel = Credentials(
        cluster,
        "cloudflared-credentials",
        layer="infrastructure",
        namespace=namespaces.cloudflared,
        secrets={
            "tunnel-credentials": {"credentials.json": "infra-cloudflared-tunnel-credentials-json"}
        },
    )
    hypebot = Credentials(
        cluster,
        "hypebot-credentials",
        layer="platform",
        namespace=namespaces.hypebot,
        secrets={
            "hypebot-auth": {
                "server": "app-hypebot-server",
                "access_token": "app-hypebot-access-token",
            }
        },
    )
    exporter = Credentials(
        cluster,
        "hcloud-exporter-credentials",
        layer="infrastructure",
        namespace=namespaces.victoriametrics,
        secrets={"hcloud-exporter": {"token": "hcloud-exporter-token"}},
    )
    return WorkloadCredentials(
        tunnel.secrets["tunnel-credentials"],
        hypebot.secrets["hypebot-auth"],
        exporter.secrets["hcloud-exporter"],
    )
