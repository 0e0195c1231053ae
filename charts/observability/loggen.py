"""A log generator that tests log delivery."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import HelmComponent

_VALUES: JsonObject = {
    "replicaCount": 2,
    "args": ["--sleep", "0.1", "--error-rate", "0.1", "--format", "json", "--latency", "0.2"],
    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
}


class Loggen(HelmComponent):
    """Two generators of access logs, without network access."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "loggen",
            layer="observability",
            namespace=namespace,
            chart=catalogue.LOGGEN,
            values=_VALUES,
        )
