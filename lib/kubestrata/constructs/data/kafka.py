"""Kafka by Strimzi, with KRaft controllers and brokers, without ZooKeeper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from kubeapis import k8s, strimzi
from kubestrata.constructs.data import kafka_pod
from kubestrata.constructs.data.kafka_spec import KafkaSpec
from kubestrata.constructs.data.kafka_version import kinds_of
from kubestrata.constructs.data.operator import KafkaOperator
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import Alert, RuleGroup
from kubestrata.constructs.observability.scrape import watch
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.duration import Duration

CLUSTER = "strimzi.io/cluster"
_CLIENTS, _METRICS = 9093, 9404
# Controllers, replication and Strimzi's agent (source: Strimzi's network policies).
_INNER = (8443, 9090, 9091)
# A controller stores the metadata log only.
_METADATA = "5Gi"
_Role = Literal["broker", "controller"]


class Kafka(Construct, NetworkParty):
    """One Kafka named `id`, its KafkaNodePools, and the network policy of their pods.

    Controllers get a pool of their own where `controllers` is set. Clients connect to port 9093
    over TLS, and without it where the spec has a plain port. Strimzi creates the
    PodDisruptionBudget.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: KafkaSpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        check_label("id of a Kafka", id, longest=63 - len("-kafka-bootstrap"))
        super().__init__(scope, f"{id}-kafka")
        patching.register(self, patches)
        self._component = component_of(scope)
        self.spec = spec = spec or KafkaSpec()
        KafkaOperator.precedes(self._component)
        self._kinds = kinds_of(self._component)
        self.resource = self._kinds.kafka(
            self,
            id,
            spec=strimzi.KafkaSpec(
                kafka=_brokers(spec),
                entity_operator=kafka_pod.entity_operator(spec),
                kafka_exporter=kafka_pod.exporter(spec.exporter) if spec.exporter else None,
            ),
        )
        if spec.controllers is None:
            name = spec.pool or f"{id}-dual"
            self.pools = [self._pool(name, spec.brokers, ["controller", "broker"])]
        else:
            self.pools = [
                self._pool(f"{id}-controller", spec.controllers, ["controller"]),
                self._pool(f"{id}-broker", spec.brokers, ["broker"]),
            ]
        namespace = self.resource.identity.namespace
        self._pods = Pods(id, namespace, {CLUSTER: id, "strimzi.io/name": f"{id}-kafka"})
        inner = Pods(id, namespace, {CLUSTER: id})
        KafkaOperator.connect(self, inner, _INNER, [Flow.to_kubernetes_api()])
        if spec.monitoring:
            rules = _alerts(id, namespace)
            port = "tcp-prometheus"
            watch(self, id, self._pods, port=port, number=_METRICS, alerts=rules)
        patching.check_used(self)

    @property
    def endpoint(self) -> Endpoint:
        """Return the brokers, on the port for clients."""
        ports = tuple(NetworkPort(each) for each in self._ports)
        return Endpoint(self._pods, ports, self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def _ports(self) -> list[int]:
        plain = self.spec.plain_port
        return [_CLIENTS] if plain is None else [plain, _CLIENTS]

    @property
    def exporter(self) -> Pods:
        """Return the pods of the exporter, for scrapes of the port `tcp-prometheus`."""
        return self._named("kafka-exporter")

    @property
    def operators(self) -> Pods:
        """Return the pods of the topic and user operators, for scrapes of their `healthcheck`."""
        return self._named("entity-operator")

    def _named(self, part: str) -> Pods:
        id, namespace = self.resource.name, self.resource.identity.namespace
        labels = {CLUSTER: id, "strimzi.io/name": f"{id}-{part}"}
        return Pods(f"{id}-{part}", namespace, labels)

    @property
    def service(self) -> ServiceReference:
        """Return the bootstrap Service."""
        return ServiceReference(self._made("Service", "kafka-bootstrap"), _CLIENTS)

    @property
    def authority(self) -> SecretReference:
        """Return the Secret with the certificate authority that clients trust, as `ca.crt`."""
        keys = frozenset({"ca.crt", "ca.p12", "ca.password"})
        return SecretReference(self._made("Secret", "cluster-ca-cert"), keys)

    def _made(self, kind: str, suffix: str) -> Reference:
        ref = self.resource.ref
        return ref.makes(kind, f"{ref.object_name}-{suffix}")

    def _pool(self, name: str, replicas: int, roles: Sequence[_Role]) -> strimzi.KafkaNodePool:
        cluster = self.resource.identity.name
        storage = strimzi.KafkaNodePoolSpecStorage(
            type="jbod",
            volumes=[
                strimzi.KafkaNodePoolSpecStorageVolumes(
                    id=0,
                    type="persistent-claim",
                    size=self.spec.storage if "broker" in roles else _METADATA,
                    class_=self.spec.storage_class,
                    delete_claim=False,
                    kraft_metadata="shared" if "controller" in roles else None,
                )
            ],
        )
        spec = strimzi.KafkaNodePoolSpec(
            replicas=replicas,
            roles=roles,
            storage=storage,
            resources=kafka_pod.broker_resources(self.spec),
            jvm_options=kafka_pod.jvm(self.spec.heap) if self.spec.heap else None,
            template=kafka_pod.pool_template(self.spec, cluster, name),
        )
        metadata = k8s.ObjectMeta(name=name, labels={CLUSTER: self.resource.name})
        return self._kinds.pool(self, f"{name}-pool", metadata=metadata, spec=spec)


def _brokers(spec: KafkaSpec) -> strimzi.KafkaSpecKafka:
    copies = spec.replication
    in_sync = max(1, copies - 1)
    return strimzi.KafkaSpecKafka(
        version=spec.version,
        listeners=_listeners(spec),
        authorization=strimzi.KafkaSpecKafkaAuthorization(type="simple"),
        rack=strimzi.KafkaSpecKafkaRack(type="topology-label", topology_key=spec.rack)
        if spec.rack is not None
        else None,
        config={
            "auto.create.topics.enable": False,
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.replication.factor": copies,
            **spec.config,
        },
        metrics_config=_metrics(spec),
    )


def _alerts(id: str, namespace: str) -> RuleGroup:
    """Return alerts on the metrics of Strimzi's reporter."""
    own = f'namespace="{namespace}",pod=~"{id}-.+"'
    behind = Alert(
        name="KafkaUnderReplicated",
        expression=f"max by (pod) (kafka_server_replicamanager_underreplicatedpartitions{{{own}}})"
        " > 0",
        severity="warning",
        summary="Partitions led by {{ $labels.pod }} have copies that are behind",
        for_=Duration("15m"),
    )
    lost = Alert(
        name="KafkaPartitionsOffline",
        expression=f"max(kafka_controller_kafkacontroller_offlinepartitionscount{{{own}}}) > 0",
        severity="critical",
        summary="{{ $value }} partitions have no leader",
        for_=Duration("5m"),
    )
    return RuleGroup(f"kafka-{id}", [behind, lost])


def _listeners(spec: KafkaSpec) -> list[strimzi.KafkaSpecKafkaListeners]:
    wanted = [("tls", _CLIENTS, True)]
    if spec.plain_port is not None:
        wanted.insert(0, ("plain", spec.plain_port, False))
    return [
        strimzi.KafkaSpecKafkaListeners(
            name=name,
            port=port,
            type="internal",
            tls=tls,
            authentication=strimzi.KafkaSpecKafkaListenersAuthentication(type=spec.authentication),
        )
        for name, port, tls in wanted
    ]


def _metrics(spec: KafkaSpec) -> strimzi.KafkaSpecKafkaMetricsConfig | None:
    if spec.jmx is not None:
        key = strimzi.KafkaSpecKafkaLoggingValueFromConfigMapKeyRef(
            name=spec.jmx.config_map, key=spec.jmx.key
        )
        return strimzi.KafkaSpecKafkaMetricsConfig(
            type="jmxPrometheusExporter",
            value_from=strimzi.KafkaSpecKafkaMetricsConfigValueFrom(config_map_key_ref=key),
        )
    if not spec.monitoring:
        return None
    every = strimzi.KafkaSpecKafkaMetricsConfigValues(allow_list=["kafka_.*"])
    return strimzi.KafkaSpecKafkaMetricsConfig(type="strimziMetricsReporter", values=every)
