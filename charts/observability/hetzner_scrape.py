"""The scrape of the exporter of Hetzner."""

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubeapis.victoria_metrics.v1beta1.shared import (
    VMServiceScrapeSpec,
    VMServiceScrapeSpecEndpoints,
    VMServiceScrapeSpecEndpointsRelabelConfigs,
)
from kubestrata import Cluster, Component, Duration, Reference

_NAME = "hcloud-exporter"


class HetznerScrape(Component):
    """A VMServiceScrape of the Service with the label `app.kubernetes.io/name: hcloud-exporter`."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{_NAME}-scrape", layer="infrastructure", namespace=namespace)
        job = VMServiceScrapeSpecEndpointsRelabelConfigs(target_label="job", replacement="hcloud")
        endpoint = VMServiceScrapeSpecEndpoints(
            port="http",
            interval=Duration("1m"),
            scrape_timeout=Duration("10s"),
            relabel_configs=[job],
        )
        labels = {"app.kubernetes.io/name": _NAME}
        api.VMServiceScrape(
            self,
            _NAME,
            spec=VMServiceScrapeSpec(
                selector=k8s.LabelSelector(match_labels=labels), endpoints=[endpoint]
            ),
        )
