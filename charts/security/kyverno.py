"""The policy engine."""

from collections.abc import Sequence

from charts import catalogue
from kubestrata import Cluster, Frozen, JsonObject, Namespace, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.observability import Scrape

_NAME = "kyverno"


class ControllerResources(Frozen):
    """Requests and limits of each controller, in place of the chart's."""

    admission: JsonObject
    background: JsonObject
    cleanup: JsonObject
    reports: JsonObject


class Generated(Frozen):
    """A kind that policies generate: its API group, and the plural name in URLs of the API."""

    group: str
    resource: str

    @property
    def rule(self) -> JsonObject:
        """Return the permissions with which Kyverno keeps its objects as the policy has them."""
        verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
        return {"apiGroups": [self.group], "resources": [self.resource], "verbs": verbs}


class Kyverno(HelmComponent):
    """Kyverno, with `admission_replicas` admission controllers and one replica of all others.

    Pass a chart without CRDs if another component installs them. `resources` None are the chart's.
    `generates` are the kinds that policies may create, beside those that the chart allows.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Namespace | Reference,
        chart: HelmChart = catalogue.KYVERNO,
        admission_replicas: int = 1,
        resources: ControllerResources | None = None,
        generates: Sequence[Generated] = (),
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="security",
            namespace=namespace,
            chart=chart,
            values=_values(chart, admission_replicas, resources, generates),
            # It does not start without the CRDs.
            creates=["kyverno.io"],
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(9443)],
        )

    def scrape(self) -> None:
        """Let the cluster's monitoring scrape results and latency of admission."""
        Scrape(self, _NAME, pods=self.release.pods, port="metrics-port")
        # The background, cleanup and reports controllers call it differently.
        Scrape(self, f"{_NAME}-controllers", pods=self.release.pods, port="metrics")


def _values(
    chart: HelmChart,
    admission_replicas: int,
    resources: ControllerResources | None,
    generates: Sequence[Generated],
) -> JsonObject:
    # Pods of hooks need the API server, and get no labels by default.
    labels: JsonObject = {"app.kubernetes.io/instance": _NAME}
    crds = {} if chart.provides else {"install": False}
    return {
        "crds": {**crds, "migration": {"podLabels": labels}},
        "webhooksCleanup": {"podLabels": labels},
        "admissionController": {
            "replicas": admission_replicas,
            **({"container": {"resources": resources.admission}} if resources else {}),
        },
        "backgroundController": {
            **_one(resources.background if resources else None),
            **_permissions(generates),
        },
        "cleanupController": _one(resources.cleanup if resources else None),
        "reportsController": _one(resources.reports if resources else None),
    }


def _one(resources: JsonObject | None) -> JsonObject:
    return {"replicas": 1, **({"resources": resources} if resources else {})}


def _permissions(generates: Sequence[Generated]) -> JsonObject:
    if not generates:
        return {}
    rules = [each.rule for each in generates]
    return {"rbac": {"clusterRole": {"extraResources": rules}}}
