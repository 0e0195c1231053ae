"""Alerts on Keycloak, Harbor, GitLab and the runners of GitHub Actions."""

from charts.observability.alerts.condition import (
    critical,
    down,
    fewer_available,
    group,
    info,
    quantile,
    rate,
    restarts,
    volume_over,
    warning,
)

_KEYCLOAK = 'namespace="keycloak-system"'
_KEYCLOAK_PODS = f'{_KEYCLOAK}, pod=~"keycloak-.*"'
_HEAP = f'{_KEYCLOAK}, area="heap"'
_USED = (
    f"sum by (cluster, pod) (jvm_memory_used_bytes{{{_HEAP}}})"
    f" / sum by (cluster, pod) (jvm_memory_max_bytes{{{_HEAP}}})"
)
_POOL = f"hikaricp_connections_active{{{_KEYCLOAK}}} / hikaricp_connections_max{{{_KEYCLOAK}}}"
_MONTH = "30 * 86400"
_EXPIRY = "certmanager_certificate_expiration_timestamp_seconds"


def _grew(metric: str, selector: str, most: int, window: str) -> str:
    """Return the condition that a counter grew by more than `most` within a window."""
    return f"sum by (cluster) (increase({metric}{{{selector}}}[{window}])) > {most}"


def _expiring(namespace: str) -> str:
    return f'{_EXPIRY}{{exported_namespace="{namespace}"}} - time() < {_MONTH}'


KEYCLOAK = (
    group(
        "keycloak.availability",
        [
            critical("KeycloakDown", down(_KEYCLOAK_PODS), "5m", "{{ $labels.pod }} is down"),
            warning(
                "KeycloakNotHighlyAvailable",
                f"sum by (cluster) (up{{{_KEYCLOAK_PODS}}}) < 2",
                "10m",
                "{{ $value }} pods of Keycloak are left",
            ),
        ],
    ),
    group(
        "keycloak.performance",
        [
            warning(
                "KeycloakHighErrorRate",
                rate("keycloak_failed_login_attempts", by="cluster, realm") + " > 10",
                "10m",
                "{{ $value }} logins per second fail in realm {{ $labels.realm }}",
            ),
            warning(
                "KeycloakHighResponseTime",
                quantile(0.99, f"http_server_requests_seconds{{{_KEYCLOAK}}}", by="cluster")
                + " > 5",
                "10m",
                "one of 100 requests to Keycloak takes {{ $value }} s",
            ),
        ],
    ),
    group(
        "keycloak.jvm",
        [
            warning(
                "KeycloakJVMMemoryHigh",
                f"{_USED} > 0.8",
                "10m",
                "{{ $labels.pod }} uses most of its heap",
            ),
            critical(
                "KeycloakJVMMemoryCritical",
                f"{_USED} > 0.9",
                "5m",
                "{{ $labels.pod }} uses nearly all of its heap",
            ),
            warning(
                "KeycloakJVMGCPressure",
                rate(f"jvm_gc_pause_seconds_count{{{_KEYCLOAK}}}", by="cluster, pod") + " > 5",
                "10m",
                "{{ $labels.pod }} collects memory {{ $value }} times per second",
            ),
        ],
    ),
    group(
        "keycloak.database",
        [
            warning(
                "KeycloakDatabaseConnectionsHigh",
                f"{_POOL} > 0.8",
                "10m",
                "{{ $labels.pod }} uses most of its connections to Postgres",
            ),
            critical(
                "KeycloakDatabaseConnectionsCritical",
                f"{_POOL} > 0.95",
                "5m",
                "{{ $labels.pod }} uses nearly all of its connections to Postgres",
            ),
        ],
    ),
    group(
        "keycloak.clustering",
        [
            warning(
                "KeycloakClusteringIssue",
                _grew("vendor_jgroups_failed_messages_total", _KEYCLOAK, 10, "5m"),
                "5m",
                "pods of Keycloak do not reach each other",
            )
        ],
    ),
)

_HARBOR = 'namespace="harbor"'
HARBOR = (
    group(
        "harbor.availability",
        [
            critical(
                "HarborCoreUnavailable",
                f'sum by (cluster) (up{{{_HARBOR}, pod=~"harbor-core-.*"}}) == 0',
                "5m",
                "no pod of Harbor's core is up",
            ),
            critical(
                "HarborRegistryUnavailable",
                f'sum by (cluster) (up{{{_HARBOR}, pod=~"harbor-registry-.*"}}) == 0',
                "5m",
                "no pod of Harbor's registry is up",
            ),
        ],
    ),
    group(
        "harbor.database",
        [
            critical(
                "HarborDatabaseConnectivityIssue",
                _grew("harbor_database_errors_total", _HARBOR, 10, "5m"),
                "5m",
                "Harbor does not reach Postgres",
            )
        ],
    ),
    group(
        "harbor.redis",
        [
            critical(
                "HarborRedisConnectivityIssue",
                _grew("harbor_redis_errors_total", _HARBOR, 10, "5m"),
                "5m",
                "Harbor does not reach Dragonfly",
            )
        ],
    ),
    group(
        "harbor.storage",
        [
            warning(
                "HarborStorageErrors",
                _grew("registry_storage_errors_total", _HARBOR, 50, "10m"),
                "10m",
                "the registry cannot use its bucket",
            )
        ],
    ),
    group(
        "harbor.scanning",
        [
            warning(
                "HarborTrivyScanFailures",
                _grew(
                    "harbor_task_queue_failures_total",
                    f'{_HARBOR}, type="IMAGE_SCAN"',
                    20,
                    "15m",
                ),
                "15m",
                "scans of images fail",
            )
        ],
    ),
    group(
        "harbor.performance",
        [
            warning(
                "HarborHighLatency",
                quantile(
                    0.95, f"harbor_core_http_request_duration_seconds{{{_HARBOR}}}", by="cluster"
                )
                + " > 5",
                "10m",
                "one of 20 requests to Harbor takes {{ $value }} s",
            )
        ],
    ),
    group(
        "harbor.certificates",
        [
            warning(
                "HarborCertificateExpiringSoon",
                _expiring("harbor"),
                "1h",
                "a certificate of Harbor expires within 30 days",
            )
        ],
        interval="1h",
    ),
)

_GITLAB = 'cluster="apps", namespace="gitlab-system"'
_REQUESTS = "http_requests_total"
_ALL = rate(f"{_REQUESTS}{{{_GITLAB}}}", by="cluster")
GITLAB = (
    group(
        "gitlab.availability",
        [
            critical(
                "GitLabWebUnavailable",
                fewer_available(1, f'{_GITLAB}, deployment=~"gitlab-webservice.*"'),
                "5m",
                "no pod of GitLab's web service is available",
            ),
            warning(
                "GitLabSidekiqQueueBacklog",
                f"sum by (cluster) (sidekiq_queue_size{{{_GITLAB}}}) > 1000",
                "15m",
                "{{ $value }} jobs of GitLab wait",
            ),
        ],
    ),
    group(
        "gitlab.dependencies",
        [
            critical(
                "GitLabDatabaseConnectivityIssue",
                _grew("gitlab_database_connection_errors_total", _GITLAB, 10, "5m"),
                "5m",
                "GitLab does not reach Postgres",
            ),
            critical(
                "GitLabRedisConnectivityIssue",
                _grew("gitlab_redis_client_exceptions_total", _GITLAB, 10, "5m"),
                "5m",
                "GitLab does not reach Dragonfly",
            ),
            warning(
                "GitLabS3Errors",
                _grew("gitlab_object_storage_errors_total", _GITLAB, 50, "10m"),
                "10m",
                "GitLab cannot use its buckets",
            ),
        ],
    ),
    group(
        "gitlab.security",
        [
            warning(
                "GitLabCertificateExpiringSoon",
                _expiring("gitlab-system"),
                "1h",
                "a certificate of GitLab expires within 30 days",
            )
        ],
    ),
    group(
        "gitlab.performance",
        [
            warning(
                "GitLabHighErrorRate",
                rate(f'{_REQUESTS}{{{_GITLAB}, status=~"5.."}}', by="cluster")
                + f" / {_ALL} > 0.05",
                "10m",
                "{{ $value | humanizePercentage }} of the requests to GitLab fail",
            ),
            warning(
                "GitLabLowSuccessRate",
                rate(f'{_REQUESTS}{{{_GITLAB}, status=~"2.."}}', by="cluster") + f" / {_ALL} < 0.9",
                "15m",
                "{{ $value | humanizePercentage }} of the requests to GitLab succeed",
            ),
        ],
    ),
)

_RUNNERS = 'cluster="apps", namespace="actions-runner-system"'
ARC = (
    group(
        "arc.controller",
        [
            critical(
                "ARCControllerDown",
                fewer_available(
                    1, f'{_RUNNERS}, deployment="actions-runner-controller-gha-rs-controller"'
                ),
                "5m",
                "the controller of the runners is not available",
            )
        ],
    ),
    group(
        "arc.runners",
        [
            critical(
                "ARCNoRunnersAvailable",
                "sum by (cluster) (arc_runner_registered_count) == 0",
                "5m",
                "no runner is registered",
            ),
            warning(
                "ARCJobBacklog",
                "sum by (cluster) (gha_assigned_jobs) - sum by (cluster) (gha_running_jobs) > 10",
                "10m",
                "{{ $value }} jobs wait for a runner",
            ),
            warning(
                "ARCSlowJobStartup",
                quantile(0.95, "gha_job_startup_duration_seconds", by="cluster") + " > 120",
                "10m",
                "one of 20 jobs starts after {{ $value }} s",
            ),
            warning(
                "ARCHighFailureRate",
                rate('gha_completed_jobs_total{job_result="failed"}', by="cluster") + " > 0.1",
                "5m",
                "{{ $value }} jobs per second fail",
            ),
            info(
                "ARCApproachingMaxRunners",
                "sum by (cluster) (gha_running_jobs) / sum by (cluster) (gha_max_runners) > 0.8",
                "10m",
                "most runners are busy",
            ),
        ],
    ),
    group(
        "arc.storage",
        [
            warning(
                "ARCStorageExhausted",
                volume_over(0.8, _RUNNERS),
                "15m",
                "{{ $labels.persistentvolumeclaim }} is nearly full",
            ),
            warning(
                "ARCDinDLivenessFailed",
                restarts("10m", f'{_RUNNERS}, container="dind"') + " > 2",
                "5m",
                "Docker restarts in {{ $labels.pod }}",
            ),
        ],
    ),
    group(
        "arc.listener",
        [
            critical(
                "ARCListenerDown",
                f'kube_pod_status_ready{{{_RUNNERS}, pod=~".*-listener", condition="true"}} == 0',
                "5m",
                "{{ $labels.pod }} is down",
            )
        ],
    ),
)
