"""Alerts on DNS inside of the clusters, on the tunnel, and on published names."""

from charts.observability.alerts.condition import (
    absent,
    critical,
    down,
    group,
    quantile,
    rate,
    warning,
)
from kubestrata.constructs.observability import RuleGroup

_DNS = 'job="kube-system/coredns"'

COREDNS = (
    group(
        "coredns",
        [
            critical("CoreDNSAbsent", absent(_DNS), "5m", "CoreDNS sends no metrics"),
            critical("CoreDNSDown", down(_DNS), "5m", "{{ $labels.pod }} is down"),
            warning(
                "CoreDNSHighErrorRate",
                rate('coredns_dns_responses_total{rcode="SERVFAIL"}', by="cluster") + " > 0.05",
                "10m",
                "CoreDNS fails {{ $value }} queries per second",
            ),
            warning(
                "CoreDNSLatencyHigh",
                quantile(0.99, "coredns_dns_request_duration_seconds", by="cluster") + " > 1",
                "10m",
                "one of 100 DNS queries takes {{ $value }} s",
            ),
        ],
    ),
)

CLOUDFLARED = (
    group(
        "cloudflared.rules",
        [
            warning(
                "CloudflaredNotReady",
                down('job="networking/cloudflared"'),
                "5m",
                "{{ $labels.pod }} does not answer",
            )
        ],
    ),
)


def _published(name: str, alert: str) -> tuple[RuleGroup]:
    synced = f'external_dns_controller_last_sync_timestamp_seconds{{job="networking/{name}"}}'
    summary = f"{name} has not synced for {{{{ $value }}}} s"
    return (group(f"{name}.rules", [critical(alert, f"time() - {synced} > 60", "5m", summary)]),)


EXTERNAL_DNS_CLOUDFLARE = _published("external-dns-cloudflare", "ExternalDNSCloudflareStale")
EXTERNAL_DNS_RFC2136 = _published("external-dns-rfc2136", "ExternalDNSRFC2136Stale")
