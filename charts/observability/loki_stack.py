"""Logs: Loki on a volume for a week, and Promtail on every node."""

import json

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.observability import DataSource, Source
from kubestrata.constructs.traffic import ForwardLogin, Ingress

_NAME = "loki-stack"
_PORT, _PROMTAIL_PORT = 3100, 9080
_TIMEOUT = Duration("10m")
_KEPT = "168h"
_USER = 10001
_DATA = "/data/loki"
_SHARED = "filesystem"
_POD = "__meta_kubernetes_pod"


class LokiStack(Component):
    """Loki at `loki` in the domain behind the cluster's login, and its data source of Grafana.

    Promtail reads the log files of the node.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, storage_class: Reference) -> None:
        super().__init__(
            scope,
            "loki",
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.LOKI_STACK,
            values={
                "loki": _loki(storage_class),
                "promtail": _PROMTAIL,
                "grafana": {"sidecar": {"datasources": {"enabled": False}}},
                "test_pod": {"enabled": False},
            },
            timeout=_TIMEOUT,
        )
        self.service = release.service(_NAME, _PORT)
        logs = Source("Loki", "loki", "loki", self.service, settings={"maxLines": 1000})
        DataSource(self, "loki-datasource", source=logs)
        Ingress.at(
            self,
            "loki",
            label="loki",
            to=self.service,
            visibility="public",
            auth=ForwardLogin("loki"),
        )


def _loki(storage_class: Reference) -> JsonObject:
    return {
        "config": _CONFIG,
        "persistence": {
            "enabled": True,
            "size": "20Gi",
            "storageClassName": storage_class.name,
        },
        "rbac": {"pspEnabled": False},
        "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
        },
    }


_CONFIG: JsonObject = {
    "auth_enabled": False,
    "ingester": {
        "chunk_block_size": 262144,
        "chunk_idle_period": "3m",
        "chunk_retain_period": "1m",
        "lifecycler": {"ring": {"kvstore": {"store": "inmemory"}, "replication_factor": 1}},
    },
    "limits_config": {
        "ingestion_burst_size_mb": 20,
        "ingestion_rate_mb": 10,
        "per_stream_rate_limit": "5MB",
        "per_stream_rate_limit_burst": "10MB",
        "reject_old_samples": True,
        "reject_old_samples_max_age": _KEPT,
        # The compactor deletes what is older.
        "retention_period": _KEPT,
    },
    "schema_config": {
        "configs": [
            {
                "from": "2024-01-01",
                "store": "boltdb-shipper",
                "object_store": _SHARED,
                "schema": "v11",
                "index": {"prefix": "index_", "period": "24h"},
            }
        ]
    },
    "storage_config": {
        "boltdb_shipper": {
            "active_index_directory": f"{_DATA}/boltdb-shipper-active",
            "cache_location": f"{_DATA}/boltdb-shipper-cache",
            "cache_ttl": "24h",
            "shared_store": _SHARED,
        },
        "filesystem": {"directory": f"{_DATA}/chunks"},
    },
    "table_manager": {"retention_deletes_enabled": True, "retention_period": _KEPT},
    "compactor": {
        "working_directory": f"{_DATA}/boltdb-shipper-compactor",
        "shared_store": _SHARED,
        "compaction_interval": "10m",
        "retention_enabled": True,
        "retention_delete_delay": "2h",
        "retention_delete_worker_count": 150,
    },
}


def _label(source: str, target: str) -> JsonObject:
    return {"source_labels": [source], "target_label": target}


_RELABELLING: list[JsonObject] = [
    {"source_labels": [f"{_POD}_phase"], "regex": "Failed|Succeeded|Unknown", "action": "drop"},
    _label("__meta_kubernetes_namespace", "namespace"),
    _label(f"{_POD}_name", "pod"),
    _label(f"{_POD}_container_name", "container"),
    _label(f"{_POD}_node_name", "node"),
    _label(f"{_POD}_label_app", "app"),
    _label(f"{_POD}_label_app_kubernetes_io_name", "job"),
    {
        "source_labels": [f"{_POD}_uid", f"{_POD}_container_name"],
        "separator": "/",
        "replacement": "/var/log/pods/*$1/*.log",
        "target_label": "__path__",
    },
]
_SCRAPE: JsonObject = {
    "job_name": "kubernetes-pods",
    "pipeline_stages": [{"cri": {}}],
    "kubernetes_sd_configs": [{"role": "pod"}],
    "relabel_configs": _RELABELLING,
}
_PROMTAIL: JsonObject = {
    "config": {
        "clients": [{"url": f"http://{_NAME}:{_PORT}/loki/api/v1/push"}],
        "positions": {"filename": "/run/promtail/positions.yaml"},
        "serverPort": _PROMTAIL_PORT,
        # JSON is YAML; the chart pastes the text into its configuration.
        "snippets": {"scrapeConfigs": json.dumps([_SCRAPE])},
    },
    # It reads files of root, and nothing else of the node.
    "podSecurityContext": {"runAsUser": 0, "runAsGroup": 0},
    "containerSecurityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "resources": bounded("50m", "64Mi", "200m", "128Mi"),
    "tolerations": [{"operator": "Exists", "effect": "NoSchedule"}],
}
