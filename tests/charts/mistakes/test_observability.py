"""Mistakes in the observability of the original of infra and apps, each found by its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.mistakes.mistake import chart_findings, findings

HOME = """apiVersion: v1
kind: Namespace
metadata: {name: observability, labels: {pod-security.kubernetes.io/enforce: privileged}}"""


def operated(kind: str, name: str, spec: str) -> str:
    """Return an object of the operator of VictoriaMetrics; `spec` is in the flow style."""
    return f"""apiVersion: operator.victoriametrics.com/v1beta1
kind: {kind}
metadata: {{name: {name}, namespace: observability}}
spec: {spec}"""


def budget(name: str, labels: str) -> str:
    return f"""apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}, namespace: observability}}
spec: {{minAvailable: 2, selector: {{matchLabels: {{{labels}}}}}}}"""


def policy(name: str, labels: str, peer: str = "") -> str:
    """Return a NetworkPolicy for the pods with labels; `peer` is one that may connect."""
    rules = f", ingress: [{{from: [{peer}]}}]" if peer else ""
    return f"""apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: observability}}
spec: {{podSelector: {{matchLabels: {{{labels}}}}}, policyTypes: [Ingress]{rules}}}"""


def alert(name: str, expression: str) -> str:
    return f"""apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {{name: alerts, namespace: observability}}
spec:
  groups:
  - name: alerts
    rules:
    - alert: {name}
      expr: {expression}
      for: 5m"""


def release(body: str) -> str:
    return f"""apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: victoria-metrics-k8s-stack, namespace: observability}}
spec:
  interval: 12h
  url: oci://ghcr.io/victoriametrics/helm-charts/victoria-metrics-k8s-stack
  ref: {{tag: 0.61.11}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: victoria-metrics, namespace: observability}}
spec:
  interval: 1h
  chartRef: {{kind: OCIRepository, name: victoria-metrics-k8s-stack}}
  {body}"""


def collector(home: str) -> str:
    return f"""apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: fluent-bit, namespace: {home}}}
spec:
  selector: {{matchLabels: {{app.kubernetes.io/name: fluent-bit}}}}
  template:
    metadata: {{labels: {{app.kubernetes.io/name: fluent-bit}}}}
    spec:
      hostNetwork: true
      containers: [{{name: fluent-bit, image: "cr.fluentbit.io/fluent/fluent-bit:4.1.1"}}]"""


STORE = operated("VMCluster", "victoria-metrics-global", "{vmstorage: {replicaCount: 3}}")
PROXY = operated("VMAuth", "victoria-logs", '{port: "8427"}')
PROXY_LABELS = "app.kubernetes.io/name: vmauth, app.kubernetes.io/instance: victoria-logs"
KAFKA = """apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata: {name: kafka-cluster, namespace: observability}
spec: {kafka: {listeners: [{name: plain, port: 9092, type: internal, tls: false}]}}"""
GRAFANA = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: grafana, namespace: observability}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: grafana, namespace: observability}
spec:
  replicas: 2
  selector: {matchLabels: {app: grafana}}
  template:
    metadata: {labels: {app: grafana}}
    spec:
      containers: [{name: grafana, image: "docker.io/grafana/grafana:12.2.0"}]
      volumes: [{name: storage, persistentVolumeClaim: {claimName: grafana}}]"""

WRONG: dict[str, tuple[list[str], str, str]] = {
    "5: a HelmRelease has a version beside chartRef": (
        [release("version: 0.61.11")],
        "V01 HelmRelease.helm.toolkit.fluxcd.io observability/victoria-metrics",
        "spec.version: unknown field",
    ),
    "5: extraArgs is a list": (
        [
            operated(
                "VMCluster",
                "victoria-metrics-global",
                "{vmstorage: {extraArgs: [--dedup.minScrapeInterval=30s]}}",
            )
        ],
        "V01 VMCluster.operator.victoriametrics.com observability/victoria-metrics-global",
        "spec.vmstorage.extraArgs: must be an object, not a list",
    ),
    "6: vmagent writes to a Service of another name": (
        [
            operated(
                "VMAgent",
                "victoria-metrics",
                '{remoteWrite: [{url: "http://vminsert.observability.svc.cluster.local:8480'
                '/insert/0/prometheus/api/v1/write"}]}',
            )
        ],
        "R19 VMAgent.operator.victoriametrics.com observability/victoria-metrics",
        "no Service vminsert in namespace observability",
    ),
    "7: vmstorage runs the image of a store on one pod": (
        [
            operated(
                "VMCluster",
                "victoria-metrics-global",
                "{vmstorage: {image: {repository: quay.io/victoriametrics/victoria-metrics,"
                " tag: v1.122.1}}}",
            )
        ],
        "P92 VMCluster.operator.victoriametrics.com observability/victoria-metrics-global",
        "victoria-metrics:v1.122.1 is not of this part, whose tags end with -cluster",
    ),
    "7: vmselect has the tag of another program": (
        [
            operated(
                "VMCluster",
                "victoria-metrics-global",
                "{vmselect: {image: {tag: v1.122.1}}}",
            )
        ],
        "P92 VMCluster.operator.victoriametrics.com observability/victoria-metrics-global",
        "spec.vmselect.image.tag: v1.122.1 is not of this part",
    ),
    "7: no release runs the operator": (
        [STORE],
        "G26 VMCluster.operator.victoriametrics.com observability/victoria-metrics-global",
        "no pod runs the controller of operator.victoriametrics.com",
    ),
    "7: VictoriaLogs has the tag of VictoriaMetrics": (
        [
            """apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: victoria-logs-server
  namespace: observability
  labels:
    app.kubernetes.io/name: victoria-logs-single
    app.kubernetes.io/version: v1.36.1
spec:
  serviceName: victoria-logs-server
  selector: {matchLabels: {app: server}}
  template:
    metadata: {labels: {app: server}}
    spec:
      containers: [{name: vlogs, image: "quay.io/victoriametrics/victoria-logs:v1.122.1"}]"""
        ],
        "V18 StatefulSet.apps observability/victoria-logs-server",
        "victoria-logs is v1.122.1, its labels are for v1.36.1",
    ),
    "7: an image has the tag latest": (
        [
            """apiVersion: v1
kind: Pod
metadata: {name: fluent-bit-test-connection, namespace: observability}
spec: {containers: [{name: wget, image: "busybox:latest"}]}"""
        ],
        "P26 Pod observability/fluent-bit-test-connection",
        "busybox:latest has a tag that may move",
    ),
    "12: a PodDisruptionBudget has labels of no part of the store": (
        [STORE, budget("vmstorage", "app.kubernetes.io/component: vmstorage")],
        "R09 PodDisruptionBudget.policy observability/vmstorage",
        "selects no pod of the namespace",
    ),
    "12: a policy has labels of no part of the store": (
        [STORE, policy("vmcluster", "app.kubernetes.io/component: vmcluster")],
        "R12 NetworkPolicy.networking.k8s.io observability/vmcluster",
        "selects no pod of namespace observability",
    ),
    "12: fluent-bit is in another namespace": (
        [
            HOME.replace("name: observability", "name: fluent-bit"),
            collector("fluent-bit"),
            PROXY,
            policy(
                "victoria-logs-vmauth",
                PROXY_LABELS,
                "{podSelector: {matchLabels: {app.kubernetes.io/name: fluent-bit}}}",
            ),
        ],
        "R12 NetworkPolicy.networking.k8s.io observability/victoria-logs-vmauth",
        "spec.ingress[0].from[0].podSelector: selects no pod of namespace observability",
    ),
    "12: fluent-bit is on the host network": (
        [
            collector("observability"),
            PROXY,
            policy(
                "victoria-logs-vmauth",
                PROXY_LABELS,
                "{podSelector: {matchLabels: {app.kubernetes.io/name: fluent-bit}}}",
            ),
        ],
        "P93 NetworkPolicy.networking.k8s.io observability/victoria-logs-vmauth",
        "fluent-bit is on the host network: its traffic is that of the node",
    ),
    "13: Kafka is scraped by a Service without the port": (
        [
            KAFKA,
            operated(
                "VMServiceScrape",
                "kafka-brokers",
                "{selector: {matchLabels: {strimzi.io/cluster: kafka-cluster}},"
                " endpoints: [{port: tcp-prometheus}]}",
            ),
        ],
        "R08 VMServiceScrape.operator.victoriametrics.com observability/kafka-brokers",
        "no Service of Kafka kafka-cluster has a port named tcp-prometheus; its pods have",
    ),
    "13: ClusterDegraded divides a number by itself": (
        [
            alert(
                "VictoriaMetricsClusterDegraded",
                "count(up{job=~'vm.*'}) / count(up{job=~'vm.*'}) < 0.8",
            )
        ],
        "V15 PrometheusRule.monitoring.coreos.com observability/alerts",
        "both sides of / are count(up",
    ),
    "8: CRDMissing fires as long as nobody calls a deprecated API": (
        [
            alert(
                "RookCephCRDMissing",
                "absent(apiserver_requested_deprecated_apis{group='ceph.rook.io'})",
            )
        ],
        "V15 PrometheusRule.monitoring.coreos.com observability/alerts",
        "is true when all is well",
    ),
    "13: the configuration of Alertmanager does not exist": (
        [
            operated(
                "VMAlertmanager", "victoria-metrics-global", "{configSecret: alertmanager-config}"
            )
        ],
        "R06 VMAlertmanager.operator.victoriametrics.com observability/victoria-metrics-global",
        "nothing creates Secret alertmanager-config in namespace observability",
    ),
    "two pods of Grafana share a volume of one node": (
        [GRAFANA],
        "P94 Deployment.apps observability/grafana",
        "2 replicas share grafana, which one node can mount",
    ),
}


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: victoria-logs-single\nversion: 0.11.12\n",
    "values.yaml": "server: {retentionPeriod: 1}\n",
    "templates/server.yaml": """apiVersion: v1
kind: ConfigMap
metadata: {name: victoria-logs-server}
data: {retention: {{ .Values.server.retentionPeriod | quote }}}
""",
}
LOGS = """apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: victoria-metrics, namespace: observability}
spec: {url: "https://example.com/charts"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: victoria-logs, namespace: observability}
spec:
  interval: 1h
  chart:
    spec:
      chart: victoria-logs-single
      version: 0.11.12
      sourceRef: {kind: HelmRepository, name: victoria-metrics}
  values:
    server: {retentionPeriod: 30d}
    vmauth: {enabled: true}"""
LABELLED = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
commonLabels: {app.kubernetes.io/part-of: victoria-metrics}
resources: [objects.yaml]"""


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_of_the_original_is_found(name: str, tmp_path: Path) -> None:
    documents, where, message = WRONG[name]
    found = findings(tmp_path, HOME, *documents)
    assert [each for each in found if each.startswith(where) and message in each], found


def test_values_that_the_chart_of_victoria_logs_has_not_are_found(tmp_path: Path) -> None:
    charts = tmp_path / "charts"
    for name, text in CHART.items():
        path = charts / "victoria-logs-single" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = chart_findings(tmp_path / "tree", charts, HOME, LOGS)
    where = "V08 HelmRelease.helm.toolkit.fluxcd.io observability/victoria-logs spec.values.vmauth"
    assert [each for each in found if each.startswith(where)], found


def test_common_labels_that_change_the_selector_of_a_budget_are_found(tmp_path: Path) -> None:
    labels = (
        "app.kubernetes.io/name: vmstorage, app.kubernetes.io/instance: victoria-metrics-global"
    )
    documents = [HOME, STORE, budget("vmstorage", labels)]
    assert not [each for each in findings(tmp_path / "right", *documents) if each[:4] == "R09 "]
    found = findings(tmp_path / "wrong", *documents, all__kustomization=LABELLED)
    where = "R09 PodDisruptionBudget.policy observability/vmstorage"
    assert [each for each in found if each.startswith(where)], found
