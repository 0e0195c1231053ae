"""Kafka, with an example of a topic and of a user."""

from kubeapis import k8s
from kubestrata import Cluster, Component, Duration, Quantity, Reconcile, Reference
from kubestrata.constructs.data import (
    JmxMetrics,
    Kafka,
    KafkaExporter,
    KafkaHeap,
    KafkaRight,
    KafkaSpec,
    KafkaTopic,
    KafkaTopicSpec,
    KafkaUser,
)
from kubestrata.constructs.scaling import PodResources

_NAME = "kafka-cluster"
_RULES_KEY = "kafka-metrics-config.yml"
_OPERATORS = PodResources.of("100m", "128Mi", "500m", "512Mi")


class KafkaCluster(Component):
    """Three brokers that are controllers too, with and without TLS, and the exporter of lags.

    Metrics are those of the JVM, by the rules of the ConfigMap `kafka-metrics`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, storage_class: Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        rules = k8s.ConfigMap(self, "kafka-metrics", data={_RULES_KEY: _RULES})
        self.kafka = Kafka(
            self,
            _NAME,
            spec=KafkaSpec(
                brokers=3,
                pool="controller-broker",
                version="4.1.0",
                resources=PodResources.of("1", "2Gi", "2", "4Gi"),
                heap=KafkaHeap(least="1024m", most="2048m"),
                storage=Quantity("100Gi"),
                storage_class=storage_class.name,
                plain_port=9092,
                authentication="scram-sha-512",
                operators=_OPERATORS,
                exporter=KafkaExporter(resources=PodResources.of("100m", "64Mi", "500m", "128Mi")),
                jmx=JmxMetrics(config_map=rules.name, key=_RULES_KEY),
                # All nodes are in one zone.
                rack=None,
                anti_affinity="preferred",
                user=1000,
                config=_CONFIG,
                # The rules of the platform name other thresholds.
                monitoring=False,
            ),
        )


class KafkaExample(Component):
    """The topic `test-topic`, and the user `test-user` who may write and read it."""

    def __init__(self, scope: Cluster, *, namespace: Reference, kafka: Kafka) -> None:
        super().__init__(scope, "kafka-example", layer="tooling", namespace=namespace)
        topic = KafkaTopicSpec(
            partitions=3,
            replicas=3,
            config={
                "retention.ms": 7 * 24 * 3600 * 1000,
                "compression.type": "lz4",
                "min.insync.replicas": 2,
                "segment.bytes": 1024**3,
                "segment.ms": 24 * 3600 * 1000,
                "max.message.bytes": 1024**2,
            },
        )
        self.topic = KafkaTopic(self, "test-topic", cluster=kafka, spec=topic)
        self.user = KafkaUser(
            self,
            "test-user",
            cluster=kafka,
            rights=[
                KafkaRight(name="test-topic", operations=["Write", "Create", "Read", "Describe"]),
                KafkaRight(
                    type="group", name="test-consumer-group", operations=["Read", "Describe"]
                ),
            ],
        )


_CONFIG: dict[str, str | int | bool] = {
    "compression.type": "producer",
    "controller.quorum.election.timeout.ms": 1000,
    "controller.quorum.fetch.timeout.ms": 2000,
    "log.retention.bytes": 1024**3,
    "log.retention.check.interval.ms": 300000,
    "log.retention.hours": 168,
    "log.segment.bytes": 1024**3,
    "num.io.threads": 16,
    "num.network.threads": 8,
    "replica.fetch.max.bytes": 1024**2,
    "replica.lag.time.max.ms": 30000,
    "replica.socket.timeout.ms": 30000,
    "socket.receive.buffer.bytes": 102400,
    "socket.request.max.bytes": 104857600,
    "socket.send.buffer.bytes": 102400,
}
# Beans of brokers, controllers, requests, logs and partitions; the exporter adds those of the JVM.
# The first rule that matches a bean names it: those with labels come before those without.
_RULES = r"""lowercaseOutputName: true
rules:
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+)Percent><>(OneMinuteRate|Value)
  name: kafka_$1_$2_$3_percent
  type: GAUGE
- pattern: kafka.server<type=(.+), name=(.+), clientId=(.+), topic=(.+), partition=(.+)><>Value
  name: kafka_server_$1_$2
  type: GAUGE
  labels:
    clientId: "$3"
    topic: "$4"
    partition: "$5"
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+), topic=([^,]+), partition=([^,]+)><>Value
  name: kafka_$1_$2_$3
  type: GAUGE
  labels:
    topic: "$4"
    partition: "$5"
- pattern: kafka.network<type=RequestMetrics, name=([^,]+), request=([^,]+)><>(\d+)thPercentile
  name: kafka_network_requestmetrics_$1
  type: GAUGE
  labels:
    request: "$2"
    quantile: "0.$3"
- pattern: kafka.network<type=RequestMetrics, name=([^,]+), request=([^,]+)><>Count
  name: kafka_network_requestmetrics_$1_total
  type: COUNTER
  labels:
    request: "$2"
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+)PerSec, topic=([^,]+)><>Count
  name: kafka_$1_$2_$3_total
  type: COUNTER
  labels:
    topic: "$4"
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+)PerSec><>Count
  name: kafka_$1_$2_$3_total
  type: COUNTER
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+)><>Count
  name: kafka_$1_$2_$3_count
  type: COUNTER
- pattern: kafka.(\w+)<type=([^,]+), name=([^,]+)><>Value
  name: kafka_$1_$2_$3
  type: GAUGE
"""
