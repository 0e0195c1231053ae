"""PostgreSQL: a cluster of instances with its databases, roles, pool, backups and migrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kubestrata.constructs.cloud.pod_identity import PodIdentity
from kubestrata.constructs.data import postgres_identity, postgres_network
from kubestrata.constructs.data.bucket_location import BackupStore
from kubestrata.constructs.data.operator import (
    MigrationOperator,
    PostgresOperator,
    PostgresProvider,
)
from kubestrata.constructs.data.postgres_alert import alerts
from kubestrata.constructs.data.postgres_cluster import CLUSTER, ROLE
from kubestrata.constructs.data.postgres_native import (
    NativePostgres,
    owner_credentials,
    sent_by_plugin,
)
from kubestrata.constructs.data.postgres_spec import PostgresSpec
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.scrape import watch
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ReferenceName, ServiceReference
from kubestrata.core.resource import Resource

_METRICS = 9187


class Postgres(Construct, NetworkParty):
    """One Cluster of CloudNativePG, named `id`, and the objects that its spec requires.

    These are a Database for each further one, a Pooler, a ScheduledBackup (with an ObjectStore
    where the plugin sends backups) and the schema migrations. A PostgresProvider of the cluster
    creates one object in their place; with `patches`, or with settings that it lacks (resources,
    superuser, details of replication and backups), they are native objects. The network policy of
    the pods, their scrape and alerts, and the identity that sends backups are always created.

    `claim` is the name of the provider's object, by default `id`; native objects do not have it.

    Backups go to the cluster's BackupStore unless the spec names a bucket; raises MissingOffer
    where there is neither and backups are enabled.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: PostgresSpec | None = None,
        identity: PodIdentity | None = None,
        claim: str | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        """`identity` sends the backups: the given one, that of the BackupStore, or a new one."""
        # Source: the webhook of CloudNativePG.
        check_label("id of a Postgres", id, longest=50)
        super().__init__(scope, f"{id}-postgres")
        patching.register(self, patches)
        self._id = id
        self._component = component = component_of(scope)
        self.spec = stated = _backed_up(component, spec or PostgresSpec())
        _check_restore(id, stated)
        self.identity = identity or postgres_identity.found(component, id, stated)
        PostgresOperator.precedes(component)
        if stated.migration is not None:
            MigrationOperator.precedes(component)
        provider = component.cluster.find(PostgresProvider)
        # Patches apply to native objects, so the provider is not used.
        made = None
        if provider is not None and not patches and not stated.is_native:
            made = provider.make_postgres(self, claim or id, stated, cluster_name=id)
        self.resource: Resource = made or NativePostgres(self, id, stated).resource
        postgres_network.allow(self, component.cluster, self._pods({CLUSTER: id}), stated)
        if self.identity is not None:
            component.needs(self.identity.ready)
        else:
            self.identity = postgres_identity.make(self, id, self.service_account, stated)
        if stated.monitoring:
            self._watch()
        patching.check_used(self)

    @property
    def cluster(self) -> ReferenceName:
        """Return the name of the Cluster; using it makes an edge to the database."""
        return ReferenceName(self._id, self.resource.ref)

    @property
    def instances(self) -> Pods:
        """Return the primary and the replicas."""
        return self._pods({CLUSTER: self._id, ROLE: "instance"})

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods of the pooler, or the instances if there is none."""
        pods = self.instances
        if self.spec.pooler is not None:
            pods = self._pods({"cnpg.io/poolerName": f"{self._id}-pooler"})
        ports = (NetworkPort(postgres_network.POSTGRES),)
        return Endpoint(pods, ports, self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def service(self) -> ServiceReference:
        """Return the Service of the pooler, or that of the primary if there is none."""
        return self._service("rw" if self.spec.pooler is None else "pooler")

    @property
    def read_service(self) -> ServiceReference:
        """Return the Service of the replicas."""
        return self._service("ro")

    @property
    def credentials(self) -> SecretReference:
        """Return the Secret of the first database's owner.

        Keys: `uri`, `username`, `password`, `host`, `port`, `dbname`.
        """
        return owner_credentials(self.resource, self._id)

    @property
    def service_account(self) -> Reference:
        """Return the ServiceAccount of the instances."""
        return self.resource.ref.makes("ServiceAccount", self._id)

    def _service(self, suffix: str) -> ServiceReference:
        made = self.resource.ref.makes("Service", f"{self._id}-{suffix}")
        return ServiceReference(made, postgres_network.POSTGRES)

    def _pods(self, labels: dict[str, str]) -> Pods:
        return Pods(self._id, self.resource.identity.namespace, labels)

    def _watch(self) -> None:
        instances = self.instances
        backup = self.spec.backup.enabled and not sent_by_plugin(self._component)
        rules = alerts(self._id, instances.namespace, backup=backup)
        watch(self, self._id, instances, port="metrics", number=_METRICS, alerts=rules)


def _check_restore(id: str, spec: PostgresSpec) -> None:
    restore, own = spec.restore, spec.backup.folder
    if restore is not None and (restore.path or own, restore.name) == (own, id):
        why = f"names {own}/{id}, where the database will keep its own backups"
        fix = "give the database another name, or backup.path another folder"
        raise spec.refuse("restore", why, fix)


def _backed_up(component: Component, spec: PostgresSpec) -> PostgresSpec:
    """Return the spec with the bucket and the folder of its backups."""
    backup = spec.backup
    if backup.enabled and backup.bucket is None:
        backup = backup.to(component.cluster.ask(BackupStore).bucket)
    if backup.path is None:
        # Clusters of the same name in two namespaces would share a folder.
        path = component.home_namespace.object_name
        backup = msgspec.structs.replace(backup, path=path)
    return msgspec.structs.replace(spec, backup=backup)
