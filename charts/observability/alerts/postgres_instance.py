"""Alerts on every database of CloudNativePG, from the metrics of its instances."""

from kubestrata import Duration
from kubestrata.constructs.observability import Alert, RuleGroup

_MINUTE = Duration("1m")
_INSTANCE = "{{ $labels.namespace }}/{{ $labels.pod }}"


def _alert(name: str, expression: str, summary: str) -> Alert:
    return Alert(
        name=name,
        expression=expression,
        for_=_MINUTE,
        severity="warning",
        summary=f"{_INSTANCE}: {summary}",
    )


_ARCHIVER = "cnpg_pg_stat_archiver_last"
GROUP = RuleGroup(
    "cnp-default.rules",
    [
        _alert(
            "LongRunningTransaction",
            "cnpg_backends_max_tx_duration_seconds > 300",
            "a transaction takes longer than five minutes",
        ),
        _alert(
            "BackendsWaiting",
            "cnpg_backends_waiting_total > 300",
            "more than 300 backends wait",
        ),
        _alert(
            "PGDatabaseXidAge",
            "cnpg_pg_database_xid_age > 300000000",
            "more than 300 million transactions since the last frozen one",
        ),
        _alert(
            "PGReplication",
            "cnpg_pg_replication_lag > 300",
            "the replica is more than five minutes behind",
        ),
        _alert(
            "LastFailedArchiveTime",
            f"({_ARCHIVER}_failed_time - {_ARCHIVER}_archived_time) > 1",
            "the last segment of the log was not archived",
        ),
        _alert(
            "DatabaseDeadlockConflicts",
            "cnpg_pg_stat_database_deadlocks > 10",
            "more than ten deadlocks",
        ),
        _alert(
            "ReplicaFailingReplication",
            "cnpg_pg_replication_in_recovery > cnpg_pg_replication_is_wal_receiver_up",
            "the replica receives nothing from its primary",
        ),
    ],
)
