"""Parts of alerts: their groups, and conditions that several of them have."""

from collections.abc import Sequence
from typing import Literal

from kubestrata import Duration
from kubestrata.constructs.observability import Alert, RuleGroup

Severity = Literal["info", "warning", "high", "critical"]
_INTERVAL = "30s"
_CONTAINER = "cluster, namespace, pod, container"


def group(name: str, alerts: Sequence[Alert], *, interval: str = _INTERVAL) -> RuleGroup:
    """Return a group that is evaluated every 30 seconds, or at another interval."""
    return RuleGroup(name, list(alerts), interval=Duration(interval))


def critical(name: str, expression: str, hold: str, summary: str) -> Alert:
    """Return an alert that needs attention now; `hold` is how long it must be true."""
    return _alert(name, expression, hold, summary, "critical")


def high(name: str, expression: str, hold: str, summary: str) -> Alert:
    """Return an alert that needs attention today."""
    return _alert(name, expression, hold, summary, "high")


def warning(name: str, expression: str, hold: str, summary: str) -> Alert:
    """Return an alert that needs attention soon."""
    return _alert(name, expression, hold, summary, "warning")


def info(name: str, expression: str, hold: str, summary: str) -> Alert:
    """Return an alert that is shown only."""
    return _alert(name, expression, hold, summary, "info")


def _alert(name: str, expression: str, hold: str, summary: str, severity: Severity) -> Alert:
    return Alert(
        name=name,
        expression=expression,
        for_=Duration(hold),
        severity=severity,
        summary=f"{{{{ $labels.cluster }}}}: {summary}",
    )


def down(selector: str) -> str:
    """Return the condition that a target was not scraped."""
    return f"up{{{selector}}} == 0"


def absent(selector: str) -> str:
    """Return the condition that a cluster sends metrics, but none of a target."""
    return f"count by (cluster) (up) unless on (cluster) up{{{selector}}}"


def memory_over(share: float, selector: str) -> str:
    """Return the condition that a container uses more than a share of its limit."""
    used = f'container_memory_working_set_bytes{{{selector}, container!=""}}'
    limit = f'kube_pod_container_resource_limits{{{selector}, resource="memory"}}'
    return (
        f"max by ({_CONTAINER}) ({used}) / on ({_CONTAINER})"
        f" max by ({_CONTAINER}) ({limit}) > {share}"
    )


def fewer_available(least: int, selector: str) -> str:
    """Return the condition that a Deployment has fewer pods available than `least`."""
    return f"kube_deployment_status_replicas_available{{{selector}}} < {least}"


def restarts(window: str, selector: str) -> str:
    """Return how often containers started again within a window."""
    return f"increase(kube_pod_container_status_restarts_total{{{selector}}}[{window}])"


def rate(metric: str, *, by: str, window: str = "5m") -> str:
    """Return the rate of a counter per second, summed by labels."""
    return f"sum by ({by}) (rate({metric}[{window}]))"


def quantile(share: float, metric: str, *, by: str) -> str:
    """Return a quantile of a histogram over five minutes; `metric` may have a selector."""
    name, brace, selector = metric.partition("{")
    return f"histogram_quantile({share}, {rate(f'{name}_bucket{brace}{selector}', by=f'{by}, le')})"


def volume_over(share: float, selector: str) -> str:
    """Return the condition that more than a share of a claim's volume is used."""
    used, size = "kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"
    return f"{used}{{{selector}}} / {size}{{{selector}}} > {share}"
