"""Scrapes of Mastodon's web servers, its workers and its streaming servers."""

from collections.abc import Sequence

from kubeapis import k8s
from kubeapis import victoria_metrics as api
from kubestrata import Cluster, Component, Duration, Reference

_APP, _NAME = "mastodon-web", "app.kubernetes.io/name"
_EXPORTER, _STREAMING = 9394, 4000


def _prefixed(
    names: str, prefix: str
) -> Sequence[api.VMServiceScrapeSpecEndpointsMetricRelabelConfigs]:
    """Return a relabeling that gives metrics the prefix that autoscalers select.

    An exporter in the process leaves it out; names that have it already do not match.
    """
    return [
        api.VMServiceScrapeSpecEndpointsMetricRelabelConfigs(
            source_labels=["__name__"],
            regex=f"({names})",
            target_label="__name__",
            replacement=f"{prefix}_$1",
        )
    ]


_RUBY = _prefixed("(?:http|puma)_.+", "ruby")
_CLIENTS = _prefixed("connected_clients", "mastodon_streaming")


class MastodonScrapes(Component):
    """A VMServiceScrape of the Service `mastodon-web`, whose job is its name, and two of pods.

    Autoscalers and dashboards select by the job, or by labels of the exporter.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "mastodon-scrapes", layer="platform", namespace=namespace)
        labels = {_NAME: _APP}
        endpoint = api.VMServiceScrapeSpecEndpoints(
            port="metrics",
            interval=Duration("30s"),
            honor_labels=True,
            metric_relabel_configs=_RUBY,
        )
        api.VMServiceScrape(
            self,
            f"{_APP}-metrics",
            spec=api.VMServiceScrapeSpec(
                # Its value is that of the label of the Service.
                job_label=_NAME,
                selector=k8s.LabelSelector(match_labels=labels),
                endpoints=[endpoint],
            ),
        )
        workers = k8s.LabelSelectorRequirement(key="queue-type", operator="Exists")
        self._pods("sidekiq", k8s.LabelSelector(match_expressions=[workers]), _EXPORTER)
        streaming = k8s.LabelSelector(match_labels={"app": "mastodon-streaming"})
        self._pods("streaming", streaming, _STREAMING, _CLIENTS)

    def _pods(
        self,
        name: str,
        selector: k8s.LabelSelector,
        port: int,
        relabeled: Sequence[api.VMServiceScrapeSpecEndpointsMetricRelabelConfigs] | None = None,
    ) -> None:
        """Scrape a port of pods."""
        endpoint = api.VMPodScrapeSpecPodMetricsEndpoints(
            port_number=port,
            interval=Duration("30s"),
            honor_labels=True,
            metric_relabel_configs=relabeled,
        )
        spec = api.VMPodScrapeSpec(selector=selector, pod_metrics_endpoints=[endpoint])
        api.VMPodScrape(self, f"mastodon-{name}-metrics", spec=spec)
