"""Dashboards of databases, logs, and all clusters of a platform side by side."""

from charts.observability.boards.board import Board, Choice, Panel, Query, line, number, table

_RATE = "$__rate_interval"
_IN = 'cluster=~"$cluster"'
_CLUSTER = "{{cluster}}"
_POD = "{{cluster}} {{pod}}"
_CLUSTERS = Choice("cluster", "label_values(up, cluster)")


def _sum(metric: str, by: str, selector: str = _IN) -> str:
    return f"sum by ({by}) ({metric}{{{selector}}})"


def _per_second(metric: str, by: str, selector: str = _IN) -> str:
    return f"sum by ({by}) (rate({metric}{{{selector}}}[{_RATE}]))"


_POOLS, _STATS = "cnpg_pgbouncer_pools", "cnpg_pgbouncer_stats"
_POOLER = f'{_IN}, pod=~"$pooler-.*"'
_BY_POOL = "pod, database"
_POOL = "{{pod}} {{database}}"
CNPG_POOLER = Board(
    "cnpg-pooler",
    "CloudNativePG poolers",
    [
        Panel(
            "Client connections",
            [
                Query(_sum(f"{_POOLS}_cl_active", _BY_POOL, _POOLER), f"{_POOL} active"),
                Query(_sum(f"{_POOLS}_cl_waiting", _BY_POOL, _POOLER), f"{_POOL} waiting"),
            ],
        ),
        Panel(
            "Server connections",
            [
                Query(_sum(f"{_POOLS}_sv_active", _BY_POOL, _POOLER), f"{_POOL} active"),
                Query(_sum(f"{_POOLS}_sv_idle", _BY_POOL, _POOLER), f"{_POOL} idle"),
            ],
        ),
        line(
            "Share of the pool in use",
            f"{_sum(f'{_POOLS}_sv_active', _BY_POOL, _POOLER)} / ("
            f"{_sum(f'{_POOLS}_sv_active', _BY_POOL, _POOLER)}"
            f" + {_sum(f'{_POOLS}_sv_idle', _BY_POOL, _POOLER)})",
            _POOL,
            "percentunit",
        ),
        line(
            "Longest wait",
            f"max by ({_BY_POOL}) ({_POOLS}_maxwait{{{_POOLER}}})",
            _POOL,
            "s",
        ),
        line(
            "Queries",
            _per_second(f"{_STATS}_total_query_count", _BY_POOL, _POOLER),
            _POOL,
            "ops",
        ),
        line(
            "Transactions",
            _per_second(f"{_STATS}_total_xact_count", _BY_POOL, _POOLER),
            _POOL,
            "ops",
        ),
    ],
    [
        _CLUSTERS,
        Choice(
            "pooler",
            "label_values(kube_deployment_labels"
            '{namespace="cnpg-system", deployment=~".+-pooler"}, deployment)',
        ),
    ],
)

_D = "dragonfly"
DRAGONFLY = Board(
    "dragonfly",
    "Dragonfly",
    [
        number("Shortest uptime", f"min({_D}_uptime_in_seconds{{{_IN}}})", "s"),
        number("Clients", f"sum({_D}_connected_clients{{{_IN}}})"),
        number("Resident memory", f"sum({_D}_used_memory_rss_bytes{{{_IN}}})", "bytes"),
        number("Pods", f"count({_D}_uptime_in_seconds{{{_IN}}})"),
        line("Clients", _sum(f"{_D}_connected_clients", "cluster, pod"), _POD),
        line("Resident memory", _sum(f"{_D}_used_memory_rss_bytes", "cluster, pod"), _POD, "bytes"),
        line(
            "Commands",
            _per_second(f"{_D}_commands_processed_total", "cluster, pod"),
            _POD,
            "ops",
        ),
        Panel(
            "Hits and misses",
            [
                Query(_per_second(f"{_D}_keyspace_hits_total", "cluster"), f"{_CLUSTER} hits"),
                Query(_per_second(f"{_D}_keyspace_misses_total", "cluster"), f"{_CLUSTER} misses"),
            ],
            "ops",
        ),
    ],
    [_CLUSTERS],
)

_LOGS = f'{_IN}, job="victoria-logs-server"'


def _slow(quantile: str) -> str:
    return f'max by (path) (vl_http_request_duration_seconds{{{_LOGS}, quantile="{quantile}"}})'


VICTORIA_LOGS = Board(
    "victoria-logs",
    "VictoriaLogs",
    [
        number("Pods", f'sum(up{{{_IN}, job=~"victoria-logs-server|vmauth-victoria-logs"}})'),
        number("Bytes on disk", f"sum(vl_data_size_bytes{{{_LOGS}}})", "bytes"),
        number("Free bytes", f"sum(vl_free_disk_space_bytes{{{_LOGS}}})", "bytes"),
        number("Rows", f"sum(vl_storage_rows{{{_LOGS}}})"),
        line(
            "Ingested rows",
            _per_second("vl_rows_ingested_total", "type", _LOGS),
            "{{type}}",
            "ops",
        ),
        line(
            "Ingested bytes",
            _per_second("vl_bytes_ingested_total", "type", _LOGS),
            "{{type}}",
            "Bps",
        ),
        line("Storage", _sum("vl_data_size_bytes", "type", _LOGS), "{{type}}", "bytes"),
        line("Requests", _per_second("vl_http_requests_total", "path", _LOGS), "{{path}}", "ops"),
        # The server publishes the quantile 0.97, and not 0.95.
        Panel(
            "Slowest requests",
            [
                Query(_slow("0.97"), "{{path}} p97"),
                Query(_slow("0.99"), "{{path}} p99"),
            ],
            "s",
            width=24,
        ),
    ],
    [_CLUSTERS],
)

_NODE = "node_cpu_seconds_total"
_MEMORY = _sum("node_memory_MemAvailable_bytes", "cluster")
CLUSTER_COMPARISON = Board(
    "cluster-comparison",
    "Clusters side by side",
    [
        line("Nodes", f"count by (cluster) (kube_node_info{{{_IN}}})", _CLUSTER),
        line(
            "Pods",
            f'sum by (cluster) (kube_pod_status_phase{{{_IN}, phase="Running"}})',
            _CLUSTER,
        ),
        line(
            "CPU in use",
            f'1 - avg by (cluster) (rate({_NODE}{{{_IN}, mode="idle"}}[{_RATE}]))',
            _CLUSTER,
            "percentunit",
        ),
        line(
            "Memory in use",
            f"1 - {_MEMORY} / {_sum('node_memory_MemTotal_bytes', 'cluster')}",
            _CLUSTER,
            "percentunit",
        ),
        line(
            "Claims in use",
            f"{_sum('kubelet_volume_stats_used_bytes', 'cluster')}"
            f" / {_sum('kubelet_volume_stats_capacity_bytes', 'cluster')}",
            _CLUSTER,
            "percentunit",
        ),
        Panel(
            "Network",
            [
                Query(
                    _per_second(
                        f"node_network_{way}_bytes_total", "cluster", f'{_IN}, device="bond0"'
                    ),
                    f"{_CLUSTER} {name}",
                )
                for way, name in (("receive", "in"), ("transmit", "out"))
            ],
            "Bps",
        ),
    ],
    [_CLUSTERS],
)

GLOBAL_OVERVIEW = Board(
    "global-overview",
    "All clusters",
    [
        number("Clusters", f"count(count by (cluster) (up{{{_IN}}}))"),
        number("Nodes", f"count(kube_node_info{{{_IN}}})"),
        number("Running pods", f'sum(kube_pod_status_phase{{{_IN}, phase="Running"}})'),
        number("Firing alerts", f'count(ALERTS{{{_IN}, alertstate="firing"}}) or vector(0)'),
        number("Bytes of metrics", f"sum(vm_data_size_bytes{{{_IN}}})", "bytes"),
        number("Bytes of logs", f"sum(vl_data_size_bytes{{{_IN}}})", "bytes"),
        number("Instances of Postgres", f"count(cnpg_collector_up{{{_IN}}} == 1) or vector(0)"),
        number(
            "Certificates not ready",
            f'count(certmanager_certificate_ready_status{{{_IN}, condition="False"}} == 1)'
            " or vector(0)",
        ),
        line("Health of Ceph", _sum("ceph_health_status", "cluster"), _CLUSTER),
        line(
            "Ceph in use",
            f"{_sum('ceph_cluster_total_used_bytes', 'cluster')}"
            f" / {_sum('ceph_cluster_total_bytes', 'cluster')}",
            _CLUSTER,
            "percentunit",
        ),
        line("Alerts by severity", f"count by (severity) (ALERTS{{{_IN}}})", "{{severity}}"),
        line(
            "Next expiry of a certificate",
            f"min by (cluster) (certmanager_certificate_expiration_timestamp_seconds{{{_IN}}})"
            " - time()",
            _CLUSTER,
            "s",
        ),
        table("Alerts", f"ALERTS{{{_IN}}}"),
    ],
    [_CLUSTERS],
)
