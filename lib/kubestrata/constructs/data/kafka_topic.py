"""A topic of a Kafka cluster."""

from __future__ import annotations

from kubeapis import k8s, strimzi
from kubestrata.constructs.data.kafka import CLUSTER, Kafka
from kubestrata.constructs.data.kafka_spec import KafkaTopicSpec
from kubestrata.constructs.data.kafka_version import kinds_of
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct


class KafkaTopic(Construct):
    """One KafkaTopic in the namespace of its cluster, the only one that Strimzi watches.

    `name` is the topic's name in Kafka if it is not valid in Kubernetes. Raises InvalidValue for
    more replicas than brokers, InvalidReference for a component in another namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: Kafka,
        spec: KafkaTopicSpec | None = None,
        name: str | None = None,
    ) -> None:
        spec = spec or KafkaTopicSpec()
        check_namespace(scope, cluster, f"KafkaTopic {id!r}")
        replicas = spec.replicas or cluster.spec.replication
        if replicas > cluster.spec.brokers:
            why = f"is {replicas}, but there are {cluster.spec.brokers} brokers"
            raise spec.refuse("replicas", why, f"write {cluster.spec.brokers} or less")
        super().__init__(scope, f"{id}-topic")
        self.name = name or id
        self.resource = kinds_of(component_of(scope)).topic(
            self,
            id,
            metadata=k8s.ObjectMeta(labels={CLUSTER: cluster.resource.name}),
            spec=strimzi.KafkaTopicSpec(
                topic_name=name,
                partitions=spec.partitions,
                replicas=replicas,
                config={**spec.config} or None,
            ),
        )


def check_namespace(scope: Construct, cluster: Kafka, what: str) -> None:
    """Raise InvalidReference unless `scope` creates objects in the cluster's namespace."""
    here = component_of(scope).home_namespace.object_name
    there = cluster.resource.identity.namespace
    if here != there:
        why = f"is in namespace {here!r}, its cluster in {there!r}, and Strimzi watches only this"
        fix = f"create it in a component of namespace {there!r}"
        raise InvalidReference(what, why, fix)
