"""The Barman Cloud plugin, which sends backups of CloudNativePG's databases."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import Flow, HelmComponent

_PORT = 9090


class BarmanPlugin(HelmComponent):
    """The plugin beside its operator, in the same namespace, with certificates for their calls."""

    def __init__(self, scope: Cluster, *, namespace: Reference, operator: Reference) -> None:
        super().__init__(
            scope,
            "plugin-barman-cloud",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.BARMAN_PLUGIN,
            creates=["cert-manager.io"],
            flows=[Flow.to_kubernetes_api(), Flow.from_cluster(_PORT)],
        )
        self.needs(operator)
