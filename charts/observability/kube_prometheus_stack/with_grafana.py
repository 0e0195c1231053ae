"""Metrics and alerts with Grafana as the only page, where people log in by single sign-on."""

from charts import catalogue
from charts.observability.grafana_login import (
    administrator,
    authentik_endpoints,
    client_variables,
    grafana_application,
)
from charts.observability.kube_prometheus_stack.value import (
    NAME,
    SELECTS_EVERYTHING,
    WITHOUT_UNREACHABLE,
    volume,
)
from charts.resource_request import bounded
from charts.security_context import restricted_pod
from kubestrata import (
    Cluster,
    Component,
    Duration,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.identity import (
    OidcLogin,
    SingleSignOn,
)
from kubestrata.constructs.secret import GeneratedPassword, PasswordFormat, SecretTemplate
from kubestrata.constructs.traffic import Ingress

_TIMEOUT = Duration("10m")
ADMINISTRATORS = "grafana-admins"
"""The group of the provider whose members administer Grafana."""


class GrafanaSecrets(Component):
    """The login of Grafana's own administrator, and its client at the login provider.

    `identity` is the provider inside the cluster, where Grafana fetches tokens.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, identity: str) -> None:
        super().__init__(scope, "grafana-secrets", layer="observability", namespace=namespace)
        self.host = scope.host("grafana")
        self.identity = identity
        name = "grafana-admin-password"
        self.administrator = GeneratedPassword(
            self,
            name,
            keys=["admin-password"],
            format=PasswordFormat(length=32, digits=5),
            template=SecretTemplate({"admin-user": "admin"}, keeps="all"),
            generator_name=f"{name}-generator",
        ).secret
        grafana = grafana_application(self.host)
        secret = client_variables("grafana-oidc-config")
        self.login = SingleSignOn(self, grafana, secret=secret).login


class PrometheusStackWithGrafana(Component):
    """The stack as release `kube-prometheus-stack`; Grafana is at `grafana` in the domain."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        storage_class: Reference,
        grafana: GrafanaSecrets,
    ) -> None:
        super().__init__(
            scope,
            "monitoring-stack",
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        release = HelmRelease(
            self,
            NAME,
            chart=catalogue.KUBE_PROMETHEUS_STACK.at("69.5.0"),
            timeout=_TIMEOUT,
            values={
                **WITHOUT_UNREACHABLE,
                "defaultRules": {"rules": {"etcd": False}},
                "alertmanager": _alertmanager(storage_class),
                "grafana": _grafana(grafana, storage_class),
                "kube-state-metrics": {"resources": bounded("10m", "64Mi", "100m", "128Mi")},
                "prometheus": _prometheus(storage_class),
                "prometheus-node-exporter": {"resources": _SMALL},
                "prometheusOperator": {
                    "resources": bounded("50m", "128Mi", "200m", "256Mi"),
                    "admissionWebhooks": {"patch": {"resources": _SMALL}},
                },
            },
        )
        self.grafana = release.service(f"{NAME}-grafana", 80)
        Ingress.at(self, "grafana", label="grafana", to=self.grafana, visibility="public")


_SMALL = bounded("10m", "32Mi", "100m", "64Mi")


def _grafana(secrets: GrafanaSecrets, storage_class: Reference) -> JsonObject:
    return {
        "admin": administrator(secrets.administrator, "admin-user", "admin-password"),
        "envFromSecret": secrets.login.secret.name,
        "deploymentStrategy": {"type": "Recreate"},
        "persistence": {
            "enabled": True,
            "size": "10Gi",
            "storageClassName": storage_class.name,
        },
        "plugins": ["grafana-clock-panel"],
        "resources": bounded("50m", "128Mi", "200m", "256Mi"),
        # Components bring data sources and dashboards along.
        "sidecar": {"datasources": {"searchNamespace": "ALL"}},
        "grafana.ini": {
            "server": {"root_url": f"https://{secrets.host}"},
            "auth.generic_oauth": _oauth(secrets.login, secrets.identity),
        },
    }


def _oauth(login: OidcLogin, identity: str) -> JsonObject:
    """Return the settings of the login; Grafana reads id and secret from its environment."""
    return {
        "enabled": True,
        "name": "Authentik",
        "allow_sign_up": True,
        "scopes": " ".join(login.application.all_scopes),
        **authentik_endpoints(login, identity),
        "role_attribute_path": f"contains(groups[*], '{ADMINISTRATORS}') && 'Admin' || 'Viewer'",
    }


def _prometheus(storage_class: Reference) -> JsonObject:
    return {
        "prometheusSpec": {
            **SELECTS_EVERYTHING,
            "evaluationInterval": "30s",
            "resources": bounded("200m", "1Gi", "1000m", "2Gi"),
            "retention": "7d",
            "retentionSize": "15GB",
            "scrapeInterval": "30s",
            "securityContext": restricted_pod(1000, 2000, volume_group=2000),
            "storageSpec": volume(storage_class, Quantity("20Gi")),
        }
    }


def _alertmanager(storage_class: Reference) -> JsonObject:
    return {
        "alertmanagerSpec": {
            "resources": bounded("10m", "64Mi", "100m", "128Mi"),
            "retention": "120h",
            "storage": volume(storage_class, Quantity("5Gi")),
        }
    }
