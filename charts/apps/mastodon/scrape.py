"""Scrapes of Mastodon's web servers."""

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubeapis.victoria_metrics.v1beta1.shared import (
    VMServiceScrapeSpec,
    VMServiceScrapeSpecEndpoints,
)
from kubestrata import Cluster, Component, Duration, Reference

_APP = "mastodon-web"


class MastodonScrapes(Component):
    """A VMServiceScrape of the Service `mastodon-web`, whose job is its name.

    Autoscalers and dashboards select by the job.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "mastodon-scrapes", layer="platform", namespace=namespace)
        labels = {"app": _APP, "component": "web"}
        endpoint = VMServiceScrapeSpecEndpoints(
            port="metrics", interval=Duration("30s"), honor_labels=True
        )
        api.VMServiceScrape(
            self,
            f"{_APP}-metrics",
            spec=VMServiceScrapeSpec(
                # Its value is that of the label `app` of the Service.
                job_label="app",
                selector=k8s.LabelSelector(match_labels=labels),
                endpoints=[endpoint],
            ),
        )
