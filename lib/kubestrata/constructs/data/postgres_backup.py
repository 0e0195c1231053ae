"""Backup objects of a PostgreSQL cluster, for its instances or the Barman Cloud plugin."""

from __future__ import annotations

from kubeapis import cnpg
from kubestrata.constructs.data.postgres_backup_spec import PostgresBackup, PostgresRestore
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName

PLUGIN = "barman-cloud.cloudnative-pg.io"
_Store = cnpg.ClusterSpecBackupBarmanObjectStore
_Key = cnpg.ObjectStoreSpecConfigurationEndpointCa
_Credentials = cnpg.ObjectStoreSpecConfigurationS3Credentials


def instance_backup(backup: PostgresBackup) -> cnpg.ClusterSpecBackup:
    """Return `spec.backup` of a Cluster whose instances send its backups."""
    store = _store(backup, backup.folder)
    return cnpg.ClusterSpecBackup(
        barman_object_store=store, retention_policy=backup.retention, target=backup.target
    )


def restored(
    backup: PostgresBackup, restore: PostgresRestore, store: Reference | None
) -> cnpg.ClusterSpecExternalClusters:
    """Return the source of a restore; `store` is the plugin's, None where instances read it."""
    if store is None:
        found = _store(
            backup, restore.path or backup.folder, server=restore.name, bucket=restore.bucket
        )
        return cnpg.ClusterSpecExternalClusters(name=restore.name, barman_object_store=found)
    parameters = {"barmanObjectName": store.name, "serverName": restore.name}
    plugin = cnpg.ClusterSpecPlugins(name=PLUGIN, parameters=parameters)
    return cnpg.ClusterSpecExternalClusters(name=restore.name, plugin=plugin)


def _store(
    backup: PostgresBackup, folder: str, server: str | None = None, bucket: str | None = None
) -> _Store:
    return _Store(
        destination_path=_destination(backup, folder, bucket),
        endpoint_url=backup.endpoint,
        s3_credentials=_credentials(backup),
        server_name=server,
        data=cnpg.ClusterSpecBackupBarmanObjectStoreData(
            compression="gzip",
            jobs=backup.jobs,
            immediate_checkpoint=backup.immediate_checkpoint or None,
        ),
        wal=cnpg.ClusterSpecBackupBarmanObjectStoreWal(compression="gzip"),
    )


def object_store(
    scope: Construct, id: str, backup: PostgresBackup, folder: str, bucket: str | None = None
) -> cnpg.ObjectStore:
    """Create the ObjectStore that the plugin reads; `bucket` None is that of the backups."""
    configuration = cnpg.ObjectStoreSpecConfiguration(
        destination_path=_destination(backup, folder, bucket),
        endpoint_url=backup.endpoint,
        s3_credentials=_credentials(backup),
        data=cnpg.ObjectStoreSpecConfigurationData(
            compression="gzip",
            jobs=backup.jobs,
            immediate_checkpoint=backup.immediate_checkpoint or None,
        ),
        wal=cnpg.ObjectStoreSpecConfigurationWal(compression="gzip"),
    )
    spec = cnpg.ObjectStoreSpec(configuration=configuration, retention_policy=backup.retention)
    return cnpg.ObjectStore(scope, id, spec=spec)


def plugins(store: Reference) -> list[cnpg.ClusterSpecPlugins]:
    """Return `spec.plugins` of a Cluster whose WAL the plugin archives."""
    parameters = {"barmanObjectName": store.name}
    return [cnpg.ClusterSpecPlugins(name=PLUGIN, is_wal_archiver=True, parameters=parameters)]


def schedule(
    scope: Construct, id: str, *, cluster: Reference, backup: PostgresBackup, by_plugin: bool
) -> cnpg.ScheduledBackup:
    """Create the ScheduledBackup; its first backup starts at once."""
    plugin = cnpg.ScheduledBackupSpecPluginConfiguration(name=PLUGIN) if by_plugin else None
    spec = cnpg.ScheduledBackupSpec(
        cluster=cnpg.ScheduledBackupSpecCluster(name=cluster.name),
        schedule=backup.schedule,
        immediate=True,
        target=backup.target,
        backup_owner_reference=backup.owner,
        method="plugin" if by_plugin else "barmanObjectStore",
        plugin_configuration=plugin,
    )
    return cnpg.ScheduledBackup(scope, id, spec=spec)


def _destination(backup: PostgresBackup, folder: str, other: str | None = None) -> str:
    """Return the URL; barman appends the cluster's own name."""
    bucket = other or backup.bucket or ""
    url = f"s3://{bucket}/{folder}"
    # An f-string would lose the reference to the bucket.
    return ReferenceName(url, bucket.reference) if isinstance(bucket, ReferenceName) else url


def _credentials(backup: PostgresBackup) -> _Credentials:
    keys = backup.keys
    if keys is None:
        return _Credentials(inherit_from_iam_role=True)
    return _Credentials(
        access_key_id=_Key(name=keys.secret, key=keys.access_key_id),
        secret_access_key=_Key(name=keys.secret, key=keys.secret_access_key),
    )
