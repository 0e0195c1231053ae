"""Scrapes of Mastodon's web servers, its workers and its streaming servers."""

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubeapis.victoria_metrics.v1beta1.shared import (
    VMServiceScrapeSpec,
    VMServiceScrapeSpecEndpoints,
)
from kubestrata import Cluster, Component, Duration, Reference

_APP = "mastodon-web"
_EXPORTER, _STREAMING = 9394, 4000


class MastodonScrapes(Component):
    """A VMServiceScrape of the Service `mastodon-web`, whose job is its name, and two of pods.

    Autoscalers and dashboards select by the job, or by labels of the exporter.
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
        workers = k8s.LabelSelectorRequirement(key="queue-type", operator="Exists")
        self._pods("sidekiq", k8s.LabelSelector(match_expressions=[workers]), _EXPORTER)
        streaming = k8s.LabelSelector(match_labels={"app": "mastodon-streaming"})
        self._pods("streaming", streaming, _STREAMING)

    def _pods(self, name: str, selector: k8s.LabelSelector, port: int) -> None:
        """Scrape a port that no Service has."""
        endpoint = api.VMPodScrapeSpecPodMetricsEndpoints(
            port_number=port, interval=Duration("30s"), honor_labels=True
        )
        spec = api.VMPodScrapeSpec(selector=selector, pod_metrics_endpoints=[endpoint])
        api.VMPodScrape(self, f"mastodon-{name}-metrics", spec=spec)
