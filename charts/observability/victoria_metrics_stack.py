"""Metrics and alerts: VictoriaMetrics by its operator, Alertmanager, Grafana, the exporters."""

from charts import catalogue
from charts.observability import grafana_value
from charts.observability.victoria_metrics_store import NAME, MetricsStore, pods
from charts.resource_request import resources
from kubestrata import Cluster, Component, Duration, Host, JsonObject, Reconcile, Reference
from kubestrata.constructs import (
    Endpoint,
    ExternalSecret,
    Flow,
    Gateways,
    HelmRelease,
    Route,
    SecretReference,
    SecretSource,
    SharedValues,
)
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.network import NetworkPort, ServiceEndpoint
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
_TOKEN = "token"  # noqa: S105  # the name of a key
# Engines of OnCall accept alerts and serve the plugin of Grafana.
_ONCALL = "http://oncall-engine:8080/"
# The VPC, for exporters on its other machines.
_VPC, _NODE_EXPORTER = "10.0.0.0/16", 9100
# Ports of Grafana, the exporters, vmalert, vmagent, Alertmanager and its peers.
_PORTS: tuple[int | NetworkPort, ...] = (3000, 8080, 8429, 9093, 9094, NetworkPort(9094, "UDP"))


class VictoriaMetricsStack(Component):
    """The stack with its store on one pod or on many, and a route to each of its pages.

    `discovery` is the cloud identity by which vmagent finds machines outside of the cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        store: MetricsStore,
        discovery: Reference | None = None,
    ) -> None:
        super().__init__(
            scope,
            NAME,
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        self._store = store
        domain = scope.ask(Gateways).with_visibility("private").domain
        entry = SecretSource.all_of(f"observability/{NAME}/alertmanager-slack-app", keys=[_TOKEN])
        slack = ExternalSecret(self, f"{NAME}-alertmanager-slack-app", source=entry).secret
        grafana = domain.sub("grafana")
        self.grafana_environment = grafana_value.environment(self, grafana)
        plugin = grafana_value.oncall_plugin(self, api=_ONCALL)
        shared = SharedValues(self, "vm-common-helm-values", values=_common(scope, grafana))
        self.release = release = HelmRelease(
            self,
            NAME,
            chart=catalogue.VICTORIA_METRICS_K8S_STACK.without_crds(),
            timeout=_TIMEOUT,
            values_from=[shared.source],
            creates=["operator.victoriametrics.com"],
            values={
                **store.values,
                "alertmanager": _alertmanager(domain.sub(f"vmalertmanager-{scope.name}"), slack),
                "grafana": grafana_value.values(grafana, self.grafana_environment, plugin),
            },
        )
        self.results = Results(store.write_url(release), store.read_url(release))
        self.grafana = release.service(f"{NAME}-grafana", 80)
        self.notifier = release.service(f"vmalertmanager-{NAME}", 9093)
        self.alertmanager = self._endpoint("vmalertmanager", 9093)
        both = dict([store.reader, store.writer])
        self.results_endpoints = [self._endpoint(part, port) for part, port in both.items()]
        self._flows(store)
        if discovery is not None:
            self._discover(discovery)
        self.pages = self._pages(store)

    @property
    def ingestion(self) -> ServiceEndpoint:
        """Return the Service that accepts samples, with the pods behind it."""
        part, port = self._store.writer
        service = self.release.service(f"{part}-{NAME}", port)
        return self._endpoint(part, port).behind(service)

    def _endpoint(self, part: str, port: int) -> Endpoint:
        where = pods(part, NAMESPACE)
        return Endpoint(where, (NetworkPort(port),), self, self.release.resource.ref)

    def _flows(self, store: MetricsStore) -> None:
        allow, api = self.release.allow, Flow.to_kubernetes_api()
        mine, ports = self.release.pods, (*_PORTS, *store.ports)
        allow(Flow.from_pods(mine, *ports), Flow.to_pods(mine, *ports), api)
        bao = Flow.to_hosts("bao.priv.cloud.ogenki.io", port=8200)
        allow(Flow.to_cluster(), bao, pods=VMAGENT)
        allow(Flow.to_hosts("slack.com"), pods=pods("vmalertmanager", NAMESPACE))
        operator = pods("victoria-metrics-operator", NAMESPACE)
        allow(Flow.from_kubernetes_api(9443), pods=operator)
        allow(*grafana_value.FLOWS, pods=GRAFANA)

    def _discover(self, identity: Reference) -> None:
        """Let vmagent find machines of the VPC and scrape their exporters."""
        self.needs(identity)
        self.release.allow(
            Flow.to_pod_identity(),
            Flow.to_hosts(*self.cluster.ask(AwsAccount).hosts("ec2")),
            Flow.to_addresses(_VPC, ports=[_NODE_EXPORTER]),
            pods=VMAGENT,
        )

    def _pages(self, store: MetricsStore) -> dict[str, Route]:
        """Return the routes to the web pages, by the first label of their hosts."""
        part, port = store.reader
        pages = {
            "vm": (part, port),
            f"vmagent-{self.cluster.name}": ("vmagent", 8429),
            f"vmalertmanager-{self.cluster.name}": ("vmalertmanager", 9093),
        }
        leads = {
            page: self._endpoint(part, port).behind(self.release.service(f"{part}-{NAME}", port))
            for page, (part, port) in pages.items()
        }
        leads["grafana"] = self._endpoint("grafana", 3000).behind(self.grafana)
        return {page: Route.at(self, page, label=page, to=leads[page]) for page in leads}


def _common(scope: Cluster, grafana: Host) -> JsonObject:
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
                # Links in alerts; the chart's default is a host of its examples.
                "extraArgs": {"external.url": f"https://{grafana}"},
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


_IGNORED = "InfoInhibitor|KubeCPUOvercommit|Watchdog"


def _alertmanager(host: str, slack: SecretReference) -> JsonObject:
    token = slack.ref.text(f"/etc/vm/secrets/{{name}}/{slack.key(_TOKEN).key}")
    message: JsonObject = {
        "channel": "#alerts",
        "send_resolved": True,
        "http_config": {"authorization": {"type": "Bearer", "credentials_file": token}},
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
            # The API of a bot, which the token is for.
            "global": {"slack_api_url": "https://slack.com/api/chat.postMessage"},
            "route": {
                "receiver": "slack",
                "group_by": ["cluster", "alertname", "severity", "namespace"],
                "group_wait": "30s",
                "group_interval": "5m",
                "repeat_interval": "3h",
                "routes": [{"receiver": "blackhole", "matchers": [f'alertname=~"{_IGNORED}"']}],
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
