"""Metrics and alerts: Prometheus, Alertmanager, Grafana and the exporters."""

from pathlib import Path

from charts import catalogue
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Host,
    JsonObject,
    Namespace,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import (
    EncryptedSecret,
    GatewayReference,
    HelmRelease,
    Pods,
    Route,
    SecretReference,
)
from kubestrata.constructs.observability import (
    GrafanaSidecar,
    PrometheusOperator,
    kube_state_metrics,
)

_NAME = "kube-prometheus-stack"
_NAMESPACE = "monitoring"
_TIMEOUT = Duration("15m")
_GRAFANA = GrafanaSidecar()
MONITORING = PrometheusOperator(
    scraper=Pods("prometheus", _NAMESPACE, {"app.kubernetes.io/name": "prometheus"}),
    grafana=_GRAFANA,
)
"""The Monitoring of a cluster with the stack."""


class KubePrometheusStack(Component):
    """The namespace `monitoring`, the stack, and a route to each of its three web pages.

    `admin` is the encrypted Secret `grafana-admin` with `admin-user` and `admin-password`;
    `receivers` is `alertmanager-receivers` with `discord-webhook-url`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        gateway: GatewayReference,
        storage_class: Reference,
        admin: Path,
        receivers: Path,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            # The node exporter reads the host's file systems, network and processes.
            namespace=Namespace(_NAMESPACE, pod_security="privileged"),
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        login = EncryptedSecret(self, "grafana-admin", file=admin).secret
        contact = EncryptedSecret(self, "alertmanager-receivers", file=receivers).secret
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.KUBE_PROMETHEUS_STACK,
            timeout=_TIMEOUT,
            values={
                **{part: {"enabled": False} for part in _UNREACHABLE},
                "alertmanager": _alertmanager(scope.host("alertmanager"), storage_class, contact),
                "grafana": _grafana(login),
                "kube-state-metrics": kube_state_metrics(),
                "prometheus": _prometheus(scope.host("prometheus"), storage_class),
            },
        )
        self.alertmanager = release.service(f"{_NAME}-alertmanager", 9093)
        pages = {
            "alertmanager": self.alertmanager,
            "grafana": release.service(f"{_NAME}-grafana", 80),
            "prometheus": release.service(f"{_NAME}-prometheus", 9090),
        }
        for page, service in pages.items():
            Route(self, page, host=scope.host(page), gateway=gateway, to=service)


# Talos serves these on the loopback interface only.
_UNREACHABLE = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")


def _grafana(login: SecretReference) -> JsonObject:
    ((label, value),) = _GRAFANA.data_source_labels.items()
    return {
        "admin": {
            "existingSecret": login.name,
            "userKey": login.key("admin-user").key,
            "passwordKey": login.key("admin-password").key,
        },
        "sidecar": {"datasources": {"label": label, "labelValue": value}},
    }


def _volume(storage_class: Reference, size: Quantity) -> JsonObject:
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": storage_class.name,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
            }
        }
    }


def _prometheus(host: Host, storage_class: Reference) -> JsonObject:
    everything = ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
    return {
        "prometheusSpec": {
            # Monitors and rules of every component are selected, not only the chart's own.
            **{f"{kind}SelectorNilUsesHelmValues": False for kind in everything},
            "externalUrl": f"https://{host}",
            "retention": "15d",
            "retentionSize": "18GB",
            "storageSpec": _volume(storage_class, Quantity("20Gi")),
        }
    }


def _alertmanager(host: Host, storage_class: Reference, contact: SecretReference) -> JsonObject:
    key = contact.key("discord-webhook-url").key
    webhook = contact.ref.text(f"/etc/alertmanager/secrets/{{name}}/{key}")
    return {
        "alertmanagerSpec": {
            "externalUrl": f"https://{host}",
            "secrets": [contact.name],
            "storage": _volume(storage_class, Quantity("1Gi")),
        },
        "config": {
            "route": {
                "receiver": "discord",
                "group_by": ["namespace", "alertname"],
                "routes": [
                    {"receiver": "null", "matchers": ['alertname =~ "InfoInhibitor|Watchdog"']}
                ],
            },
            "receivers": [
                {"name": "null"},
                {"name": "discord", "discord_configs": [{"webhook_url_file": webhook}]},
            ],
        },
    }
