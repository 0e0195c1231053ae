"""The exporter of Hetzner's servers, volumes and traffic."""

from charts.observability.hetzner_scrape import NAME, PORT
from kubestrata import Cluster, Component, Image, Reference
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

_IMAGE = Image("quay.io/promhippie/hcloud-exporter:3.2.15")


class HetznerExporter(Component):
    """A Deployment with one pod and its Service; `login` has the key `token`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, login: SecretReference) -> None:
        super().__init__(scope, NAME, layer="infrastructure", namespace=namespace)
        Workload(
            self,
            NAME,
            image=_IMAGE,
            container=Container(
                port=None,
                ports={PORT: 9501},
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
