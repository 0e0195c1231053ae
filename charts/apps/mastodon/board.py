"""The dashboard of Mastodon: requests, jobs, streaming and Ruby's memory."""

from charts.observability.boards.board import Board, Panel, Query, line, number

_RATE = "$__rate_interval"


def _of(name: str) -> str:
    """Return a metric of the Ruby exporter, which has no prefix if it runs in the process."""
    return f'{{__name__=~"(ruby_)?{name}", namespace="mastodon"}}'


def _quantiles(name: str) -> Panel:
    metric = _of(f"{name}_bucket")
    queries = [
        Query(
            f"histogram_quantile({quantile}, sum by (le) (rate({metric}[{_RATE}])))",
            f"p{int(quantile * 100)}",
        )
        for quantile in (0.5, 0.95, 0.99)
    ]
    words = name.removesuffix("_seconds").replace("_", " ").replace("http ", "")
    return Panel(words.capitalize(), queries, "s")


_POOL = "active_record_connection_pool"
MASTODON = Board(
    "mastodon",
    "Mastodon",
    [
        number("Requests", f"sum(rate({_of('http_requests_total')}[{_RATE}]))", "reqps"),
        number("Backlog of Puma", f"max({_of('puma_request_backlog')})"),
        number("Jobs in queues", f"sum({_of('sidekiq_queue_backlog')})"),
        number("Streaming clients", 'sum({__name__=~"(mastodon_streaming_)?connected_clients"})'),
        line(
            "Requests by status",
            f"sum by (status) (rate({_of('http_requests_total')}[{_RATE}]))",
            "{{status}}",
            "reqps",
        ),
        _quantiles("http_request_duration_seconds"),
        _quantiles("http_request_queue_duration_seconds"),
        line("Backlog of Puma", f"max by (pod) ({_of('puma_request_backlog')})", "{{pod}}"),
        Panel(
            "Connections to the database",
            [
                Query(f"sum by (pod) ({_of(f'{_POOL}_size')})", "{{pod}} size"),
                Query(f"sum by (pod) ({_of(f'{_POOL}_busy')})", "{{pod}} busy"),
                Query(f"sum by (pod) ({_of(f'{_POOL}_waiting')})", "{{pod}} waiting"),
            ],
        ),
        line(
            "Latency of queues",
            f"max by (queue) ({_of('sidekiq_queue_latency_seconds')})",
            "{{queue}}",
            "s",
        ),
        line(
            "Jobs in queues",
            f"max by (queue) ({_of('sidekiq_queue_backlog')})",
            "{{queue}}",
        ),
        line(
            "Streaming clients",
            'sum by (type) ({__name__=~"(mastodon_streaming_)?connected_clients"})',
            "{{type}}",
        ),
        line("Live slots of Ruby's heap", f"sum by (pod) ({_of('heap_live_slots')})", "{{pod}}"),
        line("Free slots of Ruby's heap", f"sum by (pod) ({_of('heap_free_slots')})", "{{pod}}"),
    ],
)
