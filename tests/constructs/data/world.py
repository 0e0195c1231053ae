"""A cluster that has what databases ask for: operators, a bucket for backups, a scraper."""

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
from tests.small_platform import flux, new_component

_SCRAPER = Pods("vmagent", "monitoring", {"app.kubernetes.io/name": "vmagent"})


def secret(component: Component, name: str, *keys: str) -> SecretReference:
    """A Secret that something makes in the namespace of a component."""
    namespace = component.home_namespace.object_name
    return SecretReference(Reference(component, "", "Secret", name, namespace), frozenset(keys))


def store(component: Component) -> BucketLocation:
    """A bucket of somebody who has no identities for pods."""
    keys = AccessKeys(secret(component, "backup-key", "ACCESS_KEY_ID", "ACCESS_SECRET_KEY"))
    return BucketLocation(
        "backups",
        hosts=("fsn1.objects.example.com",),
        region="fsn1",
        endpoint="https://fsn1.objects.example.com",
        keys=keys,
    )


def offer_operators(
    cluster: Cluster, *, backups: Literal["instance", "plugin"] = "instance"
) -> Component:
    """Let a cluster offer the operators of all that keeps data."""
    made = new_component(cluster, "operators", layer="infrastructure")
    cluster.offer(PostgresOperator(_pods("cloudnative-pg"), made, backups))
    cluster.offer(MigrationOperator(_pods("atlas-operator"), made))
    cluster.offer(DragonflyOperator(_pods("dragonfly-operator"), made))
    cluster.offer(KafkaOperator(_pods("strimzi"), made))
    return made


def _pods(name: str) -> Pods:
    return Pods(name, "operators", {"app.kubernetes.io/name": name})


def world(*, backups: Literal["instance", "plugin"] = "instance") -> tuple[Component, Component]:
    """A component where an application lives, and the one of the operators."""
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        offers=[CiliumNetwork(), VictoriaMetrics(scraper=_SCRAPER)],
    )
    operators = offer_operators(cluster, backups=backups)
    shop = new_component(cluster, "shop", namespace=Namespace("shop", pod_security="restricted"))
    cluster.offer(BackupStore(store(shop)))
    return shop, operators
