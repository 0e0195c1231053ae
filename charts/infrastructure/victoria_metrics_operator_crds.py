"""The CRDs of the VictoriaMetrics operator, which outlive the chart of the operator."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import HelmComponent


class VictoriaMetricsOperatorCrds(HelmComponent):
    """A release with CustomResourceDefinitions only."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "crds-victoria-metrics-operator",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.VICTORIA_METRICS_OPERATOR_CRDS,
        )
