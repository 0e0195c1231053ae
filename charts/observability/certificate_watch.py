"""Monitoring of certificates: metrics of cert-manager, and an alert before one expires."""

from kubestrata import Cluster, Component, Duration, Reference
from kubestrata.constructs import Pods
from kubestrata.constructs.observability import Alert, AlertRules, RuleGroup, Scrape

_EXPIRY = "certmanager_certificate_expiration_timestamp_seconds"
_RULES = RuleGroup(
    "certificates",
    [
        Alert(
            name="CertManagerCertExpirySoon",
            expression=f"{_EXPIRY} > 0 and {_EXPIRY} - time() < 604800",
            for_=Duration("1h"),
            severity="warning",
            summary="Certificate {{ $labels.exported_namespace }}/{{ $labels.name }} expires soon",
            description="Less than seven days are left: its renewal should have happened by now.",
        )
    ],
)


class CertificateWatch(Component):
    """A scrape of cert-manager's controller, and its alert, applied once their CRDs exist.

    `pods` are the controller's. cert-manager's own chart is installed before these CRDs.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, pods: Pods) -> None:
        super().__init__(
            scope, "certificate-monitoring", layer="observability", namespace=namespace
        )
        Scrape(self, "cert-manager", pods=pods, port="http-metrics")
        AlertRules(self, "certificates", groups=[_RULES])
