"""The exporter of Hetzner's servers, volumes and traffic, and its scrape."""

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubestrata import Cluster, Component, Duration, Image, Reference
from kubestrata.constructs import (
    Container,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    SecretReference,
    Workload,
)

_NAME, _PORT = "hcloud-exporter", "metrics"
_IMAGE = Image("quay.io/promhippie/hcloud-exporter:3.2.15")


class HetznerExporter(Component):
    """A Deployment with one pod and its Service; `login` has the key `token`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, login: SecretReference) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=Container(
                port=None,
                ports={_PORT: 9501},
                env={
                    "HCLOUD_EXPORTER_TOKEN": login.key("token"),
                    "HCLOUD_EXPORTER_COLLECTOR_VOLUMES": "true",
                    "HCLOUD_EXPORTER_COLLECTOR_SERVER_METRICS": "false",
                },
                probes=Probes(
                    liveness=Probe(path="/metrics", initial_delay_seconds=10, period_seconds=30),
                    readiness=Probe(path="/metrics", initial_delay_seconds=5, period_seconds=15),
                ),
                resources=Resources.of("25m", "64Mi", memory_limit="128Mi"),
            ),
            pod=PodSettings(labels={"app.kubernetes.io/part-of": "observability"}),
            scaling=Scaling.fixed(1),
        )


class HetznerScrape(Component):
    """A VMServiceScrape of the Service with the label `app.kubernetes.io/name: hcloud-exporter`."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{_NAME}-scrape", layer="infrastructure", namespace=namespace)
        job = api.VMServiceScrapeSpecEndpointsRelabelConfigs(
            target_label="job", replacement="hcloud"
        )
        endpoint = api.VMServiceScrapeSpecEndpoints(
            port=_PORT,
            interval=Duration("1m"),
            scrape_timeout=Duration("10s"),
            relabel_configs=[job],
        )
        labels = {"app.kubernetes.io/name": _NAME}
        api.VMServiceScrape(
            self,
            _NAME,
            spec=api.VMServiceScrapeSpec(
                selector=k8s.LabelSelector(match_labels=labels), endpoints=[endpoint]
            ),
        )
