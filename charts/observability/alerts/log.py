"""Alerts on logs and traces, for problems without a metric."""

from kubestrata import Duration
from kubestrata.constructs.observability import Alert, RuleGroup

# Fields of Vector; their names need quotes.
_CONTAINER = '"kubernetes.container_name"'
_NAMESPACE = '"kubernetes.pod_namespace"'
_POD = '"kubernetes.pod_name"'


def _shown(field: str) -> str:
    """Return the value of a field, in a template."""
    return f"{{{{ index $labels {field} }}}}"


GROUPS = (
    RuleGroup(
        "logs",
        [
            Alert(
                name="LogErrorsSurge",
                expression=(
                    f"_time:5m level:error | stats by ({_NAMESPACE}, {_CONTAINER})"
                    " count() as errors | filter errors:>500"
                ),
                for_=Duration("10m"),
                severity="warning",
                summary=f"{_shown(_CONTAINER)} in {_shown(_NAMESPACE)} logs errors by the hundred",
                description="{{ $value }} lines of level error within five minutes.",
            ),
            Alert(
                name="ProcessOutOfMemory",
                expression=(
                    '_time:5m ("OutOfMemoryError" or "fatal error: out of memory")'
                    f" | stats by ({_NAMESPACE}, {_POD}) count() as lines | filter lines:>0"
                ),
                severity="critical",
                summary=f"{_shown(_NAMESPACE)}/{_shown(_POD)} ran out of memory",
            ),
            Alert(
                name="CertificateRefused",
                expression=(
                    '_time:10m ("x509: certificate" or "certificate verify failed")'
                    f" | stats by ({_NAMESPACE}, {_CONTAINER}) count() as lines"
                    " | filter lines:>20"
                ),
                for_=Duration("10m"),
                severity="warning",
                summary=f"{_shown(_CONTAINER)} in {_shown(_NAMESPACE)} refuses a certificate",
            ),
            Alert(
                name="LoggenServerErrors",
                expression=(
                    f'_time:10m {_CONTAINER}:="loggen" "log.status":~"^5[0-9][0-9]$"'
                    f" | stats by ({_POD}) count() as lines | filter lines:>100"
                ),
                severity="warning",
                summary=f"{_shown(_POD)} logs server errors",
                description="{{ $value }} lines within ten minutes.",
            ),
        ],
        interval=Duration("1m"),
        language="logs",
    ),
)

TRACES = (
    RuleGroup(
        "traces",
        [
            Alert(
                name="SpansFail",
                expression=(
                    '_time:5m status_code:=2 | stats by ("resource_attr:service.name")'
                    " count() as failed | filter failed:>100"
                ),
                for_=Duration("10m"),
                severity="warning",
                summary='{{ index $labels "resource_attr:service.name" }} fails in its traces',
                description="{{ $value }} spans with an error within five minutes.",
            ),
            Alert(
                name="SpansSlow",
                expression=(
                    '_time:5m parent_span_id:="" | stats by ("resource_attr:service.name")'
                    " quantile(0.95, duration) as nanoseconds | filter nanoseconds:>2000000000"
                ),
                for_=Duration("15m"),
                severity="info",
                summary='{{ index $labels "resource_attr:service.name" }} takes over two seconds',
            ),
        ],
        interval=Duration("1m"),
        language="logs",
    ),
)
