"""Metrics and alerts: Prometheus, Alertmanager, Grafana and the exporters."""

from collections.abc import Mapping
from pathlib import Path

from charts import catalogue
from charts.observability.grafana_login import (
    administrator,
    authentik_endpoints,
    client_secret_variable,
)
from charts.observability.kube_prometheus_stack.value import (
    GRAFANA,
    NAME,
    NAMESPACE,
    SELECTS_EVERYTHING,
    WITHOUT_UNREACHABLE,
    volume,
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
    Route,
    SecretReference,
)
from kubestrata.constructs.identity import OidcLogin
from kubestrata.constructs.observability import (
    kube_state_metrics,
)

_TIMEOUT = Duration("15m")
# Administrators of the provider are those of Grafana; everybody else may look.
_ROLE = "contains(groups[*], 'authentik Admins') && 'Admin' || 'Viewer'"


class PrometheusStackWithPages(Component):
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
            NAME,
            layer="observability",
            # The node exporter reads the host's file systems, network and processes.
            namespace=Namespace(NAMESPACE, pod_security="privileged"),
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
            NAME,
            chart=catalogue.KUBE_PROMETHEUS_STACK,
            timeout=_TIMEOUT,
            values={
                **WITHOUT_UNREACHABLE,
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
        self.alertmanager = release.service(f"{NAME}-alertmanager", 9093)
        pages = {
            "alertmanager": self.alertmanager,
            "grafana": release.service(f"{NAME}-grafana", 80),
            "prometheus": release.service(f"{NAME}-prometheus", 9090),
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


def _grafana(login: SecretReference, storage_class: Reference) -> JsonObject:
    ((label, value),) = GRAFANA.data_source_labels.items()
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


def _prometheus(host: Host, storage_class: Reference) -> JsonObject:
    return {
        "prometheusSpec": {
            **SELECTS_EVERYTHING,
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
    return HealthCheck(f"{NAME}-{kind.lower()}", NAMESPACE, readiness)


_CHECKS = (_available("Alertmanager"), _available("Prometheus"))
