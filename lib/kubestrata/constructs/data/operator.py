"""Operators and providers of databases that a cluster may have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from kubestrata.constructs.data.postgres_spec import PostgresSpec
from kubestrata.constructs.network.connection import allow_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource

KafkaApi = Literal["v1", "v1beta2"]


class Operator(Frozen):
    """Pods of an operator, and the component that holds its side of the network policies."""

    pods: Pods
    component: Component

    def connect_to(self, pods: Pods, ports: Sequence[int]) -> None:
        """Allow the operator's side of a connection; do nothing without a Network."""
        network = self.component.cluster.find(Network)
        if network is not None:
            name = f"{self.pods.name}-to-{pods.namespace}-{pods.name}"
            allow_flows(self.component, self.pods, [Flow.to_pods(pods, *ports)], name=name)

    @classmethod
    def connect(
        cls, scope: Construct, pods: Pods, ports: Sequence[int], more: Sequence[Flow] = ()
    ) -> None:
        """Connect the cluster's operator and `pods`, and allow `more` by the policy of the pods.

        The pods also connect to each other on `ports`. Nothing is created where the cluster has no
        Network; raises MissingOffer where it has one and no such operator.
        """
        cluster = component_of(scope).cluster
        network = cluster.find(Network)
        if network is None:
            return
        operator = cluster.ask(cls)
        operator.connect_to(pods, ports)
        flows = [
            Flow.to_pods(pods, *ports),
            Flow.from_pods(pods, *ports),
            Flow.from_pods(operator.pods, *ports),
        ]
        allow_flows(Construct(scope, "network"), pods, [*more, *flows], name=pods.name)

    @classmethod
    def precedes(cls, component: Component) -> None:
        """Order `component` after the operator of its cluster, if it has one.

        CRDs may come from elsewhere and earlier; objects are accepted only once the operator's
        webhooks answer.
        """
        operator = component.cluster.find(cls)
        if operator is not None and operator.component is not component:
            component.needs(operator.component)


class PostgresOperator(Operator):
    """CloudNativePG; `backups` selects the sender: the instances, or the Barman Cloud plugin."""

    backups: Literal["instance", "plugin"] = "instance"


class PostgresProvider(ABC):
    """Creates databases for a cluster; without one, native objects are created."""

    @abstractmethod
    def make_postgres(
        self, scope: Construct, id: str, spec: PostgresSpec, *, cluster_name: str
    ) -> Resource | None:
        """Create the object `id` for the Cluster `cluster_name`; return None for native objects."""


class MigrationOperator(Operator):
    """The Atlas operator, which migrates schemas."""


class DragonflyOperator(Operator):
    """The Dragonfly operator."""


class KafkaOperator(Operator):
    """Strimzi, which runs Kafka; `api` is the version of its kinds, `v1beta2` before 0.49."""

    api: KafkaApi = "v1"
