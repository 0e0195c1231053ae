"""The scrape of the exporter of Hetzner."""

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubeapis.victoria_metrics.v1beta1.shared import (
    VMServiceScrapeSpec,
    VMServiceScrapeSpecEndpoints,
    VMServiceScrapeSpecEndpointsRelabelConfigs,
)
from kubestrata import Cluster, Component, Duration, Reference

NAME, PORT = "hcloud-exporter", "metrics"


class HetznerScrape(Component):
    """A VMServiceScrape of the Service with the label `app.kubernetes.io/name: hcloud-exporter`."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{NAME}-scrape", layer="infrastructure", namespace=namespace)
        job = VMServiceScrapeSpecEndpointsRelabelConfigs(target_label="job", replacement="hcloud")
        endpoint = VMServiceScrapeSpecEndpoints(
            port=PORT,
            interval=Duration("1m"),
            scrape_timeout=Duration("10s"),
            relabel_configs=[job],
        )
        labels = {"app.kubernetes.io/name": NAME}
        api.VMServiceScrape(
            self,
            NAME,
            spec=VMServiceScrapeSpec(
                selector=k8s.LabelSelector(match_labels=labels), endpoints=[endpoint]
            ),
        )
