"""Metrics, alerts and dashboards of a small cluster, by VictoriaMetrics on one pod."""

from charts import catalogue
from charts.observability.control_plane import control_plane as scrape_control_plane
from charts.observability.gateway_state import state_of_gateways
from charts.observability.grafana_login import client_variables
from charts.observability.mastodon_login import MastodonLogin, grafana_of_mastodon
from charts.resource_request import resources
from kubestrata import Cluster, Component, Frozen, JsonObject, Reference, ServiceReference
from kubestrata.constructs import (
    Flow,
    GatewayReference,
    HelmRelease,
    Pods,
    Route,
    SecretTemplate,
)
from kubestrata.constructs.identity import SingleSignOn
from kubestrata.constructs.observability import GrafanaSidecar, PrometheusOperator
from kubestrata.constructs.secret import GeneratedPassword

NAME = "vm"
NAMESPACE = "victoriametrics"
READ_PORT = 8428
VMAGENT = Pods(
    "vmagent",
    NAMESPACE,
    {"app.kubernetes.io/name": "vmagent", "app.kubernetes.io/instance": NAME},
)
MONITORING = PrometheusOperator(scraper=VMAGENT, grafana=GrafanaSidecar())
"""The Monitoring of a cluster with the stack, whose operator converts objects of Prometheus."""

_ADMIN = "grafana-admin"
_PLUGIN = "victoriametrics-logs-datasource"


class ControlPlane(Frozen):
    """The address of the control plane's node, whose components have no pods with metrics."""

    address: str


class SingleNodeStack(Component):
    """The stack as release `vm`, and Grafana at `monitoring`.

    `logs` is the store of logs that Grafana queries. `query` is the Service of the metrics.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        logs: ServiceReference,
        control_plane: ControlPlane,
    ) -> None:
        super().__init__(scope, "victoria-metrics", layer="infrastructure", namespace=namespace)
        host = scope.host("monitoring")
        secret = client_variables("grafana-oidc-credentials")
        login = SingleSignOn(self, grafana_of_mastodon(host), secret=secret).login
        admin = GeneratedPassword(
            self,
            _ADMIN,
            keys=["admin-password"],
            template=SecretTemplate(data={"admin-user": "admin"}, keeps="all"),
        )
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.VICTORIA_METRICS_K8S_STACK.at("0.63.3"),
            creates=["cert-manager.io"],
            values={
                **_VALUES,
                # Services without a selector, in the namespace of the stack.
                "defaultScrapeService": {"namespace": NAMESPACE},
                **scrape_control_plane([control_plane.address]),
                "grafana": {
                    **_GRAFANA,
                    "admin": {"existingSecret": admin.secret.name},
                    "envFromSecret": login.secret.name,
                    "grafana.ini": MastodonLogin(login, scope.domain).settings(host),
                },
                "defaultDatasources": {"extra": [_logs(logs)]},
            },
        )
        self.query = self.release.service(f"vmsingle-{NAME}", READ_PORT)
        self.release.allow(Flow.to_kubernetes_api(), Flow.to_cluster())
        page = self.release.service(f"{NAME}-grafana", 80)
        Route(self, "grafana-monitoring", host=host, gateway=gateway, to=page)


def _logs(logs: ServiceReference) -> JsonObject:
    return {"name": "VictoriaLogs", "type": _PLUGIN, "access": "proxy", "url": logs.url()}


_GRAFANA: JsonObject = {
    "plugins": [_PLUGIN],
    "sidecar": {
        "dashboards": {"enabled": True, "searchNamespace": "ALL"},
        "datasources": {"enabled": True, "searchNamespace": "ALL"},
    },
}
_KUBELET: JsonObject = {
    "vmScrape": {
        "spec": {
            "relabelConfigs": [
                {"action": "labelmap", "regex": "__meta_kubernetes_node_label_(.+)"},
                {"action": "labeldrop", "regex": ".*talos.*"},
                {"sourceLabels": ["__metrics_path__"], "targetLabel": "metrics_path"},
                {"targetLabel": "job", "replacement": "kubelet"},
            ]
        }
    }
}
_DNS: JsonObject = {
    # The Service of CoreDNS has the port itself.
    "service": {"enabled": False},
    "vmScrape": {
        "spec": {
            "namespaceSelector": {"matchNames": ["kube-system"]},
            "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
            "endpoints": [{"port": "metrics"}],
        }
    },
}
_OPERATOR: JsonObject = {
    "replicaCount": 1,
    "serviceMonitor": {"enabled": True},
    "admissionWebhooks": {"certManager": {"enabled": True}},
    "operator": {
        "prometheus_converter_add_argocd_ignore_annotations": True,
        "enable_converter_ownership": True,
    },
}
_VALUES: JsonObject = {
    "fullnameOverride": NAME,
    "argocdReleaseOverride": NAME,
    "victoria-metrics-operator": _OPERATOR,
    "defaultDashboards": {
        "annotations": {"argocd.argoproj.io/sync-options": "ServerSideApply=true"},
        "dashboards": {
            "victoriametrics-vmalert": {"enabled": True},
            "victoriametrics-operator": {"enabled": True},
        },
    },
    "vmcluster": {"enabled": False},
    "vmsingle": {
        "spec": {"retentionPeriod": "14d", "resources": resources("250m", "768Mi", "768Mi")}
    },
    "vmagent": {
        "spec": {
            "extraArgs": {
                "promscrape.streamParse": "true",
                "promscrape.dropOriginalLabels": "true",
            },
            "replicaCount": 1,
            "resources": resources("125m", "500Mi", "500Mi"),
        }
    },
    "vmalert": {
        "remoteWriteVMAgent": True,
        "spec": {"replicaCount": 1, "resources": resources("25m", "100Mi", "100Mi")},
    },
    "alertmanager": {
        "spec": {"replicaCount": 1},
        "config": {
            "route": {
                # Alerts are shown in Grafana; the receiver that was meant does not exist.
                "receiver": "blackhole",
                "group_by": ["namespace"],
                "group_wait": "1s",
                "group_interval": "1s",
                "repeat_interval": "4h",
            },
            "receivers": [{"name": "blackhole"}],
        },
    },
    "kube-state-metrics": state_of_gateways(),
    "kubelet": _KUBELET,
    "coreDns": _DNS,
}
