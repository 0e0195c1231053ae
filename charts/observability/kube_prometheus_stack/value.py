"""Common values of kube-prometheus-stacks, and the Monitoring that they provide."""

from kubestrata import JsonObject, Quantity, Reference
from kubestrata.constructs import Pods
from kubestrata.constructs.observability import GrafanaSidecar, PrometheusOperator

NAME = "kube-prometheus-stack"
NAMESPACE = "monitoring"
GRAFANA = GrafanaSidecar()
MONITORING = PrometheusOperator(
    scraper=Pods("prometheus", NAMESPACE, {"app.kubernetes.io/name": "prometheus"}),
    grafana=GRAFANA,
)
"""The Monitoring of a cluster with the stack."""
WITHOUT_UNREACHABLE: JsonObject = {
    part: {"enabled": False}
    for part in ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
}
"""No scrapes of what Talos serves on the loopback interface only, nor of kube-proxy."""
SELECTS_EVERYTHING: JsonObject = {
    f"{kind}SelectorNilUsesHelmValues": False
    for kind in ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
}
"""Monitors and rules of every component are selected, not only the chart's own."""


def volume(storage_class: Reference, size: Quantity) -> JsonObject:
    """Return the claim of Prometheus or Alertmanager."""
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": storage_class.name,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
            }
        }
    }
