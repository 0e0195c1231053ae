"""Alerts on certificates, and on Secrets that are fetched from a store."""

from charts.observability.alerts.condition import absent, critical, down, group, rate, warning

_CERTIFICATE = "certificate {{ $labels.exported_namespace }}/{{ $labels.name }}"

CERT_MANAGER = (
    group(
        "cert-manager.rules",
        [
            critical(
                "CertManagerAbsent",
                absent('job="cert-manager/cert-manager"'),
                "5m",
                "cert-manager sends no metrics",
            ),
            warning(
                "CertificateExpiringSoon",
                "certmanager_certificate_expiration_timestamp_seconds - time() < 7 * 86400",
                "1h",
                f"{_CERTIFICATE} expires within seven days",
            ),
            warning(
                "CertificateNotReady",
                'certmanager_certificate_ready_status{condition="False"} == 1',
                "15m",
                f"{_CERTIFICATE} is not ready",
            ),
        ],
    ),
)

EXTERNAL_SECRETS = (
    group(
        "external-secrets.rules",
        [
            critical(
                "ExternalSecretsOperatorDown",
                down('namespace="external-secrets", job=~"external-secrets.*"'),
                "5m",
                "{{ $labels.pod }} is down",
            ),
            warning(
                "SecretSyncFailed",
                rate("externalsecret_sync_calls_error", by="cluster, exported_namespace, name")
                + " > 0",
                "10m",
                "{{ $labels.exported_namespace }}/{{ $labels.name }} cannot be fetched",
            ),
        ],
    ),
)
