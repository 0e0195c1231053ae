"""The dashboard of Harbor, from the metrics of its services."""

from charts.observability.boards.board import Board, Panel, Query, heading, line, number

_OURS = 'service=~"harbor-.*"'
_POD = "{{service}} {{pod}}"


def _percentile(metric: str, labels: str, window: str = "5m") -> str:
    """Return the 90th percentile of a histogram."""
    return f"histogram_quantile(0.9, sum by ({labels}, le) (rate({metric}_bucket[{window}])))"


_INFO = (
    heading("Info"),
    Panel(
        "Components",
        [Query("harbor_up", "{{component}}")],
        kind="state-timeline",
        width=12,
    ),
    Panel(
        "Storage of projects",
        [Query("harbor_project_quota_usage_byte", "{{project_name}}")],
        unit="bytes",
        kind="piechart",
        width=12,
    ),
    number("Members", "sum(harbor_project_member_total)"),
    number("Repositories", "sum(harbor_project_repo_total)"),
    number("Artifacts pulled", "sum(harbor_artifact_pulled)"),
)
_CORE = (
    heading("Core"),
    line(
        "Requests",
        "sum by (operation, code) (rate(harbor_core_http_request_total[5m]))",
        "{{operation}} {{code}}",
        "reqps",
    ),
    line(
        "Duration of requests, 90th percentile",
        'harbor_core_http_request_duration_seconds{quantile="0.9"}',
        "{{operation}}",
        "s",
    ),
    line("Requests in flight", "sum(harbor_core_http_inflight_requests)"),
)
_GENERAL = (
    heading("General"),
    line("Open files", f"process_open_fds{{{_OURS}}}", _POD),
    line("CPU", f"rate(process_cpu_seconds_total{{{_OURS}}}[5m])", _POD),
    line("Threads", f"go_threads{{{_OURS}}}", _POD),
    line("Goroutines", f"go_goroutines{{{_OURS}}}", _POD),
    line("Objects on the heap", f"go_memstats_heap_objects{{{_OURS}}}", _POD),
    line("Memory allocated", f"go_memstats_alloc_bytes{{{_OURS}}}", _POD, "bytes"),
    line("Heap at the next collection", f"go_memstats_next_gc_bytes{{{_OURS}}}", _POD, "bytes"),
    *(
        line(
            f"Garbage collection, quantile {each}",
            f'go_gc_duration_seconds{{{_OURS}, quantile="{each}"}}',
            _POD,
            "s",
        )
        for each in ("0.25", "0.5", "0.75")
    ),
)
_JOBS = (
    heading("Job service"),
    line("Latency of the queue", "harbor_task_queue_latency", "{{type}}", "s"),
    line("Concurrency", "harbor_task_concurrency", "{{type}}"),
    line("Size of the queue", "harbor_task_queue_size", "{{type}}"),
    line("Tasks scheduled", "sum(rate(harbor_task_scheduled_total[5m]))", unit="ops"),
    line("Tasks scheduled, in total", "sum(harbor_task_scheduled_total)"),
)
_REGISTRY = (
    heading("Registry"),
    line(
        "Requests in flight", "sum by (handler) (registry_http_in_flight_requests)", "{{handler}}"
    ),
    line(
        "Requests",
        "sum by (handler, code) (rate(registry_http_requests_total[5m]))",
        "{{handler}} {{code}}",
        "reqps",
    ),
    line(
        "Duration of requests, 90th percentile",
        _percentile("registry_http_request_duration_seconds", "handler"),
        "{{handler}}",
        "s",
    ),
    line(
        "Size of requests, 90th percentile",
        _percentile("registry_http_request_size_bytes", "handler", "10m"),
        "{{handler}}",
        "bytes",
    ),
    line(
        "Size of responses, 90th percentile",
        _percentile("registry_http_response_size_bytes", "handler", "10m"),
        "{{handler}}",
        "bytes",
    ),
)
HARBOR = Board(
    uid="iRBnfkZhQ",
    title="Harbor",
    panels=[*_INFO, *_CORE, *_GENERAL, *_JOBS, *_REGISTRY],
    refresh="10s",
    since="now-1h",
    alias="harbor-dashboard",
)
"""The dashboard, with its data source as a variable."""
