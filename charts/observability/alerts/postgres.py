"""Alerts on CloudNativePG: its operator, the shared cluster, and the poolers before it."""

from collections.abc import Mapping

from charts.observability.alerts.condition import (
    critical,
    down,
    fewer_available,
    group,
    rate,
    restarts,
    warning,
)
from kubestrata import Frozen
from kubestrata.constructs.observability import RuleGroup

_HOME = 'namespace="cnpg-system"'
_OPERATOR = f'{_HOME}, container="manager"'
_BY = "cluster, namespace, pod"
_LAG = "cnpg_pg_replication_lag"
_BACKUP = "cnpg_collector_last_available_backup_timestamp"
_SYNC = "cnpg_collector_sync_replicas"


class PoolerLimits(Frozen):
    """The most clients of a pod of a pooler, and its most connections to Postgres."""

    clients: int
    servers: int


OPERATOR = (
    group(
        "cloudnativepg.operator",
        [
            critical("CNPGOperatorDown", down(_OPERATOR), "5m", "{{ $labels.pod }} is down"),
            warning(
                "CNPGOperatorHighRestarts",
                restarts("15m", _OPERATOR) + " > 0.1",
                "5m",
                "{{ $labels.pod }} restarts",
            ),
            warning(
                "CNPGWebhookErrors",
                rate('cnpg_webhook_requests_total{result="error"}', by="cluster") + " > 0.1",
                "5m",
                "the webhook of CloudNativePG fails",
            ),
            warning(
                "CNPGReconciliationErrors",
                rate(f"controller_runtime_reconcile_errors_total{{{_HOME}}}", by="cluster")
                + " > 0.1",
                "15m",
                "CloudNativePG cannot reconcile",
            ),
            warning(
                "CNPGOperatorNotHighlyAvailable",
                fewer_available(2, f'{_HOME}, deployment="cloudnative-pg"'),
                "15m",
                "only {{ $value }} pods of CloudNativePG are available",
            ),
        ],
    ),
)


def shared_cluster(*, instances: int, size_bytes: int, connections: int) -> RuleGroup:
    """Return the alerts on a cluster with these instances, bytes of data and connections."""
    backends = "sum by (cluster, namespace, pod) (cnpg_backends_total)"
    size = "sum by (cluster, namespace, pod) (cnpg_pg_database_size_bytes)"
    recovering = "cnpg_pg_replication_in_recovery"
    return group(
        "cloudnativepg.cluster",
        [
            critical(
                "CNPGClusterNotReady", "cnpg_collector_up == 0", "5m", "{{ $labels.pod }} is down"
            ),
            critical(
                "CNPGClusterPrimaryMissing",
                f"sum by (cluster, namespace) ({recovering} == bool 0) == 0",
                "2m",
                "no instance of Postgres is the primary",
            ),
            warning(
                "CNPGClusterReplicasBelowTarget",
                f"count by (cluster, namespace) ({recovering}) < {instances}",
                "10m",
                "{{ $value }} instances of Postgres are left",
            ),
            warning(
                "CNPGReplicationLagHigh",
                f"{_LAG} > 60",
                "5m",
                "{{ $labels.pod }} is {{ $value }} s behind",
            ),
            critical(
                "CNPGReplicationLagCritical",
                f"{_LAG} > 300",
                "2m",
                "{{ $labels.pod }} is {{ $value }} s behind",
            ),
            warning(
                "CNPGSyncReplicationDegraded",
                f'{_SYNC}{{value="observed"}} < ignoring (value) {_SYNC}{{value="expected"}}',
                "10m",
                "fewer replicas than expected are synchronous",
            ),
            critical(
                "CNPGBackupFailed",
                f"cnpg_collector_last_failed_backup_timestamp > {_BACKUP}",
                "5m",
                "the last backup of Postgres failed",
            ),
            critical(
                "CNPGBackupOverdue",
                f"time() - max by (cluster, namespace) ({_BACKUP}) > 48 * 3600",
                "1h",
                "the last backup of Postgres is {{ $value }} s old",
            ),
            warning(
                "CNPGStorageNearFull",
                f"{size} / {size_bytes} > 0.8",
                "15m",
                "{{ $labels.pod }} uses most of its volume",
            ),
            warning(
                "CNPGConnectionsNearLimit",
                f"{backends} / {connections} > 0.8",
                "10m",
                "{{ $labels.pod }} uses most of its connections",
            ),
            warning(
                "CNPGWALGenerationHigh",
                rate("cnpg_collector_wal_bytes", by=_BY) + " > 100e6",
                "15m",
                "{{ $labels.pod }} writes {{ $value }} bytes of WAL per second",
            ),
            warning(
                "CNPGTableNeedsVacuum",
                "cnpg_pg_stat_user_tables_n_dead_tup > 100000",
                "1h",
                "table {{ $labels.relname }} has {{ $value }} dead rows",
            ),
        ],
    )


def poolers(limits: Mapping[str, PoolerLimits]) -> RuleGroup:
    """Return the alerts on poolers; `limits` are by their names."""
    clients = {name: each.clients for name, each in limits.items()}
    servers = {name: each.servers for name, each in limits.items()}
    waiting = f"sum by ({_BY}) (cnpg_pgbouncer_pools_cl_waiting)"
    return group(
        "cloudnativepg.pooler",
        [
            warning(
                "CNPGPoolerNotReady",
                fewer_available(2, f'{_HOME}, deployment=~".+-pooler"'),
                "5m",
                "{{ $labels.deployment }} has {{ $value }} pods",
            ),
            warning(
                "CNPGPoolerConnectionsHigh",
                _over("cnpg_pgbouncer_pools_cl_active", clients, " > 0.8"),
                "10m",
                "{{ $labels.pod }} has most of the clients that it admits",
            ),
            warning(
                "CNPGPoolerServerConnectionsExhausted",
                _over("cnpg_pgbouncer_pools_sv_active", servers, " >= 1"),
                "5m",
                "{{ $labels.pod }} uses all of its connections to Postgres",
            ),
            warning(
                "CNPGPoolerWaitQueueBuildup",
                f"{waiting} > 10",
                "5m",
                "{{ $value }} clients wait for {{ $labels.pod }}",
            ),
            critical(
                "CNPGPoolerQueueDepthCritical",
                f"{waiting} > 20",
                "2m",
                "{{ $value }} clients wait for {{ $labels.pod }}",
            ),
        ],
    )


def _over(metric: str, limits: Mapping[str, int], condition: str) -> str:
    """Return the condition on the share of each pooler's own limit."""
    shares = [
        f'sum by ({_BY}) ({metric}{{pod=~"{name}-.*"}}) / {limit}{condition}'
        for name, limit in limits.items()
    ]
    return " or ".join(shares)
