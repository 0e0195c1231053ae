"""The native objects of a PostgreSQL database."""

from __future__ import annotations

from kubeapis import cnpg, k8s
from kubestrata.constructs.data import postgres_backup
from kubestrata.constructs.data.operator import PostgresOperator
from kubestrata.constructs.data.postgres_cluster import ClusterTexts, cluster_spec
from kubestrata.constructs.data.postgres_insight import QUERIES
from kubestrata.constructs.data.postgres_pooler import Pooler
from kubestrata.constructs.data.postgres_spec import PostgresDatabase, PostgresSpec
from kubestrata.constructs.data.schema_migration import SchemaMigrations
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource

_Key = cnpg.ObjectStoreSpecConfigurationEndpointCa

# Keys of the Secret that CloudNativePG writes for the first database's owner.
_KEYS = frozenset(
    {"dbname", "host", "jdbc-uri", "password", "pgpass", "port", "uri", "user", "username"}
)


class NativePostgres:
    """The Cluster of CloudNativePG, and the further objects that its spec declares."""

    def __init__(self, scope: Construct, id: str, spec: PostgresSpec) -> None:
        self._scope, self._id, self.spec = scope, id, spec
        self._by_plugin = sent_by_plugin(component_of(scope))
        plugins = None
        if spec.backup.enabled and self._by_plugin:
            plugins = postgres_backup.plugins(self._object_store("store", spec.backup.folder))
        resource = self.resource = cnpg.Cluster(
            scope,
            id,
            spec=cluster_spec(
                id,
                spec,
                plugins=plugins,
                source=self._restored(),
                texts=ClusterTexts(self._init_sql(), self._queries()),
            ),
        )
        if spec.backup.enabled:
            postgres_backup.schedule(
                scope,
                f"{id}-backup",
                cluster=resource.ref,
                backup=spec.backup,
                by_plugin=self._by_plugin,
            )
        for each in spec.databases:
            self._database(each)
        if spec.pooler is not None:
            Pooler(scope, f"{id}-pooler", cluster=resource.ref, spec=spec.pooler)
        if spec.migration is not None:
            url = owner_credentials(resource, id).key("uri")
            SchemaMigrations(scope, id, migration=spec.migration, url=url)

    def _init_sql(self) -> _Key | None:
        text = self.spec.init_sql
        return self._text("init-sql", "init.sql", text) if text is not None else None

    def _queries(self) -> _Key | None:
        wanted = self.spec.insights is not None
        return self._text("queries", "queries.yaml", QUERIES) if wanted else None

    def _text(self, name: str, key: str, text: str) -> _Key:
        made = k8s.ConfigMap(self._scope, f"{self._id}-{name}", data={key: text})
        return _Key(name=made.name, key=key)

    def _object_store(self, name: str, folder: str, bucket: str | None = None) -> Reference:
        name, backup = f"{self._id}-{name}", self.spec.backup
        return postgres_backup.object_store(self._scope, name, backup, folder, bucket).ref

    def _restored(self) -> cnpg.ClusterSpecExternalClusters | None:
        restore, backup = self.spec.restore, self.spec.backup
        if restore is None:
            return None
        folder = restore.path or backup.folder
        store = None
        if self._by_plugin:
            store = self._object_store("source", folder, restore.bucket)
        return postgres_backup.restored(backup, restore, store)

    def _database(self, database: PostgresDatabase) -> None:
        name = f"{self._id}-{database.object_name}"
        cnpg.Database(
            self._scope,
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


def owner_credentials(database: Resource, cluster: str) -> SecretReference:
    """Return the Secret that CloudNativePG creates for the owner of the first database.

    `database` is the Cluster, or the claim of it; `cluster` is the Cluster's name.
    """
    ref = database.ref
    return SecretReference(ref.makes("Secret", f"{cluster}-app"), _KEYS)


def sent_by_plugin(component: Component) -> bool:
    """Return True if the Barman Cloud plugin sends the backups of the cluster's databases."""
    operator = component.cluster.find(PostgresOperator)
    return operator is not None and operator.backups == "plugin"
