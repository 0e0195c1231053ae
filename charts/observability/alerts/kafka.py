"""Alerts on Strimzi, and on the brokers of Kafka."""

from charts.observability.alerts.condition import (
    critical,
    down,
    fewer_available,
    group,
    high,
    memory_over,
    quantile,
    rate,
    restarts,
    warning,
)

_HOME = 'namespace="strimzi-operator-system"'
_POD = f'{_HOME}, pod=~"strimzi-cluster-operator-.*"'
_APPS = 'cluster="apps"'
_BY = "cluster, namespace, pod"
_THROTTLED = rate(f"container_cpu_cfs_throttled_periods_total{{{_POD}}}", by=_BY)
_PERIODS = rate(f"container_cpu_cfs_periods_total{{{_POD}}}", by=_BY)
_HEAP = f'{_APPS}, namespace="messaging", area="heap"'

STRIMZI = (
    group(
        "strimzi.operator.availability",
        [
            critical("StrimziOperatorDown", down(_POD), "5m", "{{ $labels.pod }} is down"),
            warning(
                "StrimziOperatorHighRestarts",
                restarts("15m", _POD) + " > 0.1",
                "5m",
                "{{ $labels.pod }} restarts",
            ),
            warning(
                "StrimziOperatorNotHighlyAvailable",
                fewer_available(2, f'{_HOME}, deployment="strimzi-cluster-operator"'),
                "15m",
                "only {{ $value }} pods of Strimzi are available",
            ),
        ],
    ),
    group(
        "strimzi.operator.reconciliation",
        [
            warning(
                "StrimziReconciliationErrors",
                rate("strimzi_reconciliations_failed_total", by="cluster, kind") + " > 0.1",
                "15m",
                "Strimzi cannot reconcile {{ $labels.kind }}",
            ),
            warning(
                "StrimziSlowReconciliation",
                quantile(0.99, "strimzi_reconciliations_duration_seconds", by="cluster, kind")
                + " > 300",
                "15m",
                "Strimzi reconciles {{ $labels.kind }} in {{ $value }} s",
            ),
        ],
    ),
    group(
        "strimzi.operator.resources",
        [
            warning(
                "StrimziOperatorHighMemoryUsage",
                memory_over(0.9, _POD),
                "10m",
                "{{ $labels.pod }} is near its memory limit",
            ),
            warning(
                "StrimziOperatorHighCPUThrottling",
                f"{_THROTTLED} / {_PERIODS} > 0.5",
                "10m",
                "{{ $labels.pod }} waits for its processor",
            ),
        ],
    ),
    group(
        "strimzi.operator.crds",
        [
            warning(
                "StrimziCRDValidationErrors",
                rate("strimzi_reconciliations_failed_total", by="cluster, kind, namespace")
                + " > 0",
                "10m",
                "Strimzi refuses a {{ $labels.kind }} in {{ $labels.namespace }}",
            )
        ],
    ),
)

KAFKA = (
    group(
        "kafka.availability",
        [
            critical(
                "KafkaBrokerDown",
                f"kafka_server_replicamanager_leadercount{{{_APPS}}} == 0",
                "5m",
                "{{ $labels.pod }} leads no partition",
            ),
            high(
                "KafkaUnderReplicatedPartitions",
                f"kafka_server_replicamanager_underreplicatedpartitions{{{_APPS}}} > 0",
                "15m",
                "{{ $labels.pod }} has {{ $value }} partitions with too few copies",
            ),
            critical(
                "KafkaOfflinePartitions",
                f"kafka_controller_kafkacontroller_offlinepartitionscount{{{_APPS}}} > 0",
                "5m",
                "{{ $value }} partitions are offline",
            ),
            warning(
                "KafkaISRShrinkRateHigh",
                rate(f"kafka_server_replicamanager_isrshrinks_total{{{_APPS}}}", by=_BY) + " > 0",
                "15m",
                "replicas of {{ $labels.pod }} fall behind",
            ),
        ],
    ),
    group(
        "kafka.storage",
        [
            warning(
                "KafkaDiskUsageHigh",
                f"sum by ({_BY}) (kafka_log_log_size{{{_APPS}}}) > 80e9",
                "30m",
                "{{ $labels.pod }} keeps {{ $value }} bytes",
            )
        ],
    ),
    group(
        "kafka.consumers",
        [
            warning(
                "KafkaConsumerGroupLagHigh",
                "sum by (cluster, consumergroup, topic)"
                f" (kafka_consumergroup_lag{{{_APPS}}}) > 10000",
                "15m",
                "{{ $labels.consumergroup }} is {{ $value }} messages behind",
            )
        ],
    ),
    group(
        "kafka.performance",
        [
            warning(
                "KafkaRequestHandlerIdleLow",
                "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent"
                f"{{{_APPS}}} < 0.2",
                "30m",
                "the request threads of {{ $labels.pod }} are busy",
            ),
            warning(
                "KafkaNetworkHandlerIdleLow",
                f"kafka_network_socketserver_networkprocessoravgidle_percent{{{_APPS}}} < 0.2",
                "30m",
                "the network threads of {{ $labels.pod }} are busy",
            ),
        ],
    ),
    group(
        "kafka.controller",
        [
            critical(
                "KafkaNoActiveController",
                "sum by (cluster)"
                f" (kafka_controller_kafkacontroller_activecontrollercount{{{_APPS}}}) < 1",
                "5m",
                "Kafka has no active controller",
            ),
            high(
                "KafkaLeaderElectionRateHigh",
                rate(
                    "kafka_controller_controllerstats_leaderelectionrateandtimems_count"
                    f"{{{_APPS}}}",
                    by="cluster",
                )
                + " > 0.1",
                "15m",
                "leaders of partitions change {{ $value }} times per second",
            ),
        ],
    ),
    group(
        "kafka.jvm",
        [
            high(
                "KafkaBrokerHeapUsageHigh",
                f"jvm_memory_used_bytes{{{_HEAP}}} / jvm_memory_max_bytes{{{_HEAP}}} > 0.9",
                "15m",
                "{{ $labels.pod }} uses most of its heap",
            ),
            # Seconds of collection within a second.
            warning(
                "KafkaBrokerGCTimeHigh",
                rate(f'jvm_gc_collection_seconds_sum{{{_APPS}, namespace="messaging"}}', by=_BY)
                + " > 0.1",
                "15m",
                "{{ $labels.pod }} spends its time on collecting memory",
            ),
        ],
    ),
)
