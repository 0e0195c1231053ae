"""Metrics and alerts: VictoriaMetrics by its operator, Alertmanager, Grafana, the exporters."""

from charts import catalogue
from charts.observability import grafana_value
from charts.observability.store import resources
from charts.observability.victoria_metrics_store import NAME, MetricsStore, pods
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import (
    Endpoint,
    ExternalSecret,
    Flow,
    Gateways,
    HelmRelease,
    RemoteKey,
    Route,
    SecretReference,
    SecretSource,
    SharedValues,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import (
    EVALUATION,
    HELM_KINDS,
    OCI_REPOSITORY,
    GrafanaOperator,
    Results,
    VictoriaMetrics,
    kube_state_metrics,
)

NAMESPACE = "observability"
VMAGENT = pods("vmagent", NAMESPACE)
GRAFANA = pods("grafana", NAMESPACE)
SHOWN = GrafanaOperator(labels={"dashboards": "grafana"}, namespace=NAMESPACE)
MONITORING = VictoriaMetrics(scraper=VMAGENT, grafana=SHOWN)
"""The Monitoring of a cluster with the stack."""

_TIMEOUT = Duration("15m")
_WEBHOOK = "slack-webhook-url"
# Ports of Grafana, the exporters, vmalert, vmagent, Alertmanager and its peers.
_PORTS: tuple[int | NetworkPort, ...] = (3000, 8080, 8429, 9093, 9094, NetworkPort(9094, "UDP"))


class VictoriaMetricsStack(Component):
    """The stack with its store on one pod or on many, and a route to each of its pages."""

    def __init__(self, scope: Cluster, *, namespace: Reference, store: MetricsStore) -> None:
        super().__init__(
            scope,
            NAME,
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        domain = scope.ask(Gateways).with_visibility("private").domain
        slack = ExternalSecret(
            self,
            "alertmanager-slack",
            source=SecretSource.keys(
                {_WEBHOOK: RemoteKey("observability/alertmanager/slack", "webhook_url")}
            ),
        ).secret
        self.grafana_admin = grafana_value.admin(self)
        shared = SharedValues(self, "vm-common-helm-values", values=_common(scope))
        self.release = release = HelmRelease(
            self,
            NAME,
            chart=catalogue.VICTORIA_METRICS_K8S_STACK.without_crds(),
            timeout=_TIMEOUT,
            values_from=[shared.source],
            creates=["operator.victoriametrics.com"],
            values={
                **store.values,
                "alertmanager": _alertmanager(domain.sub("alertmanager"), slack),
                "grafana": grafana_value.values(
                    domain.sub("grafana"), self.grafana_admin, grafana_value.login(self)
                ),
            },
        )
        self.results = Results(store.write_url(release), store.read_url(release))
        self.grafana = release.service(f"{NAME}-grafana", 80)
        self.notifier = release.service(f"vmalertmanager-{NAME}", 9093)
        self.alertmanager = self._endpoint("vmalertmanager", 9093)
        both = dict([store.reader, store.writer])
        self.results_endpoints = [self._endpoint(part, port) for part, port in both.items()]
        self._flows(store)
        self.pages = self._pages(store)

    def _endpoint(self, part: str, port: int) -> Endpoint:
        where = pods(part, NAMESPACE)
        return Endpoint(where, (NetworkPort(port),), self, self.release.resource.ref)

    def _flows(self, store: MetricsStore) -> None:
        allow, api = self.release.allow, Flow.to_kubernetes_api()
        mine, ports = self.release.pods, (*_PORTS, *store.ports)
        allow(Flow.from_pods(mine, *ports), Flow.to_pods(mine, *ports), api)
        bao = Flow.to_hosts("bao.priv.cloud.ogenki.io", port=8200)
        allow(Flow.to_cluster(), bao, pods=VMAGENT)
        allow(Flow.to_hosts("hooks.slack.com"), pods=pods("vmalertmanager", NAMESPACE))
        operator = pods("victoria-metrics-operator", NAMESPACE)
        allow(Flow.from_kubernetes_api(9443), pods=operator)
        allow(*grafana_value.FLOWS, pods=GRAFANA)

    def _pages(self, store: MetricsStore) -> dict[str, Route]:
        """Return the routes to the web pages, by the first label of their hosts."""
        part, port = store.reader
        pages = {
            "alertmanager": ("vmalertmanager", 9093),
            "metrics": (part, port),
            "vmagent": ("vmagent", 8429),
            "vmalert": ("vmalert", 8080),
        }
        leads = {
            page: self._endpoint(part, port).behind(self.release.service(f"{part}-{NAME}", port))
            for page, (part, port) in pages.items()
        }
        leads["grafana"] = self._endpoint("grafana", 3000).behind(self.grafana)
        return {page: Route.at(self, page, label=page, to=leads[page]) for page in leads}


def _common(scope: Cluster) -> JsonObject:
    """Return the values that are common to a store on one pod and on many."""
    labels = {"cluster": scope.placeholder("cluster_name")}
    return {
        # Another component installs the CRDs; the chart has three values that disable them.
        "victoria-metrics-operator": {
            "crds": {"enabled": False, "plain": False, "cleanup": {"enabled": False}}
        },
        "vmagent": {
            "spec": {
                "port": "8429",
                "selectAllByDefault": True,
                "scrapeInterval": "30s",
                "externalLabels": labels,
                "useStrictSecurity": True,
                "resources": resources("100m", "256Mi", "1Gi"),
            }
        },
        "vmalert": {
            "spec": {
                "port": "8080",
                "externalLabels": labels,
                "evaluationInterval": "30s",
                # Rules over logs and traces have evaluators of their own.
                "ruleNamespaceSelector": {},
                "ruleSelector": {
                    "matchExpressions": [{"key": EVALUATION, "operator": "DoesNotExist"}]
                },
                "useStrictSecurity": True,
                "resources": resources("50m", "64Mi", "256Mi"),
            }
        },
        "kube-state-metrics": kube_state_metrics((*HELM_KINDS, OCI_REPOSITORY)),
        # EKS does not expose these; Cilium replaces kube-proxy.
        **{part: {"enabled": False} for part in _UNREACHABLE},
    }


_UNREACHABLE = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")


def _alertmanager(host: str, slack: SecretReference) -> JsonObject:
    key = slack.key(_WEBHOOK).key
    webhook = slack.ref.text(f"/etc/vm/secrets/{{name}}/{key}")
    message: JsonObject = {
        "channel": "#alerts",
        "send_resolved": True,
        "api_url_file": webhook,
    }
    return {
        "spec": {
            "port": "9093",
            "externalURL": f"https://{host}",
            "secrets": [slack.name],
            "useStrictSecurity": True,
            "resources": resources("10m", "32Mi", "128Mi"),
        },
        "config": {
            "route": {
                "receiver": "slack",
                "group_by": ["namespace", "alertname"],
                "routes": [
                    {"receiver": "blackhole", "matchers": ['alertname=~"InfoInhibitor|Watchdog"']}
                ],
            },
            "inhibit_rules": [
                {
                    "source_matchers": ['severity="critical"'],
                    "target_matchers": ['severity=~"warning|info"'],
                    "equal": ["namespace", "alertname"],
                }
            ],
            "receivers": [
                {"name": "blackhole"},
                {"name": "slack", "slack_configs": [message]},
            ],
        },
    }
