"""Kinds of Strimzi at the version of their API that the cluster's operator serves."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import strimzi
from kubestrata.constructs.data.operator import KafkaApi, KafkaOperator
from kubestrata.core.cluster import Component
from kubestrata.core.frozen import Frozen

_BETA = "kafka.strimzi.io/v1beta2"


class _BetaKafka(strimzi.Kafka):
    """Kafka as Strimzi serves it before 0.49."""

    api_version = _BETA


class _BetaKafkaNodePool(strimzi.KafkaNodePool):
    """KafkaNodePool as Strimzi serves it before 0.49."""

    api_version = _BETA


class _BetaKafkaTopic(strimzi.KafkaTopic):
    """KafkaTopic as Strimzi serves it before 0.49."""

    api_version = _BETA


class _BetaKafkaUser(strimzi.KafkaUser):
    """KafkaUser as Strimzi serves it before 0.49."""

    api_version = _BETA


class KafkaKinds(Frozen):
    """The kinds that the constructs create."""

    kafka: type[strimzi.Kafka] = strimzi.Kafka
    pool: type[strimzi.KafkaNodePool] = strimzi.KafkaNodePool
    topic: type[strimzi.KafkaTopic] = strimzi.KafkaTopic
    user: type[strimzi.KafkaUser] = strimzi.KafkaUser


_KINDS: Mapping[KafkaApi, KafkaKinds] = {
    "v1": KafkaKinds(),
    "v1beta2": KafkaKinds(_BetaKafka, _BetaKafkaNodePool, _BetaKafkaTopic, _BetaKafkaUser),
}


def kinds_of(component: Component) -> KafkaKinds:
    """Return the kinds that the operator of the cluster serves; the newest without an operator."""
    operator = component.cluster.find(KafkaOperator)
    return _KINDS["v1" if operator is None else operator.api]
