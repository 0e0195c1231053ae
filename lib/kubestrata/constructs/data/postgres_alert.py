"""Alerts on a PostgreSQL cluster, from the metrics of CloudNativePG's instances."""

from __future__ import annotations

from kubestrata.constructs.observability.alert import Alert, RuleGroup, Severity
from kubestrata.core.value.duration import Duration

# Seconds of lag: data that a failover may lose without a synchronous replica.
_LAG = 300
# A nightly backup that failed twice in a row.
_BACKUP_AGE = 2 * 24 * 3600 + 6 * 3600
_CONNECTIONS = 0.85
_FULL = 0.85


def alerts(name: str, namespace: str, *, backup: bool) -> RuleGroup:
    """Return the alerts of the cluster `name`; those on backups if the instances send them."""
    own = f'namespace="{namespace}",pod=~"{name}-[0-9]+"'
    rules = [
        _alert(
            "PostgresInstanceDown",
            f"min by (pod) (cnpg_collector_up{{{own}}}) == 0",
            "critical",
            "PostgreSQL does not answer in {{ $labels.pod }}",
        ),
        _alert(
            "PostgresReplicaLags",
            f"max by (pod) (cnpg_pg_replication_lag{{{own}}}) > {_LAG}",
            "warning",
            "{{ $labels.pod }} is {{ $value }} seconds behind its primary",
        ),
        _alert(
            "PostgresConnectionsShort",
            f"sum by (pod) (cnpg_backends_total{{{own}}}) / on (pod) max by (pod)"
            f' (cnpg_pg_settings_setting{{{own},name="max_connections"}}) > {_CONNECTIONS}',
            "warning",
            "{{ $labels.pod }} has hardly any connection left",
        ),
        _alert(
            "PostgresVolumeFills",
            "max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes"
            f'{{namespace="{namespace}",persistentvolumeclaim=~"{name}-[0-9]+(-wal)?"}}'
            f" / kubelet_volume_stats_capacity_bytes) > {_FULL}",
            "warning",
            "{{ $labels.persistentvolumeclaim }} is nearly full",
        ),
    ]
    return RuleGroup(f"postgres-{name}", [*rules, *(_backups(own) if backup else [])])


def _backups(own: str) -> list[Alert]:
    return [
        _alert(
            "PostgresBackupOld",
            f"time() - max(cnpg_collector_last_available_backup_timestamp{{{own}}})"
            f" > {_BACKUP_AGE}",
            "critical",
            "The newest backup is more than two days old",
        ),
        _alert(
            "PostgresArchivingFails",
            f"max by (pod) (increase(cnpg_pg_stat_archiver_failed_count{{{own}}}[15m])) > 0",
            "warning",
            "{{ $labels.pod }} cannot send its log to the bucket",
        ),
    ]


def _alert(name: str, expression: str, severity: Severity, summary: str) -> Alert:
    return Alert(
        name=name, expression=expression, severity=severity, summary=summary, for_=Duration("10m")
    )
