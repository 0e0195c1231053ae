"""The PostgreSQL cluster that several applications share, with a pool of connections for each."""

from collections.abc import Mapping, Sequence

from charts import container_image
from kubestrata import Cluster, Component, Duration, Frozen, Quantity, Reconcile, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretReference, SecretSource
from kubestrata.constructs.data import (
    AccessKeys,
    BucketLocation,
    CnpgSchedule,
    PgBouncer,
    PgBouncerSpec,
    Postgres,
    PostgresBackup,
    PostgresDatabase,
    PostgresRole,
    PostgresSpec,
    PostgresSynchronous,
)
from kubestrata.constructs.scaling import PodResources
from kubestrata.constructs.traffic import GlobalService

NAME = "shared-postgres"
_ENTRY = "kubernetes/infra/cloudnative-pg"
_LOGIN = ("username", "password")
_KEYS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
# Extensions of the first database.
_EXTENSIONS = ("pg_stat_statements", "pg_trgm", "btree_gist", "uuid-ossp", "plpgsql", "amcheck")


class SharedDatabase(Frozen):
    """A database with its owner of the same name, and the pool `<name>-pooler` in front of it.

    The store has the login of the owner at the entry of the same name. `mesh` makes the Service of
    the pool a global one, for clients in other clusters.
    """

    name: str
    pool: PgBouncerSpec
    extensions: Sequence[str] = ()
    mesh: GlobalService | None = None


class SharedPostgres(Component):
    """Three instances, their databases, and backups in the bucket `monosense-cnpg` of a server.

    `server` is the URL of the object store. `further` are pools whose database and login somebody
    creates by hand, by its name. `pools` are all pools by the name of their database, `bucket` and
    `keys` where the backups are and how to read them.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        storage_class: Reference,
        server: str,
        databases: Sequence[SharedDatabase],
        further: Mapping[str, PgBouncerSpec],
    ) -> None:
        super().__init__(
            scope,
            "cloudnative-pg-shared-cluster",
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        superuser = self._fetch("cnpg-superuser", "superuser", _LOGIN)
        self.keys = self._fetch("cnpg-minio-credentials", "minio", _KEYS)
        logins = {
            each.name: self._fetch(f"{each.name}-db-credentials", each.name, _LOGIN)
            for each in databases
        }
        self.bucket = BucketLocation(
            "monosense-cnpg", hosts=(), endpoint=server, keys=AccessKeys(self.keys, *_KEYS)
        )
        self.postgres = Postgres(
            self,
            NAME,
            spec=PostgresSpec(
                instances=3,
                image=container_image.POSTGRES_16,
                resources=PodResources.of("500m", "1Gi", "2", "2Gi"),
                storage=Quantity("80Gi"),
                wal_storage=Quantity("20Gi"),
                storage_class=storage_class.name,
                synchronous=PostgresSynchronous(number=1, candidates=2),
                superuser=superuser.name,
                parameters=_PARAMETERS,
                pg_hba=["hostssl all all all scram-sha-256"],
                database="postgres",
                owner="postgres",
                extensions=_EXTENSIONS,
                databases=[
                    PostgresDatabase(name=each.name, owner=each.name, extensions=each.extensions)
                    for each in databases
                ],
                roles=[PostgresRole.of(name, login) for name, login in logins.items()],
                backup=_BACKUP.to(self.bucket),
                # The rules of the platform name other thresholds.
                monitoring=False,
            ),
        )
        every = [*databases, *(SharedDatabase(name, pool) for name, pool in further.items())]
        self.pools: Mapping[str, PgBouncer] = {
            each.name: PgBouncer(
                self, f"{each.name}-pooler", database=self.postgres, spec=each.pool, mesh=each.mesh
            )
            for each in every
        }

    def _fetch(self, name: str, entry: str, keys: Sequence[str]) -> SecretReference:
        source = SecretSource.keys({key: RemoteKey(f"{_ENTRY}/{entry}", key) for key in keys})
        return ExternalSecret(self, name, source=source).secret


_BACKUP = PostgresBackup(
    schedule=CnpgSchedule("0 0 2 * * *"),
    retention="30d",
    path=NAME,
    jobs=2,
    immediate_checkpoint=True,
    target="prefer-standby",
    owner="self",
)
_PARAMETERS = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    "effective_cache_size": "1536MB",
    "maintenance_work_mem": "128MB",
    "work_mem": "4MB",
    "huge_pages": "off",
    "wal_buffers": "16MB",
    "min_wal_size": "2GB",
    "max_wal_size": "8GB",
    "wal_compression": "on",
    "default_statistics_target": "100",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "checkpoint_completion_target": "0.9",
    "max_worker_processes": "4",
    "max_parallel_workers": "4",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "2",
    "autovacuum_max_workers": "3",
    "autovacuum_vacuum_cost_limit": "2000",
    "ssl_min_protocol_version": "TLSv1.3",
}
