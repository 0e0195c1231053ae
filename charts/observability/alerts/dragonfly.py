"""Alerts on Dragonfly."""

from charts.observability.alerts.condition import (
    critical,
    down,
    group,
    rate,
    volume_over,
    warning,
)

_PODS = 'namespace="dragonfly-system", pod=~"dragonfly-.*"'
_MEMORY = "dragonfly_memory_used_bytes / dragonfly_memory_max_bytes"
_MASTER = 'dragonfly_role{role="master"}'

DRAGONFLY = (
    group(
        "dragonfly.availability",
        [
            critical("DragonflyDown", down(_PODS), "5m", "{{ $labels.pod }} is down"),
            critical(
                "DragonflyNoPrimary",
                f"count by (cluster) (up{{{_PODS}}}) unless on (cluster) ({_MASTER} == 1)",
                "2m",
                "no pod of Dragonfly is the master",
            ),
            warning(
                "DragonflyReplicaCountLow",
                f"sum by (cluster) (up{{{_PODS}}}) < 3",
                "10m",
                "{{ $value }} pods of Dragonfly are left",
            ),
        ],
    ),
    group(
        "dragonfly.performance",
        [
            warning(
                "DragonflyMemoryHigh",
                f"{_MEMORY} > 0.8",
                "10m",
                "{{ $labels.pod }} uses most of its memory",
            ),
            critical(
                "DragonflyMemoryCritical",
                f"{_MEMORY} > 0.9",
                "5m",
                "{{ $labels.pod }} uses nearly all of its memory",
            ),
            warning(
                "DragonflyDiskNearFull",
                volume_over(0.8, 'namespace="dragonfly-system"'),
                "15m",
                "{{ $labels.persistentvolumeclaim }} is nearly full",
            ),
            warning(
                "DragonflyCommandRateHigh",
                rate("dragonfly_commands_processed_total", by="cluster, pod") + " > 10000",
                "10m",
                "{{ $labels.pod }} runs {{ $value }} commands per second",
            ),
        ],
    ),
    group(
        "dragonfly.replication",
        [
            warning(
                "DragonflyReplicationLagHigh",
                "dragonfly_replication_lag_seconds > 10",
                "5m",
                "{{ $labels.pod }} is {{ $value }} s behind",
            ),
            critical(
                "DragonflyReplicationBroken",
                f"dragonfly_connected_slaves == 0 and on (cluster, pod) {_MASTER} == 1",
                "5m",
                "the master {{ $labels.pod }} has no replicas",
            ),
            warning(
                "DragonflyRoleChange",
                f"changes({_MASTER}[5m]) > 0",
                "1m",
                "{{ $labels.pod }} changed its role",
            ),
        ],
    ),
)
