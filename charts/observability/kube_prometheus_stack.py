"""Metrics and alerts: Prometheus, Alertmanager, Grafana and the exporters."""

from collections.abc import Mapping
from pathlib import Path

from charts import catalogue
from charts.observability.grafana_login import (
    administrator,
    authentik_endpoints,
    client_secret_variable,
)
from charts.resource_request import resources
from charts.security.encrypted_login import EncryptedLogin
from kubestrata import (
    Cluster,
    Component,
    Duration,
    HealthCheck,
    HealthExpression,
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
from kubestrata.constructs.identity import OidcLogin
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


# Administrators of the provider are those of Grafana; everybody else may look.
_ROLE = "contains(groups[*], 'authentik Admins') && 'Admin' || 'Viewer'"


class KubePrometheusStack(Component):
    """The namespace `monitoring`, the stack, and a route to each of its three web pages.

    `secrets` is the encrypted Secret `monitoring-secrets` with Grafana's administrator and the keys
    of Pushover. `login` is Grafana's at Authentik, whose labels are those of its route.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        gateway: GatewayReference,
        storage_class: Reference,
        secrets: Path,
        login: EncryptedLogin,
        login_labels: Mapping[str, str],
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            # The node exporter reads the host's file systems, network and processes.
            namespace=Namespace(_NAMESPACE, pod_security="privileged"),
            reconcile=Reconcile(timeout=_TIMEOUT, checks=_CHECKS),
        )
        secret = EncryptedSecret(self, "monitoring-secrets", file=secrets).secret
        account = login.sign_on(
            self,
            "grafana-login",
            id_key="client-id",
            secret_key="client-secret",  # noqa: S106  # a key
        )
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.KUBE_PROMETHEUS_STACK,
            timeout=_TIMEOUT,
            values={
                **{part: {"enabled": False} for part in UNREACHABLE},
                "alertmanager": _alertmanager(scope.host("alertmanager"), storage_class, secret),
                "grafana": {
                    **_grafana(secret, storage_class),
                    **_sign_on(account, scope.host("grafana")),
                },
                "kube-state-metrics": {
                    **kube_state_metrics(),
                    # It reads the objects of Flux, too.
                    "resources": resources("10m", "64Mi", "128Mi"),
                },
                "prometheus": _prometheus(scope.host("prometheus"), storage_class),
                "prometheus-node-exporter": {"resources": resources("10m", "32Mi", "64Mi")},
            },
        )
        self.alertmanager = release.service(f"{_NAME}-alertmanager", 9093)
        pages = {
            "alertmanager": self.alertmanager,
            "grafana": release.service(f"{_NAME}-grafana", 80),
            "prometheus": release.service(f"{_NAME}-prometheus", 9090),
        }
        self.routes = {
            page: Route(
                self,
                page,
                host=scope.host(page),
                gateway=gateway,
                to=service,
                labels=login_labels if page == "grafana" else None,
            )
            for page, service in pages.items()
        }


UNREACHABLE = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
"""Parts that Talos serves on the loopback interface only."""


def _grafana(login: SecretReference, storage_class: Reference) -> JsonObject:
    ((label, value),) = _GRAFANA.data_source_labels.items()
    return {
        "admin": administrator(login, "grafana-admin-user", "grafana-admin-password"),
        "persistence": {
            "enabled": True,
            "size": Quantity("1Gi"),
            "storageClassName": storage_class.name,
        },
        # The new pod cannot start while the old one has the volume.
        "deploymentStrategy": {"type": "Recreate"},
        "resources": resources("50m", "128Mi", "256Mi"),
        "sidecar": {"datasources": {"label": label, "labelValue": value}},
    }


def _sign_on(login: OidcLogin, host: Host) -> JsonObject:
    """Return the login of people; the administrator of the Secret remains for emergencies."""
    return {
        "envValueFrom": client_secret_variable(login),
        "grafana.ini": {
            "server": {"root_url": f"https://{host}"},
            "auth.generic_oauth": {
                "enabled": True,
                "name": "Authentik",
                "client_id": login.client_id,
                "scopes": " ".join(login.application.all_scopes),
                **authentik_endpoints(login),
                "use_pkce": True,
                "role_attribute_path": _ROLE,
            },
        },
    }


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


def _prometheus(host: Host, storage_class: Reference) -> JsonObject:
    everything = ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
    return {
        "prometheusSpec": {
            # Monitors and rules of every component are selected, not only the chart's own.
            **{f"{kind}SelectorNilUsesHelmValues": False for kind in everything},
            "externalUrl": f"https://{host}",
            "resources": resources("100m", "512Mi", "1Gi"),
            "retention": "7d",
            "retentionSize": "9GB",
            "storageSpec": volume(storage_class, Quantity("10Gi")),
        }
    }


def _alertmanager(host: Host, storage_class: Reference, contact: SecretReference) -> JsonObject:
    return {
        "alertmanagerSpec": {
            "externalUrl": f"https://{host}",
            "resources": resources("10m", "32Mi", "64Mi"),
            "secrets": [contact.name],
            "storage": volume(storage_class, Quantity("1Gi")),
        },
        "config": {
            "global": {"resolve_timeout": "5m"},
            "route": {
                "receiver": "pushover-warning",
                "group_by": ["alertname", "namespace"],
                "group_wait": "30s",
                "group_interval": "5m",
                "repeat_interval": "12h",
                "routes": [
                    {"receiver": "null", "matchers": ['alertname =~ "InfoInhibitor|Watchdog"']},
                    {"receiver": "pushover-critical", "matchers": ['severity = "critical"']},
                    {"receiver": "pushover-warning", "matchers": ['severity = "warning"']},
                ],
            },
            "receivers": [
                {"name": "null"},
                _pushover("pushover-critical", "1", contact),
                _pushover("pushover-warning", "0", contact),
            ],
        },
    }


def _pushover(name: str, priority: str, contact: SecretReference) -> JsonObject:
    """Return a receiver; the operator accepts files for these two keys, unlike for others."""
    user, token = (
        contact.ref.text(f"/etc/alertmanager/secrets/{{name}}/{contact.key(key).key}")
        for key in ("pushover-user-key", "pushover-api-token")
    )
    message: JsonObject = {
        "user_key_file": user,
        "token_file": token,
        "priority": priority,
        "title": "{{ .CommonLabels.alertname }}",
        "message": "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
    }
    return {"name": name, "pushover_configs": [message]}


def _available(kind: str) -> HealthCheck:
    """Return a check of an object that the operator runs: an invalid one stays unavailable."""
    current = (
        "has(status.conditions) && "
        "status.conditions.exists(c, c.type == 'Available' && c.status == 'True')"
    )
    readiness = HealthExpression("monitoring.coreos.com/v1", kind, current)
    return HealthCheck(f"{_NAME}-{kind.lower()}", _NAMESPACE, readiness)


_CHECKS = (_available("Alertmanager"), _available("Prometheus"))
