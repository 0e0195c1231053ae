"""Kubernetes events, stored as logs: the API server drops them after an hour."""

from charts import catalogue
from charts.observability.victoria_logs import VictoriaLogs
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.observability import Scrape

_NAME = "kubernetes-event-exporter"
_STREAM = "_stream_fields=involvedObject.namespace,involvedObject.kind,type&_msg_field=message"


class EventExporter(HelmComponent):
    """One exporter that sends every event to VictoriaLogs."""

    def __init__(self, scope: Cluster, *, logs: VictoriaLogs) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=logs.home_namespace,
            chart=catalogue.KUBERNETES_EVENT_EXPORTER,
            values=_values(logs.push.url(f"/insert/jsonline?{_STREAM}")),
            flows=[Flow.to_kubernetes_api()],
        )
        exporter = self.release.endpoint(2112)
        exporter.connect_to(logs.writer)
        Scrape(
            self,
            _NAME,
            pods=exporter.pods,
            port="http",
            service_labels=exporter.pods.labels,
            pod_port=2112,
        )


def _values(address: str) -> JsonObject:
    return {
        # The publisher of the chart closed its catalogue of images.
        "global": {"security": {"allowInsecureImages": True}},
        "image": {
            "registry": "ghcr.io",
            "repository": "civitatis/kubernetes-event-exporter",
            "tag": "1.8",
        },
        "config": {
            "logLevel": "info",
            "logFormat": "json",
            # Maximum age of events to export again after a restart.
            "maxEventAgeSeconds": 60,
            "receivers": [{"name": "victoria-logs", "webhook": {"endpoint": address}}],
            "route": {"routes": [{"match": [{"receiver": "victoria-logs"}]}]},
        },
        "metrics": {"enabled": True},
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "resources": resources("10m", "64Mi", "256Mi"),
    }
