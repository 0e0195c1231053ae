"""Clusters for tests: a bare one, and one that provides everything that constructs may require.

All names and addresses are made up. Objects that the real platform would create exist by
declaration only, so that checks do not report them as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.cloud.managed import ProviderConfig
from kubestrata.constructs.data import (
    AccessKeys,
    BackupStore,
    BucketLocation,
    DragonflyOperator,
    KafkaOperator,
    MigrationOperator,
    PostgresOperator,
)
from kubestrata.constructs.data.operator import Operator
from kubestrata.constructs.helm import HelmChart
from kubestrata.constructs.network import CiliumNetwork, Pods
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.observability import GrafanaOperator, Monitoring, VictoriaMetrics
from kubestrata.constructs.secret import SecretReference, SecretStoreReference
from kubestrata.constructs.secret.reflection import SecretReflector
from kubestrata.constructs.traffic import GatewayReference, Gateways
from kubestrata.constructs.workload import ValkeyChart
from kubestrata.core.cluster import LAYERS, Cluster, ClusterHolder, Component, Delivery
from kubestrata.core.identity import Identity
from kubestrata.core.namespace import Namespace
from kubestrata.core.reference import Reference
from kubestrata.core.source import ChartRepository, GitRepository
from kubestrata.core.value.host import Host
from kubestrata.delivery.flux import Flux
from kubestrata.schema import installed
from kubestrata.synth.platform import Platform

KUBERNETES = "1.35"
"""The version of clusters in tests, that of the bindings."""
DOMAIN = Host("example.com")
_OPERATORS = "operators"
_GATEWAY = "gateway.networking.k8s.io"


class FakeCluster(Cluster):
    """A cluster for tests.

    `existing` are objects that count as created elsewhere, `secrets` names of Secrets that count
    as copied to every namespace, `pods` those of fake operators, and `fakes` the components that
    hold the fakes' side of policies.
    """

    def __init__(
        self,
        platform: ClusterHolder,
        name: str,
        *,
        delivery: Delivery,
        kubernetes: str,
        layers: Sequence[str],
        provided_groups: Sequence[str],
    ) -> None:
        self.existing: set[Identity] = set()
        self.secrets: set[str] = set()
        self.pods: list[Pods] = []
        self.fakes: set[str] = set()
        super().__init__(
            platform,
            name,
            domain=DOMAIN,
            delivery=delivery,
            kubernetes=kubernetes,
            layers=layers,
            provided_groups=provided_groups,
        )

    def offer(self, value: object) -> None:
        """Provide a value, and the pods that it names."""
        super().offer(value)
        self.pods += _pods_of(value)

    def declare_existing(
        self, component: Component, group: str, kind: str, name: str, namespace: str = ""
    ) -> Reference:
        """Return a reference to an object that the cluster has, though no component creates it."""
        self.existing.add(Identity(group, kind, namespace, name))
        return Reference(component, group, kind, name, namespace or None)


def fake_delivery() -> Flux:
    """Return Flux that reads a made-up repository."""
    return Flux(repository=GitRepository(url="https://git.example.com/platform"))


def all_groups() -> list[str]:
    """Return the API groups of all kinds in the bindings."""
    return sorted({group for group, _ in installed().all_kinds if group})


def bare_cluster(
    name: str = "test",
    *,
    platform: ClusterHolder | None = None,
    delivery: Delivery | None = None,
    kubernetes: str = KUBERNETES,
    layers: Sequence[str] = LAYERS,
    provided_groups: Sequence[str] | None = None,
    offers: Sequence[object] = (),
) -> FakeCluster:
    """Return a cluster that provides `offers` only.

    The CRDs of `provided_groups` exist; by default those of every kind in the bindings.
    """
    made = FakeCluster(
        platform or Platform(),
        name,
        delivery=delivery or fake_delivery(),
        kubernetes=kubernetes,
        layers=layers,
        provided_groups=all_groups() if provided_groups is None else provided_groups,
    )
    for each in offers:
        made.offer(each)
    return made


def full_cluster(
    name: str = "test",
    *,
    kubernetes: str = KUBERNETES,
    layers: Sequence[str] = LAYERS,
    groups: Sequence[str] = (),
    offers: Sequence[object] = (),
) -> FakeCluster:
    """Return a cluster with a network, gateways, a secret store, monitoring, operators, an account.

    An offer of your own replaces the built-in one of its kind: pass KubernetesNetwork() to test
    with NetworkPolicies, or another Monitoring. `groups` are API groups of your own CRDs.
    """
    network = next((each for each in offers if isinstance(each, Network)), CiliumNetwork())
    made = bare_cluster(
        name,
        kubernetes=kubernetes,
        layers=layers,
        provided_groups=[*all_groups(), *groups],
        offers=[network],
    )
    home = Namespace(_OPERATORS, pod_security="restricted")
    component = Component(made, _OPERATORS, layer=layers[0], namespace=home)
    made.fakes.add(component.name)
    for offer in offers:
        if offer is not network:
            made.offer(offer)
    for kind, value in _features(made, component):
        if not any(isinstance(each, kind) for each in offers):
            made.offer(value)
    return made


def new_component(
    cluster: Cluster,
    name: str = "web",
    *,
    layer: str | None = None,
    namespace: Namespace | Reference | None = None,
) -> Component:
    """Return a component in a restricted namespace of the same name, in the last layer."""
    home = namespace or Namespace(name, pod_security="restricted")
    return Component(cluster, name, layer=layer or cluster.layers[-1], namespace=home)


def _features(cluster: FakeCluster, component: Component) -> Iterator[tuple[type, object]]:
    """Yield each feature with the type that constructs request it by."""
    store = cluster.declare_existing(
        component, "external-secrets.io", "ClusterSecretStore", "store"
    )
    yield SecretStoreReference, SecretStoreReference(store)
    yield Gateways, _gateways(cluster, component)
    scraper = Pods("vmagent", "monitoring", {"app.kubernetes.io/name": "vmagent"})
    grafana = GrafanaOperator(labels={"dashboards": "grafana"}, namespace="monitoring")
    yield Monitoring, VictoriaMetrics(scraper=scraper, grafana=grafana)
    yield PostgresOperator, PostgresOperator(_pods("cloudnative-pg"), component)
    yield MigrationOperator, MigrationOperator(_pods("atlas-operator"), component)
    yield DragonflyOperator, DragonflyOperator(_pods("dragonfly-operator"), component)
    yield KafkaOperator, KafkaOperator(_pods("strimzi"), component)
    keys = Reference(component, "", "Secret", "backup-keys", _OPERATORS)
    cluster.secrets.add(keys.object_name)
    access = AccessKeys(SecretReference(keys, frozenset({"id", "secret"})), "id", "secret")
    yield BackupStore, BackupStore(BucketLocation("backups", ("s3.example.com",), keys=access))
    charts = ChartRepository("charts", "https://charts.example.com")
    yield ValkeyChart, ValkeyChart(HelmChart("valkey", "1.2.3", charts))
    yield AwsAccount, AwsAccount("111122223333", "eu-west-3", cluster.name)
    group = "aws.m.upbound.io"
    config = cluster.declare_existing(component, group, "ClusterProviderConfig", "default")
    yield ProviderConfig, ProviderConfig(config)
    reflector = cluster.declare_existing(
        component, "helm.toolkit.fluxcd.io", "HelmRelease", "reflector", _OPERATORS
    )
    yield SecretReflector, SecretReflector(reflector)


def _gateways(cluster: FakeCluster, component: Component) -> Gateways:
    public, private = (
        cluster.declare_existing(component, _GATEWAY, "Gateway", each, "gateways")
        for each in ("public", "private")
    )
    proxies = Pods("proxy", "gateways", {"app.kubernetes.io/name": "proxy"})
    inside = cluster.host("priv")
    return Gateways(
        public=GatewayReference(public, "https", cluster.domain),
        private=GatewayReference(private, "https", inside, proxies=proxies),
    )


def _pods_of(value: object) -> list[Pods]:
    """Return the pods that a feature of a cluster names."""
    match value:
        case Monitoring():
            return [value.scraper]
        case Operator():
            return [value.pods]
        case Gateways():
            proxies = (each.proxies for each in (value.public, value.private) if each)
            return [each for each in proxies if isinstance(each, Pods)]
        case _:
            return []


def _pods(name: str) -> Pods:
    return Pods(name, _OPERATORS, {"app.kubernetes.io/name": name})
