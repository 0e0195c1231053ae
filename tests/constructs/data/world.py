"""A cluster with the requirements of databases: operators, a backup bucket, a scraper."""

from __future__ import annotations

from typing import Literal

from kubestrata import Cluster, Component, Host, Namespace, Platform, Reference
from kubestrata.constructs import CiliumNetwork, Pods
from kubestrata.constructs.data import (
    AccessKeys,
    BackupStore,
    BucketLocation,
    DragonflyOperator,
    KafkaOperator,
    MigrationOperator,
    PostgresOperator,
)
from kubestrata.constructs.observability import VictoriaMetrics
from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.storage import CephOperator
from kubestrata.constructs.vault import VaultOperator
from tests.small_platform import flux, new_component

_SCRAPER = Pods("vmagent", "monitoring", {"app.kubernetes.io/name": "vmagent"})


def secret(component: Component, name: str, *keys: str) -> SecretReference:
    """Return a Secret in the namespace of a component."""
    namespace = component.home_namespace.object_name
    return SecretReference(Reference(component, "", "Secret", name, namespace), frozenset(keys))


def store(component: Component) -> BucketLocation:
    """Return a bucket of a provider without pod identities."""
    keys = AccessKeys(secret(component, "backup-key", "ACCESS_KEY_ID", "ACCESS_SECRET_KEY"))
    return BucketLocation(
        "backups",
        hosts=("fsn1.objects.example.com",),
        region="fsn1",
        endpoint="https://fsn1.objects.example.com",
        keys=keys,
    )


def offer_operators(
    cluster: Cluster,
    *,
    backups: Literal["instance", "plugin"] = "instance",
    kafka: Literal["v1", "v1beta2"] = "v1",
) -> Component:
    """Provide the operators of all data stores to a cluster."""
    made = new_component(cluster, "operators", layer="infrastructure")
    cluster.offer(PostgresOperator(_pods("cloudnative-pg"), made, backups))
    cluster.offer(MigrationOperator(_pods("atlas-operator"), made))
    cluster.offer(DragonflyOperator(_pods("dragonfly-operator"), made))
    cluster.offer(KafkaOperator(_pods("strimzi"), made, kafka))
    cluster.offer(CephOperator(_pods("rook"), made))
    cluster.offer(VaultOperator(_pods("vault-operator"), made))
    return made


def _pods(name: str) -> Pods:
    return Pods(name, "operators", {"app.kubernetes.io/name": name})


def world(
    *,
    backups: Literal["instance", "plugin"] = "instance",
    kafka: Literal["v1", "v1beta2"] = "v1",
) -> tuple[Component, Component]:
    """Return the component of an application, and that of the operators."""
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        offers=[CiliumNetwork(), VictoriaMetrics(scraper=_SCRAPER)],
    )
    operators = offer_operators(cluster, backups=backups, kafka=kafka)
    shop = new_component(cluster, "shop", namespace=Namespace("shop", pod_security="restricted"))
    cluster.offer(BackupStore(store(shop)))
    return shop, operators
