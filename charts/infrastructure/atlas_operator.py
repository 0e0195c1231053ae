"""The operator for schema migrations."""

from charts import catalogue
from charts.resource_request import resources
from charts.security_context import restricted_pod
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.data import MigrationOperator


class AtlasOperator(HelmComponent):
    """Atlas for every namespace; provide `operator` to the cluster, for the databases' policies."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "atlas-operator",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.ATLAS_OPERATOR,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        self.operator = MigrationOperator(self.release.pods, self)


_VALUES: JsonObject = {
    # Migrations are applied as written: there is no development database to test them on.
    "prewarmDevDB": False,
    # It connects to databases only.
    "extraEnvs": [
        {"name": "ATLAS_NO_ANON_TELEMETRY", "value": "true"},
        {"name": "ATLAS_NO_UPDATE_NOTIFIER", "value": "true"},
    ],
    # The restricted level requires an explicit seccomp profile.
    "podSecurityContext": restricted_pod(),
    "resources": resources("50m", "256Mi", "256Mi"),
}
