"""The CRDs of the Prometheus operator, which many charts make objects of."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import HelmComponent


class PrometheusOperatorCrds(HelmComponent):
    """A release of CustomResourceDefinitions and nothing else."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "crds-prometheus-operator",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.PROMETHEUS_OPERATOR_CRDS,
        )
