"""The Grafana operator, which manages dashboards in the Grafana of the stack."""

from charts import catalogue
from charts.observability.grafana_value import ADMIN_PASSWORD, ADMIN_USER
from charts.observability.victoria_metrics_stack import (
    GRAFANA,
    SHOWN,
    VictoriaMetricsStack,
)
from charts.resource_request import resources
from charts.security_context import restricted_pod
from kubestrata import Cluster, JsonObject
from kubestrata.constructs import Endpoint, Flow, HelmComponent
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import (
    GrafanaInstance,
    Scrape,
)

_NAME = "grafana-operator"
_METRICS = 9090

_VALUES: JsonObject = {
    # Another component installs the CRDs.
    "crds": {"immutable": True},
    "resources": resources("50m", "64Mi", "256Mi"),
    "podSecurityContext": restricted_pod(),
}


class GrafanaOperation(HelmComponent):
    """The operator, and one Grafana object for the Grafana of the stack."""

    def __init__(self, scope: Cluster, *, stack: VictoriaMetricsStack) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=stack.home_namespace,
            chart=catalogue.GRAFANA_OPERATOR.without_crds(),
            values=_VALUES,
            # It downloads published dashboards itself.
            flows=[Flow.to_kubernetes_api(), Flow.to_hosts("grafana.com")],
        )
        operator = self.release.endpoint(_METRICS)
        operator.connect_to(
            Endpoint(GRAFANA, (NetworkPort(3000),), stack, stack.release.resource.ref)
        )
        Scrape(
            self,
            _NAME,
            pods=operator.pods,
            port="metrics",
            service_labels=operator.pods.labels,
            pod_port=_METRICS,
        )
        self.grafana = GrafanaInstance(
            self,
            "grafana",
            service=stack.grafana,
            user=stack.grafana_environment.key(ADMIN_USER),
            password=stack.grafana_environment.key(ADMIN_PASSWORD),
            labels=SHOWN.labels,
        )
