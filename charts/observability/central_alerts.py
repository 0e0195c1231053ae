"""Alerts of all clusters, evaluated where the metrics of all clusters are."""

from collections.abc import Mapping, Sequence

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import AlertRules, Monitoring, RuleGroup

Rules = Mapping[str, Sequence[RuleGroup]]


class CentralAlerts(Component):
    """One object for each entry of `portable` and `native`, named like it.

    Those of `portable` are written for the API of `other`, which the cluster's operator converts:
    they are about programs that other platforms monitor by Prometheus.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        portable: Rules,
        other: Monitoring,
        native: Rules,
    ) -> None:
        super().__init__(scope, "alerts", layer="observability", namespace=namespace)
        for name, groups in portable.items():
            AlertRules(self, name, groups=groups, monitoring=other)
        for name, groups in native.items():
            AlertRules(self, name, groups=groups)
