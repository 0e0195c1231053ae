"""Specs of a Kafka cluster, a topic and a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.value.quantity import Quantity

Operation = Literal[
    "All",
    "Alter",
    "AlterConfigs",
    "Create",
    "Delete",
    "Describe",
    "DescribeConfigs",
    "IdempotentWrite",
    "Read",
    "Write",
]


class KafkaSpec(Declaration, kw_only=True):
    """Brokers without ZooKeeper; without `controllers`, brokers are controllers too.

    Clients connect over TLS and authenticate by `authentication`. `config` is Kafka's own. Raises
    InvalidValue for a number of controllers without a majority.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("memory", "storage")
    brokers: Annotated[int, Meta(ge=1)] = 3
    controllers: Annotated[int, Meta(ge=1, description="An odd number.")] | None = None
    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = "4.1.0"
    memory: Annotated[Quantity, Meta(description="Of each pod.")] = Quantity("2Gi")
    storage: Annotated[Quantity, Meta(description="Of each broker.")] = Quantity("20Gi")
    storage_class: str | None = None
    authentication: Literal["scram-sha-512", "tls"] = "scram-sha-512"
    config: Mapping[str, str | int | bool] = msgspec.field(
        default_factory=dict[str, str | int | bool]
    )
    priority: str | None = None
    monitoring: bool = True

    def __post_init__(self) -> None:
        """Reject an even number of controllers."""
        super().__post_init__()
        field = "brokers" if self.controllers is None else "controllers"
        voters = self.controllers or self.brokers
        if voters % 2 == 0:
            why = f"is {voters}: an even number tolerates no more failures than one controller less"
            raise self.refuse(field, why, f"write {voters - 1} or {voters + 1}")

    @property
    def replication(self) -> int:
        """Return the default replication factor of topics."""
        return min(3, self.brokers)


class KafkaTopicSpec(Declaration, kw_only=True):
    """A topic; `replicas` None is the default of the cluster. `config` is Kafka's own."""

    partitions: Annotated[int, Meta(ge=1)] = 3
    replicas: Annotated[int, Meta(ge=1)] | None = None
    config: Mapping[str, str | int | bool] = msgspec.field(
        default_factory=dict[str, str | int | bool]
    )


class KafkaRight(Declaration, kw_only=True):
    """Permissions of a user on a topic or consumer group; `prefix` matches names by prefix."""

    type: Literal["group", "topic", "transactionalId"] = "topic"
    name: str
    pattern: Literal["literal", "prefix"] = "literal"
    operations: Annotated[Sequence[Operation], Meta(min_length=1)]

    @classmethod
    def read(cls, topic: str, group: str) -> tuple[KafkaRight, KafkaRight]:
        """Return the rights to read a topic in a consumer group."""
        one = cls(name=topic, operations=["Describe", "Read"])
        return (one, cls(type="group", name=group, operations=["Read"]))

    @classmethod
    def write(cls, topic: str) -> tuple[KafkaRight]:
        """Return the right to write to a topic."""
        return (cls(name=topic, operations=["Describe", "Write"]),)
