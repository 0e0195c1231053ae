"""Logs: one Loki that stores them on the cluster's own storage for a week."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Quantity, Reference
from kubestrata.constructs import HelmComponent
from kubestrata.constructs.observability import DataSource, Source

_STORE = "filesystem"


class Loki(HelmComponent):
    """Loki as a single binary, and a data source of Grafana."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        storage_class: Reference,
    ) -> None:
        super().__init__(
            scope,
            "loki",
            layer="observability",
            namespace=namespace,
            chart=catalogue.LOKI,
            values=_values(storage_class),
            creates=["monitoring.coreos.com"],
        )
        self.service = self.release.service("loki", 3100)
        logs = Source("Loki", "loki", "loki", self.service)
        DataSource(self, "loki-datasource", source=logs)


def _values(storage_class: Reference) -> JsonObject:
    return {
        "deploymentMode": "SingleBinary",
        "loki": {
            "auth_enabled": False,
            "commonConfig": {"replication_factor": 1},
            "storage": {"type": _STORE},
            "schemaConfig": {"configs": [_SCHEMA]},
            # The limit sets the retention, the compactor deletes: both are needed to delete logs.
            "limits_config": {"retention_period": "168h"},
            "compactor": {"retention_enabled": True, "delete_request_store": _STORE},
        },
        "singleBinary": {
            "replicas": 1,
            "resources": resources("50m", "256Mi", "512Mi"),
            "persistence": {
                "enabled": True,
                "size": Quantity("10Gi"),
                "storageClass": storage_class.name,
            },
        },
        "monitoring": {"serviceMonitor": {"enabled": True}},
        **_NOT_NEEDED,
    }


_SCHEMA: JsonObject = {
    "from": "2024-04-01",
    "store": "tsdb",
    "object_store": _STORE,
    "schema": "v13",
    "index": {"prefix": "loki_index_", "period": "24h"},
}

_NOT_NEEDED: JsonObject = {
    "backend": {"replicas": 0},
    "read": {"replicas": 0},
    "write": {"replicas": 0},
    "chunksCache": {"enabled": False},
    "resultsCache": {"enabled": False},
    "gateway": {"enabled": False},
    "lokiCanary": {"enabled": False},
    "sidecar": {"rules": {"enabled": False}},
    "test": {"enabled": False},
}
