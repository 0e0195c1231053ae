"""Alerts on logs and traces, for problems without a metric."""

from kubestrata import Duration
from kubestrata.constructs.observability import Alert, RuleGroup

GROUPS = (
    RuleGroup(
        "logs",
        [
            Alert(
                name="LogErrorsSurge",
                expression=(
                    "_time:5m level:error | stats by (namespace, app) count() as errors"
                    " | filter errors:>500"
                ),
                for_=Duration("10m"),
                severity="warning",
                summary="{{ $labels.app }} in {{ $labels.namespace }} logs errors by the hundred",
                description="{{ $value }} lines of level error within five minutes.",
            ),
            Alert(
                name="ProcessOutOfMemory",
                expression=(
                    '_time:5m ("OutOfMemoryError" or "fatal error: out of memory")'
                    " | stats by (namespace, pod) count() as lines | filter lines:>0"
                ),
                severity="critical",
                summary="{{ $labels.namespace }}/{{ $labels.pod }} ran out of memory",
            ),
            Alert(
                name="CertificateRefused",
                expression=(
                    '_time:10m ("x509: certificate" or "certificate verify failed")'
                    " | stats by (namespace, app) count() as lines | filter lines:>20"
                ),
                for_=Duration("10m"),
                severity="warning",
                summary="{{ $labels.app }} in {{ $labels.namespace }} refuses a certificate",
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
