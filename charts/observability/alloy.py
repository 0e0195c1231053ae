"""The log collector: reads all pod logs through the Kubernetes API, without host mounts."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Reference, ServiceReference
from kubestrata.constructs import GatewayReference, HelmComponent, Route


class Alloy(HelmComponent):
    """One Alloy that sends logs to Loki, and a route to its UI."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        logs: ServiceReference,
        gateway: GatewayReference,
    ) -> None:
        super().__init__(
            scope,
            "alloy",
            layer="observability",
            namespace=namespace,
            chart=catalogue.ALLOY,
            values=_values(logs, scope.name),
            creates=["monitoring.coreos.com"],
        )
        page = self.release.service("alloy", 12345)
        Route(self, "alloy", host=scope.host("alloy"), gateway=gateway, to=page)


def _values(logs: ServiceReference, cluster: str) -> JsonObject:
    return {
        "alloy": {
            "configMap": {"content": logs.text(_PIPELINE.replace("CLUSTER", cluster))},
            "enableReporting": False,
            "mounts": {"varlog": False},
            "resources": resources("20m", "128Mi", "256Mi"),
        },
        # One replica: through the API it can read every pod's log, and each only once.
        "controller": {"type": "deployment", "replicas": 1},
        "crds": {"create": False},
        "serviceMonitor": {"enabled": True},
    }


_PIPELINE = """\
discovery.kubernetes "pods" {
  role = "pod"
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets

  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]
    target_label  = "app"
  }

  rule {
    source_labels = ["__meta_kubernetes_namespace", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    target_label  = "job"
  }
}

loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.write.default.receiver]
}

loki.write "default" {
  external_labels = {
    cluster = "CLUSTER",
  }

  endpoint {
    url = "http://{host}:{port}/loki/api/v1/push"
  }
}
"""
