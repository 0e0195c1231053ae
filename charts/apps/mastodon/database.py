"""PostgreSQL for Mastodon: two instances, two pools of connections, and backups in R2."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from charts.apps.mastodon.placement import SPARE_NODES, MastodonPriorities
from kubeapis import cnpg, k8s
from kubeapis.cnpg.v1.cluster import ClusterSpecBootstrapRecovery, ClusterSpecExternalClusters
from kubestrata import Cluster, Component, Frozen, Image, Quantity, Reference
from kubestrata.constructs import Pods, SecretReference
from kubestrata.constructs.observability import Scrape
from kubestrata.constructs.workload import node_affinity, tolerations

NAME, DATABASE, OWNER = "database-cnpg", "mastodon", "app"
IMAGE = Image("ghcr.io/cloudnative-pg/postgresql:17.5")
_PLUGIN = "barman-cloud.cloudnative-pg.io"
_STORE, _ORIGIN = "database-backup", "origin"
_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"
Pool = Literal["rw", "ro"]
_POOLS: tuple[Pool, ...] = ("rw", "ro")
_Key = cnpg.ObjectStoreSpecConfigurationEndpointCa


class DatabaseBackups(Frozen):
    """A folder of an S3 bucket, and the Secret with its keys."""

    destination: str
    endpoint: str
    keys: SecretReference


class MastodonDatabase(Component):
    """The Cluster `database-cnpg`, a Pooler for each of primary and replicas, and its backups.

    `login` is the Secret of the owner `app`, `authority` that of the certificate authority. The
    operator creates a Service of the name of each pool, and `primary` without a pool.
    `restored_from` is the server in the backups that a new Cluster begins with; its own archive
    has the name of the Cluster, and `restored` behind that if the backups are of the same.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        operators: tuple[Component, Component],
        storage_class: str,
        priorities: MastodonPriorities,
        backups: DatabaseBackups,
        restored_from: str = "",
    ) -> None:
        super().__init__(scope, "mastodon-database", layer="platform", namespace=namespace)
        for operator in operators:
            self.needs(operator)
        store = cnpg.ObjectStore(self, _STORE, spec=_object_store(backups))
        self.resource = cnpg.Cluster(
            self,
            NAME,
            spec=_with_start(
                _cluster(namespace.object_name, storage_class, priorities),
                store.ref,
                restored_from,
            ),
        )
        self.pools: Mapping[Pool, Reference] = {
            kind: cnpg.Pooler(
                self, f"{NAME}-pooler-{kind}", spec=_pooler(self.resource.ref, kind)
            ).ref
            for kind in _POOLS
        }
        self.primary = self.resource.ref.text("{name}-rw")
        self._back_up()
        instances = Pods(
            NAME,
            namespace.object_name,
            {"cnpg.io/cluster": NAME, "cnpg.io/podRole": "instance"},
        )
        Scrape(self, NAME, pods=instances, port="metrics", pod_port=9187)
        self.login = self._made("app", "dbname", "host", "password", "port", "uri", "username")
        self.authority = self._made("ca", "ca.crt")

    def _back_up(self) -> None:
        """Create the schedule, and one backup at once."""
        plugin = cnpg.ScheduledBackupSpecPluginConfiguration(name=_PLUGIN)
        cluster = cnpg.ScheduledBackupSpecCluster(name=self.resource.name)
        cnpg.ScheduledBackup(
            self,
            "schedule",
            metadata=k8s.ObjectMeta(name=_STORE),
            spec=cnpg.ScheduledBackupSpec(
                cluster=cluster,
                # Monday and Thursday at six; the first field are seconds.
                schedule="0 0 6 * * 1,4",
                backup_owner_reference="self",
                method="plugin",
                plugin_configuration=plugin,
            ),
        )
        cnpg.Backup(
            self,
            "database-backup-test",
            spec=cnpg.BackupSpec(cluster=cluster, method="plugin", plugin_configuration=plugin),
        )

    def _made(self, suffix: str, *keys: str) -> SecretReference:
        """Return a Secret that the operator creates."""
        home = self.home_namespace.object_name
        made = Reference(self, "", "Secret", f"{NAME}-{suffix}", home, self.resource)
        return SecretReference(made, frozenset(keys))


def _with_start(spec: cnpg.ClusterSpec, store: Reference, server: str) -> cnpg.ClusterSpec:
    """Return a Cluster with its archive, and the empty database or the backups it begins with."""
    archive: dict[str, str] = {"barmanObjectName": store.name}
    if server == NAME:
        archive["serverName"] = f"{NAME}-restored"
    archiver = cnpg.ClusterSpecPlugins(name=_PLUGIN, is_wal_archiver=True, parameters=archive)
    if not server:
        initdb = cnpg.ClusterSpecBootstrapInitdb(database=DATABASE, owner=OWNER)
        start = cnpg.ClusterSpecBootstrap(initdb=initdb)
        return msgspec.structs.replace(spec, bootstrap=start, plugins=[archiver])
    origin = ClusterSpecExternalClusters(
        name=_ORIGIN,
        plugin=cnpg.ClusterSpecPlugins(
            name=_PLUGIN, parameters={"barmanObjectName": store.name, "serverName": server}
        ),
    )
    recovery = ClusterSpecBootstrapRecovery(source=_ORIGIN, database=DATABASE, owner=OWNER)
    return msgspec.structs.replace(
        spec,
        bootstrap=cnpg.ClusterSpecBootstrap(recovery=recovery),
        external_clusters=[origin],
        plugins=[archiver],
    )


def _cluster(
    namespace: str, storage_class: str, priorities: MastodonPriorities
) -> cnpg.ClusterSpec:
    role = cnpg.ClusterSpecManagedRoles(
        name=OWNER,
        login=True,
        in_roles=["pg_read_all_data", "pg_write_all_data"],
        password_secret=cnpg.ClusterSpecManagedRolesPasswordSecret(name=f"{NAME}-app"),
    )
    poolers = [f"{NAME}-pooler-{kind}" for kind in _POOLS]
    ends = ("", f".{namespace}.svc", f".{namespace}.svc.cluster.local")
    return cnpg.ClusterSpec(
        instances=2,
        image_name=IMAGE,
        enable_pdb=True,
        priority_class_name=priorities.critical.name,
        resources=k8s.ResourceRequirements(
            requests={"cpu": "1", "memory": "2Gi"}, limits={"memory": "2Gi"}
        ),
        storage=_volume("80Gi", storage_class),
        wal_storage=_volume("20Gi", storage_class),
        affinity=cnpg.ClusterSpecAffinity(
            enable_pod_anti_affinity=True, topology_key="kubernetes.io/hostname"
        ),
        # Clients of the pools verify these names.
        certificates=cnpg.ClusterSpecCertificates(
            server_alt_dns_names=[f"{each}{end}" for each in poolers for end in ends]
        ),
        postgresql=cnpg.ClusterSpecPostgresql(parameters=_PARAMETERS),
        managed=cnpg.ClusterSpecManaged(roles=[role]),
    )


def _volume(size: str, storage_class: str) -> cnpg.ClusterSpecStorage:
    return cnpg.ClusterSpecStorage(size=Quantity(size), storage_class=storage_class)


def _pooler(cluster: Reference, kind: Pool) -> cnpg.PoolerSpec:
    container = cnpg.PoolerSpecTemplateSpecContainers(
        name="pgbouncer",
        resources=k8s.ResourceRequirements(
            requests={"cpu": "10m", "memory": "100Mi"}, limits={"memory": "100Mi"}
        ),
    )
    template = cnpg.PoolerSpecTemplate(
        metadata=cnpg.PoolerSpecTemplateMetadata(
            labels={"app": f"{NAME}-pooler-{kind}"}, annotations={_EVICT: "true"}
        ),
        spec=cnpg.PoolerSpecTemplateSpec(
            containers=[container],
            affinity=node_affinity(SPARE_NODES),
            tolerations=tolerations(SPARE_NODES),
        ),
    )
    return cnpg.PoolerSpec(
        cluster=cnpg.PoolerSpecCluster(name=cluster.name),
        instances=2,
        type=kind,
        pgbouncer=cnpg.PoolerSpecPgbouncer(
            pool_mode="transaction",
            parameters={"max_client_conn": "1000", "default_pool_size": "125"},
        ),
        template=template,
    )


def _object_store(backups: DatabaseBackups) -> cnpg.ObjectStoreSpec:
    keys = backups.keys
    sidecar = {
        # R2 does not know the checksums that newer clients send by default.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "AWS_ENDPOINT_URL": backups.endpoint,
        "AWS_REGION": "auto",
        "NO_PROXY": "localhost,127.0.0.1,*.svc,cluster.local",
    }
    return cnpg.ObjectStoreSpec(
        retention_policy="14d",
        configuration=cnpg.ObjectStoreSpecConfiguration(
            destination_path=backups.destination,
            endpoint_url=backups.endpoint,
            s3_credentials=cnpg.ObjectStoreSpecConfigurationS3Credentials(
                access_key_id=_Key(name=keys.name, key=keys.key("AWS_ACCESS_KEY_ID").key),
                secret_access_key=_Key(name=keys.name, key=keys.key("AWS_SECRET_ACCESS_KEY").key),
            ),
            wal=cnpg.ObjectStoreSpecConfigurationWal(compression="gzip", max_parallel=8),
            data=cnpg.ObjectStoreSpecConfigurationData(compression="gzip", jobs=2),
        ),
        instance_sidecar_configuration=cnpg.ObjectStoreSpecInstanceSidecarConfiguration(
            env=[
                cnpg.ObjectStoreSpecInstanceSidecarConfigurationEnv(name=name, value=value)
                for name, value in sidecar.items()
            ]
        ),
    )


_PARAMETERS = {
    "max_connections": "300",
    "shared_buffers": "512MB",
    "effective_cache_size": "512MB",
    "maintenance_work_mem": "128MB",
    "checkpoint_completion_target": "0.9",
    "wal_buffers": "16MB",
    "default_statistics_target": "100",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "100",
    "work_mem": "1702kB",
    "huge_pages": "off",
    "min_wal_size": "2GB",
    "max_wal_size": "8GB",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_workers": "4",
    "max_parallel_maintenance_workers": "2",
    "pg_stat_statements.max": "10000",
    "pg_stat_statements.track": "all",
}
