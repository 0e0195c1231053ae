"""Kafka, its topics and its users."""

from __future__ import annotations

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import strimzi
from kubestrata import Component
from kubestrata.constructs.data import (
    Kafka,
    KafkaRight,
    KafkaSpec,
    KafkaTopic,
    KafkaTopicSpec,
    KafkaUser,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.patch import TypedPatch
from kubestrata.core.yaml_text import dump_all
from tests.constructs.data.world import world
from tests.constructs.judging import faults, objects, rendered
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
