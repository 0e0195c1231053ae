"""Specs of a Kafka cluster, a topic and a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling.availability import Strength
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.quantity import Quantity

_Heap = Annotated[str, Meta(pattern="^[1-9][0-9]*[gGmM]$")]
# TLS for clients, metrics and JMX (source: Strimzi).
_TAKEN_PORTS = (9093, 9404, 9999)
# Options that Strimzi sets, and warns about but leaves out if given (source: its API).
_SET_BY_OPERATOR = (
    "advertised.",
    "authorizer.",
    "broker.",
    "controller.",
    "host.name",
    "inter.broker.listener.name",
    "listener.",
    "listeners",
    "log.dir",
    "metadata.log.dir",
    "node.id",
    "password.",
    "port",
    "process.roles",
    "sasl.",
    "security.",
    "ssl.",
    "super.user",
    "zookeeper.",
)
_GIVEN = frozenset(
    {
        "broker.heartbeat.interval.ms",
        "broker.session.timeout.ms",
        "controller.quorum.election.backoff.max.ms",
        "controller.quorum.election.timeout.ms",
        "controller.quorum.fetch.timeout.ms",
        "controller.socket.timeout.ms",
        "sasl.server.max.receive.size",
        "ssl.cipher.suites",
        "ssl.enabled.protocols",
        "ssl.protocol",
        "ssl.secure.random.implementation",
    }
)
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


class KafkaHeap(Declaration, kw_only=True):
    """Least and most heap of the JVM: `1g`, `2048m`."""

    least: _Heap
    most: _Heap

    def __post_init__(self) -> None:
        """Reject a least heap that is more than the most."""
        super().__post_init__()
        if _mebibytes(self.least) > _mebibytes(self.most):
            raise self.refuse("least", f"is {self.least}, more than most={self.most!r}")


class JmxMetrics(Declaration, kw_only=True):
    """A key of a ConfigMap with the configuration of Prometheus' JMX exporter."""

    config_map: str
    key: str


class KafkaExporter(Declaration, kw_only=True):
    """Metrics of topics and of the lag of consumer groups, read through Kafka's own protocol."""

    topics: Annotated[str, Meta(description="Regular expression.")] = ".*"
    groups: Annotated[str, Meta(description="Regular expression.")] = ".*"
    resources: PodResources = PodResources.of("50m", "64Mi", None, "128Mi")


class KafkaSpec(Declaration, kw_only=True):
    """Brokers without ZooKeeper; without `controllers`, brokers are controllers too, in `pool`.

    Clients connect over TLS and authenticate by `authentication`; `plain_port` is one without TLS.
    `resources` replace `memory`; those of the topic and the user operator are `operators`. `rack`
    is the label of the nodes by which replicas are spread. Metrics are those of Strimzi's reporter,
    or of `jmx`. `config` is Kafka's own. Raises InvalidValue for a number of controllers without a
    majority, and for a plain port that Strimzi uses.
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
    pool: Annotated[str, Meta(description="Name; `<id>-dual` unless given.")] | None = None
    plain_port: Annotated[int, Meta(ge=9092, le=65535)] | None = None
    resources: PodResources | None = None
    heap: KafkaHeap | None = None
    operators: PodResources = PodResources.of("50m", "256Mi")
    exporter: KafkaExporter | None = None
    jmx: JmxMetrics | None = None
    rack: str | None = "topology.kubernetes.io/zone"
    anti_affinity: Annotated[Strength, Meta(description="Between pods of one node.")] | None = None
    user: Annotated[int, Meta(ge=1, description="That of the image unless given.")] | None = None

    def __post_init__(self) -> None:
        """Reject an even number of controllers, and ports in use."""
        super().__post_init__()
        if self.pool is not None and self.controllers is not None:
            why = "is the name of one pool, but controllers have their own"
            raise self.refuse("pool", why, "remove pool or controllers")
        if self.plain_port in _TAKEN_PORTS:
            why = f"is {self.plain_port}, which Strimzi uses"
            raise self.refuse("plain_port", why, "write 9092")
        self._check_config()
        field = "brokers" if self.controllers is None else "controllers"
        voters = self.controllers or self.brokers
        if voters % 2 == 0:
            why = f"is {voters}: an even number tolerates no more failures than one controller less"
            raise self.refuse(field, why, f"write {voters - 1} or {voters + 1}")

    def _check_config(self) -> None:
        for name, value in self.config.items():
            if name not in _GIVEN and name.startswith(_SET_BY_OPERATOR):
                why = f"has {name!r}, which Strimzi sets itself and leaves out if given"
                raise self.refuse("config", why, "remove it")
            if name == "min.insync.replicas" and str(value).isdecimal():
                self._check_in_sync(int(value))

    def _check_in_sync(self, replicas: int) -> None:
        if replicas > self.brokers:
            why = f"requires {replicas} replicas in sync, but there are {self.brokers} brokers"
            raise self.refuse("config", why, "no record could be written: write less")

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


def _mebibytes(heap: str) -> int:
    """Return a heap as the JVM reads it, in MiB."""
    return int(heap[:-1]) * (1024 if heap[-1] in "gG" else 1)
