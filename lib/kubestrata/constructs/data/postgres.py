"""PostgreSQL: a cluster of instances with its databases, roles, pool, backups and migrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kubeapis import cnpg, k8s
from kubestrata.constructs.cloud.pod_identity import PodIdentity
from kubestrata.constructs.data import postgres_backup, postgres_identity, postgres_network
from kubestrata.constructs.data.bucket_location import BackupStore
from kubestrata.constructs.data.operator import MigrationOperator, PostgresOperator
from kubestrata.constructs.data.postgres_alert import alerts
from kubestrata.constructs.data.postgres_cluster import CLUSTER, ROLE, cluster_spec
from kubestrata.constructs.data.postgres_pooler import Pooler
from kubestrata.constructs.data.postgres_spec import PostgresDatabase, PostgresSpec
from kubestrata.constructs.data.schema_migration import SchemaMigrations
from kubestrata.constructs.data.watch import watch
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.platform_api.platform_api import PlatformApi
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.component import Component
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.resource import Resource
from kubestrata.core.tree import component_of

_METRICS = 9187
# What CloudNativePG writes into the Secret of the first database's owner.
_KEYS = frozenset(
    {"dbname", "host", "jdbc-uri", "password", "pgpass", "port", "uri", "user", "username"}
)


class Postgres(Construct, NetworkParty):
    """One Cluster of CloudNativePG, named `id`, and what its spec asks for beside it.

    That is a Database for each further one, a Pooler, a ScheduledBackup (with an ObjectStore where
    the plugin sends backups) and the migrations of its schema; one claim in place of all these
    where the cluster offers a PlatformApi that has databases. In both cases there are the network
    policy of its pods, their scrape and alerts, and the identity that they send backups as.

    Backups go to the cluster's BackupStore unless the spec names a bucket; raises MissingOffer
    where there is neither and backups are not switched off.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: PostgresSpec | None = None,
        identity: PodIdentity | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        """`identity` sends the backups: the one given, the BackupStore's, or one made here."""
        super().__init__(scope, f"{id}-postgres")
        patching.register(self, patches)
        self._id = id
        self._component = component = component_of(scope)
        self.spec = stated = _backed_up(component, spec or PostgresSpec())
        _check_restore(id, stated)
        self.identity = identity or postgres_identity.found(component, id, stated)
        # Parts of a native database, for patches; a claim has none of them.
        self.backup: cnpg.ScheduledBackup | None = None
        self.databases: list[cnpg.Database] = []
        self.pooler: Pooler | None = None
        self.migrations: SchemaMigrations | None = None
        PostgresOperator.precedes(component)
        if stated.migration is not None:
            MigrationOperator.precedes(component)
        api = component.cluster.find(PlatformApi)
        if api is not None and api.kind_of(PostgresSpec) is not None:
            self.resource: Resource = api.claim(self, id, stated)
        else:
            self.resource = self._native()
        postgres_network.allow(self, component.cluster, self._pods({CLUSTER: id}), stated)
        if self.identity is not None:
            component.needs(self.identity.ready)
        else:
            self.identity = postgres_identity.make(self, id, self.service_account, stated)
        if stated.monitoring:
            self._watch()
        patching.check_used(self)

    @property
    def endpoint(self) -> Endpoint:
        """The instances; the pool where there is one."""
        pods = self._pods({CLUSTER: self._id, ROLE: "instance"})
        if self.spec.pooler is not None:
            pods = self._pods({"cnpg.io/poolerName": f"{self._id}-pooler"})
        ports = (NetworkPort(postgres_network.POSTGRES),)
        return Endpoint(pods, ports, self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def service(self) -> ServiceReference:
        """The primary; the pool in front of it where there is one."""
        return self._service("rw" if self.spec.pooler is None else "pooler")

    @property
    def read_service(self) -> ServiceReference:
        """The replicas."""
        return self._service("ro")

    @property
    def credentials(self) -> SecretReference:
        """The first database's owner: `uri`, `username`, `password`, `host`, `port`, `dbname`."""
        return SecretReference(self._made("Secret", f"{self._id}-app"), _KEYS)

    @property
    def service_account(self) -> Reference:
        """What the instances run as."""
        return self._made("ServiceAccount", self._id)

    @property
    def _by_plugin(self) -> bool:
        operator = self._component.cluster.find(PostgresOperator)
        return operator is not None and operator.backups == "plugin"

    def _service(self, suffix: str) -> ServiceReference:
        made = self._made("Service", f"{self._id}-{suffix}")
        return ServiceReference(made, postgres_network.POSTGRES)

    def _made(self, kind: str, name: str) -> Reference:
        """What the operator makes of the cluster."""
        ref = self.resource.ref
        return Reference(self._component, "", kind, name, ref.object_namespace, self.resource)

    def _pods(self, labels: dict[str, str]) -> Pods:
        return Pods(self._id, self.resource.identity.namespace, labels)

    def _native(self) -> cnpg.Cluster:
        spec = self.spec
        plugins = None
        if spec.backup.enabled and self._by_plugin:
            plugins = postgres_backup.plugins(self._object_store("store", spec.backup.folder))
        resource = self.resource = cnpg.Cluster(
            self,
            self._id,
            spec=cluster_spec(self._id, spec, plugins=plugins, source=self._restored()),
        )
        if spec.backup.enabled:
            self.backup = postgres_backup.schedule(
                self,
                f"{self._id}-backup",
                cluster=resource.ref,
                backup=spec.backup,
                by_plugin=self._by_plugin,
            )
        self.databases = [self._database(each) for each in spec.databases]
        if spec.pooler is not None:
            self.pooler = Pooler(self, f"{self._id}-pooler", cluster=resource.ref, spec=spec.pooler)
        if spec.migration is not None:
            url = self.credentials.key("uri")
            self.migrations = SchemaMigrations(self, self._id, migration=spec.migration, url=url)
        return resource

    def _object_store(self, name: str, folder: str) -> Reference:
        made = postgres_backup.object_store(self, f"{self._id}-{name}", self.spec.backup, folder)
        return made.ref

    def _restored(self) -> cnpg.ClusterSpecExternalClusters | None:
        restore, backup = self.spec.restore, self.spec.backup
        if restore is None:
            return None
        folder = restore.path or backup.folder
        store = self._object_store("source", folder) if self._by_plugin else None
        return postgres_backup.restored(backup, restore, store)

    def _watch(self) -> None:
        instances = self._pods({CLUSTER: self._id, ROLE: "instance"})
        backup = self.spec.backup.enabled and not self._by_plugin
        rules = alerts(self._id, instances.namespace, backup=backup)
        watch(self, self._id, instances, port="metrics", number=_METRICS, alerts=rules)

    def _database(self, database: PostgresDatabase) -> cnpg.Database:
        name = f"{self._id}-{database.name.replace('_', '-').strip('-')}"
        return cnpg.Database(
            self,
            name,
            spec=cnpg.DatabaseSpec(
                cluster=k8s.LocalObjectReference(name=self.resource.name),
                name=database.name,
                owner=database.owner,
                database_reclaim_policy="retain",
                extensions=[cnpg.DatabaseSpecExtensions(name=each) for each in database.extensions]
                or None,
            ),
        )


def _check_restore(id: str, spec: PostgresSpec) -> None:
    restore, own = spec.restore, spec.backup.folder
    if restore is not None and (restore.path or own, restore.name) == (own, id):
        why = f"names {own}/{id}, where the database keeps its own backups from now on"
        fix = "give the database another name, or backup.path another folder"
        raise spec.refuse("restore", why, fix)


def _backed_up(component: Component, spec: PostgresSpec) -> PostgresSpec:
    """The spec with the bucket and the folder that its backups go to."""
    backup = spec.backup
    if backup.enabled and backup.bucket is None:
        backup = backup.to(component.cluster.ask(BackupStore).bucket)
    if backup.path is None:
        # Clusters of one name in two namespaces would share a folder.
        path = component.home_namespace.object_name
        backup = msgspec.structs.replace(backup, path=path)
    return msgspec.structs.replace(spec, backup=backup)
