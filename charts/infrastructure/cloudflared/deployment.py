"""cloudflared in two pods, for all hosts of a domain."""

from charts import catalogue
from charts.infrastructure.cloudflared.tunnel import IMAGE, NAME, NOT_FOUND, gateway_url
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import (
    Container,
    ExternalSecret,
    Flow,
    GatewayReference,
    GenericChart,
    Mount,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    SecretSource,
    SecretTemplate,
    Volume,
)
from kubestrata.constructs.config import ConfigFiles, FileContent
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape

_METRICS, _USER = 8080, 568
_CONFIG = "/etc/cloudflared/config.yaml"
_ENTRY = "kubernetes/infra/cloudflared"
_FIELDS = ("CF_ACCOUNT_ID", "CF_TUNNEL_ID", "CF_TUNNEL_SECRET")
# A token of Cloudflare: account, tunnel and secret.
_ACCESS = '{{ dict "a" .CF_ACCOUNT_ID "t" .CF_TUNNEL_ID "s" .CF_TUNNEL_SECRET | toJson | b64enc }}'


class CloudflaredDeployment(Component):
    """Two connectors of one tunnel for all hosts below the domain, which `gateway` serves."""

    def __init__(self, scope: Cluster, *, namespace: Reference, gateway: GatewayReference) -> None:
        super().__init__(scope, NAME, layer="infrastructure", namespace=namespace)
        secret = ExternalSecret(
            self,
            f"{NAME}-secret",
            source=SecretSource.all_of(_ENTRY, keys=_FIELDS),
            template=SecretTemplate({"TUNNEL_TOKEN": _ACCESS}),
        ).secret
        content = FileContent.yaml("config.yaml", _config(scope, gateway))
        config = ConfigFiles(self, f"{NAME}-config", content=[content]).reference
        tunnel = GenericChart(
            self,
            NAME,
            chart=catalogue.APP_TEMPLATE,
            image=IMAGE,
            container=Container(
                port=None,
                ports={"metrics": _METRICS},
                args=["tunnel", "--config", _CONFIG, "run"],
                env={
                    "NO_AUTOUPDATE": "true",
                    "TUNNEL_METRICS": f"0.0.0.0:{_METRICS}",
                    "TUNNEL_POST_QUANTUM": "true",
                    "TUNNEL_TRANSPORT_PROTOCOL": "quic",
                    "TUNNEL_TOKEN": secret.key("TUNNEL_TOKEN"),
                },
                mounts={_CONFIG: Mount(volume="config", sub_path="config.yaml")},
                probes=Probes(liveness=_ALIVE, readiness=_READY),
                resources=Resources.of("10m", "128Mi", memory_limit="128Mi"),
            ),
            pod=PodSettings(
                security=PodSecurity(user=_USER),
                volumes={"config": Volume.config_map(config.name)},
            ),
        )
        tunnel.allow(Flow.to_anywhere())
        Scrape(self, NAME, pods=tunnel.pods, port="metrics", pod_port=NetworkPort(_METRICS))


_READY = Probe(path="/ready", period_seconds=10)
_ALIVE = Probe(path="/ready", period_seconds=10, failure_threshold=6)


def _config(cluster: Cluster, gateway: GatewayReference) -> JsonObject:
    domain = cluster.domain
    service = gateway_url(gateway.gateway)
    origin: JsonObject = {"http2Origin": True, "originServerName": f"external.{domain}"}
    return {
        "originRequest": origin,
        "ingress": [
            {"hostname": domain.wildcard, "service": service},
            NOT_FOUND,
        ],
    }
