"""Kafka, its topics and its users."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import strimzi
from kubestrata import Component
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
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.scaling import PodResources
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.patch import TypedPatch
from kubestrata.core.yaml_text import dump_all
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import world
from tests.small_platform import new_component


def test_minimal(manifests: SnapshotAssertion) -> None:
    shop, operators = world()
    Kafka(shop, "events")
    assert rendered(shop) == manifests
    assert faults(shop) == []
    assert faults(operators) == []


def test_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    spec = KafkaSpec(
        brokers=4,
        controllers=3,
        authentication="tls",
        config={"log.retention.hours": 24},
        priority="databases",
        monitoring=False,
    )
    events = Kafka(shop, "events", spec=spec)
    topic = KafkaTopicSpec(partitions=12, replicas=2, config={"cleanup.policy": "compact"})
    orders = KafkaTopic(shop, "orders", cluster=events, spec=topic, name="shop.Orders")
    rights = [*KafkaRight.read(orders.name, "billing"), *KafkaRight.write("invoices")]
    KafkaUser(shop, "billing", cluster=events, rights=rights)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_before_strimzi_0_49(manifests: SnapshotAssertion) -> None:
    shop, _ = world(kafka="v1beta2")
    spec = KafkaSpec(
        pool="controller-broker",
        resources=PodResources.of("1", "2Gi", "2", "4Gi"),
        heap=KafkaHeap(least="1024m", most="2048m"),
        plain_port=9092,
        operators=PodResources.of("100m", "128Mi", "500m", "512Mi"),
        exporter=KafkaExporter(topics="shop.*"),
        jmx=JmxMetrics(config_map="kafka-metrics", key="rules.yml"),
        rack=None,
        anti_affinity="preferred",
        user=1000,
        monitoring=False,
    )
    events = Kafka(shop, "events", spec=spec)
    KafkaTopic(shop, "orders", cluster=events)
    KafkaUser(shop, "billing", cluster=events, rights=KafkaRight.write("orders"))
    assert rendered(shop) == manifests
    assert events.exporter.labels["strimzi.io/name"] == "events-kafka-exporter"
    assert events.operators.labels["strimzi.io/name"] == "events-entity-operator"


def test_the_same_settings_fit_the_newest_strimzi() -> None:
    shop, _ = world()
    spec = KafkaSpec(
        plain_port=9092,
        exporter=KafkaExporter(),
        heap=KafkaHeap(least="1g", most="2g"),
        anti_affinity="required",
        jmx=JmxMetrics(config_map="kafka-metrics", key="rules.yml"),
    )
    events = Kafka(shop, "events", spec=spec)
    assert [port.number for port in events.endpoint.ports if isinstance(port, NetworkPort)] == [
        9092,
        9093,
    ]
    assert faults(shop) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"plain_port": 9093}, "is 9093, which Strimzi uses"),
        ({"pool": "dual", "controllers": 3}, "but controllers have their own"),
        ({"config": {"listeners": "PLAINTEXT://:9092"}}, "which Strimzi sets itself"),
        ({"config": {"zookeeper.connect": "zk:2181"}}, "which Strimzi sets itself"),
        ({"config": {"min.insync.replicas": 4}}, "there are 3 brokers"),
    ],
)
def test_contradictory_settings_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        KafkaSpec(**fields)


def test_settings_of_the_quorum_are_not_those_of_the_operator() -> None:
    config: dict[str, str | int | bool] = {
        "controller.quorum.fetch.timeout.ms": 2000,
        "ssl.protocol": "TLSv1.3",
    }
    assert KafkaSpec(config=config).config == config


def test_the_least_heap_is_not_more_than_the_most() -> None:
    with pytest.raises(InvalidValue, match="is 2g, more than most='1024m'"):
        KafkaHeap(least="2g", most="1024m")


def test_topic_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    KafkaTopic(shop, "orders", cluster=Kafka(shop, "events"))
    assert dump_all(objects(shop, "KafkaTopic")) == manifests
    assert faults(shop) == []


def test_topic_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    config: dict[str, str | int | bool] = {
        "cleanup.policy": "compact",
        "preallocate": True,
        "retention.ms": 3600000,
    }
    spec = KafkaTopicSpec(partitions=12, replicas=2, config=config)
    events = Kafka(shop, "events")
    KafkaTopic(shop, "orders", cluster=events, spec=spec, name="shop.Orders")
    assert dump_all(objects(shop, "KafkaTopic")) == manifests
    assert faults(shop) == []


def test_user_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    rights = KafkaRight.read("orders", "billing")
    KafkaUser(shop, "billing", cluster=Kafka(shop, "events"), rights=rights)
    assert dump_all(objects(shop, "KafkaUser")) == manifests
    assert faults(shop) == []


def test_user_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    events = Kafka(shop, "events", spec=KafkaSpec(authentication="tls"))
    rights = [
        *KafkaRight.read("orders", "billing"),
        *KafkaRight.write("invoices"),
        KafkaRight(
            type="transactionalId", name="billing-", pattern="prefix", operations=["Describe"]
        ),
    ]
    KafkaUser(shop, "billing", cluster=events, rights=rights)
    assert dump_all(objects(shop, "KafkaUser")) == manifests
    assert faults(shop) == []


def test_no_object_configures_zookeeper() -> None:
    shop, _ = world()
    Kafka(shop, "events")
    (made,) = objects(shop, "Kafka")
    assert sorted(made["spec"]) == ["entityOperator", "kafka"]


def test_one_broker_has_each_record_once() -> None:
    shop, _ = world()
    events = Kafka(shop, "events", spec=KafkaSpec(brokers=1))
    topic = KafkaTopic(shop, "orders", cluster=events)
    assert topic.resource.body["spec"]["replicas"] == 1
    config = events.resource.body["spec"]["kafka"]["config"]
    assert (config["default.replication.factor"], config["min.insync.replicas"]) == (1, 1)


def test_credentials_of_a_user_are_the_secret_of_strimzi() -> None:
    shop, _ = world()
    events = Kafka(shop, "events")
    user = KafkaUser(shop, "billing", cluster=events, rights=KafkaRight.write("orders"))
    assert user.credentials.key("password").name == "billing"
    assert events.authority.key("ca.crt").name == "events-cluster-ca-cert"
    assert events.service.url(scheme="kafka") == (
        "kafka://events-kafka-bootstrap.shop.svc.cluster.local:9093"
    )


def test_settings_without_a_field_can_be_patched() -> None:
    shop, _ = world()
    change = TypedPatch(
        strimzi.KafkaSpec,
        lambda spec: msgspec.structs.replace(spec, maintenance_time_windows=["* * 2-4 ? * *"]),
    )
    Kafka(shop, "events", patches=[change])
    assert objects(shop, "Kafka")[0]["spec"]["maintenanceTimeWindows"] == ["* * 2-4 ? * *"]


@pytest.mark.parametrize(("brokers", "controllers"), [(2, None), (3, 4)])
def test_an_even_number_of_voters_is_refused(brokers: int, controllers: int | None) -> None:
    with pytest.raises(InvalidValue, match="an even number tolerates no more failures"):
        KafkaSpec(brokers=brokers, controllers=controllers)


def test_more_copies_than_brokers_are_refused() -> None:
    shop, _ = world()
    events = Kafka(shop, "events")
    with pytest.raises(InvalidValue, match="is 5, but there are 3 brokers"):
        KafkaTopic(shop, "orders", cluster=events, spec=KafkaTopicSpec(replicas=5))


def test_topics_and_users_must_be_in_the_namespace_of_their_cluster() -> None:
    shop, _ = world()
    events = Kafka(shop, "events")
    other: Component = new_component(shop.cluster, "other")
    with pytest.raises(InvalidReference, match="Strimzi watches only this"):
        KafkaTopic(other, "orders", cluster=events)
    with pytest.raises(InvalidReference, match="Strimzi watches only this"):
        KafkaUser(other, "billing", cluster=events, rights=KafkaRight.write("orders"))
