"""The CRDs of the Prometheus operator, whose kinds many charts use."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import HelmChart, HelmComponent


class PrometheusOperatorCrds(HelmComponent):
    """A release with CustomResourceDefinitions only."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        chart: HelmChart = catalogue.PROMETHEUS_OPERATOR_CRDS,
    ) -> None:
        super().__init__(
            scope,
            "crds-prometheus-operator",
            layer="infrastructure",
            namespace=namespace,
            chart=chart,
        )
