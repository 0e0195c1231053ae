"""Alerts on the central store of metrics itself."""

from charts.observability.alerts.condition import critical, down, group, info, rate, warning
from charts.observability.central_metrics import NAME
from kubestrata.constructs.observability import Alert

_STORAGE, _SELECT = f'job="vmstorage-{NAME}"', f'job="vmselect-{NAME}"'
_INSERT, _ALERT = f'job="vminsert-{NAME}"', f'job="vmalert-{NAME}"'
_GRAFANA = f'job="{NAME}-grafana"'
_CLUSTER = f'job=~"vm(storage|select|insert)-{NAME}"'
_USED = f"sum by (cluster, instance) (vm_data_size_bytes{{{_STORAGE}}})"
_FREE = f"sum by (cluster, instance) (vm_free_disk_space_bytes{{{_STORAGE}}})"
_SHARE = f"{_FREE} / ({_FREE} + {_USED})"
_DEDUPLICATED = f"sum by (cluster) (rate(vm_deduplicated_samples_total{{{_STORAGE}}}[1h]))"
_INSERTED = f"sum by (cluster) (rate(vm_rows_inserted_total{{{_INSERT}}}[1h]))"
_PARTS = {
    "VMStorage": "vmstorage-",
    "VMSelect": "vmselect-",
    "VMInsert": "vminsert-",
    "VMAuth": "vmauth-",
    "VMAlert": "vmalert-",
    "Alertmanager": "vmalertmanager-",
}


def _requests(selector: str) -> str:
    return rate(f"vm_http_requests_total{{{selector}}}", by="cluster")


def _slowest(selector: str, quantile: str) -> str:
    """Return the time of requests, which the parts publish for quantiles of their own choice."""
    labels = f'{selector}, quantile="{quantile}"'
    return f"max by (cluster, path) (vm_request_duration_seconds{{{labels}}})"


_DOWN = [
    critical(f"{name}Down", down(f'job="{job}{NAME}"'), "2m", "{{ $labels.pod }} is down")
    for name, job in _PARTS.items()
]
_LOAD: list[Alert] = [
    warning(
        "VMStorageHighMemoryUsage",
        f"process_resident_memory_bytes{{{_STORAGE}}}"
        f" / vm_available_memory_bytes{{{_STORAGE}}} * 100 > 80",
        "5m",
        "{{ $labels.pod }} uses {{ $value }} % of its memory",
    ),
    warning(
        "VMStorageDiskSpaceHigh",
        f"(1 - {_SHARE}) * 100 > 85",
        "10m",
        "{{ $labels.instance }} uses {{ $value }} % of its disk",
    ),
    warning(
        "VMSelectHighRequestRate",
        f"{_requests(_SELECT)} > 100",
        "5m",
        "vmselect has {{ $value }} requests per second",
    ),
    warning(
        "VMInsertHighRequestRate",
        f"{_requests(_INSERT)} > 1000",
        "5m",
        "vminsert has {{ $value }} requests per second",
    ),
    # The nearest of the published quantiles to 0.95.
    warning(
        "VMInsertSlowRequests",
        f"{_slowest(_INSERT, '0.97')} > 0.1",
        "5m",
        "vminsert is slow at {{ $labels.path }}",
    ),
    warning(
        "VMAlertRuleEvaluationErrors",
        f"{rate(f'vmalert_execution_errors_total{{{_ALERT}}}', by='cluster')} > 0",
        "2m",
        "vmalert cannot evaluate rules",
    ),
    warning(
        "AlertmanagerNotificationFailures",
        f"{rate('alertmanager_notifications_failed_total', by='cluster, integration')} > 0.1",
        "5m",
        "notifications by {{ $labels.integration }} fail",
    ),
    warning(
        "GrafanaHighMemoryUsage",
        f"process_resident_memory_bytes{{{_GRAFANA}}} > 500e6",
        "10m",
        "Grafana uses {{ $value }} bytes",
    ),
]
_STORE: list[Alert] = [
    critical(
        "VictoriaMetricsClusterDegraded",
        f"sum by (cluster) (up{{{_CLUSTER}}}) / count by (cluster) (up{{{_CLUSTER}}}) < 0.8",
        "5m",
        "{{ $value | humanizePercentage }} of the store's pods are up",
    ),
    warning(
        "VictoriaMetricsDataIngestionStalled",
        f"sum by (cluster) (increase(vm_rows_inserted_total{{{_INSERT}}}[10m])) == 0",
        "15m",
        "no samples arrive",
    ),
    warning(
        "VMStorageCapacityWarning",
        f"{_SHARE} < 0.2",
        "30m",
        "{{ $labels.instance }} has less than 20 % of its disk free",
    ),
    critical(
        "VMStorageCapacityCritical",
        f"{_SHARE} < 0.1",
        "15m",
        "{{ $labels.instance }} has less than 10 % of its disk free",
    ),
    warning(
        "VMHighCardinality",
        f'sum by (cluster) (vm_cache_entries{{{_STORAGE}, type="storage/tsid"}}) > 10e6',
        "15m",
        "{{ $value }} series are active",
    ),
    warning(
        "VMSelectSlowQueries",
        f"{_slowest(_SELECT, '0.99')} > 10",
        "5m",
        "queries at {{ $labels.path }} take {{ $value }} s",
    ),
    warning(
        "VMSelectQueryQueueFull",
        f"vm_concurrent_select_current{{{_SELECT}}} >= vm_concurrent_select_capacity{{{_SELECT}}}",
        "5m",
        "{{ $labels.pod }} lets queries wait",
    ),
    info(
        "VMDeduplicationIneffective",
        f"{_DEDUPLICATED} / {_INSERTED} < 0.01",
        "1h",
        "hardly any sample arrives twice: one vmagent of each pair may be down",
    ),
]

VMCLUSTER = (
    group(
        "victoria-metrics-vmcluster.rules",
        [*_DOWN, critical("GrafanaDown", down(_GRAFANA), "2m", "Grafana is down"), *_LOAD, *_STORE],
    ),
)
