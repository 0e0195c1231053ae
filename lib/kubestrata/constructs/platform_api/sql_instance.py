"""SQLInstance, the kind of database claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.cloud.pod_identity_spec import ManagementPolicy
from kubestrata.constructs.data import (
    CnpgSchedule,
    PerformanceInsights,
    PostgresBackup,
    PostgresOperator,
    PostgresPooler,
    PostgresRestore,
    PostgresRole,
    PostgresSpec,
    SchemaMigration,
)
from kubestrata.constructs.data.postgres_backup_spec import BackupKeys
from kubestrata.constructs.platform_api.claim import PlatformKind
from kubestrata.core.cluster import Cluster
from kubestrata.core.declaration import Declaration
from kubestrata.core.json_value import JsonObject
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

_IMAGES = "ghcr.io/cloudnative-pg/postgresql:"
# The `system` variant has Barman Cloud, which instances need to send backups.
_VARIANT = "-system-trixie"
_Name = Annotated[
    str, Meta(pattern="^[a-z_][-a-z0-9_]*$", max_length=63, description="A name in PostgreSQL.")
]


class SqlDatabase(Declaration, kw_only=True):
    """A database; it stays when its entry goes."""

    name: _Name
    owner: _Name
    extensions: Annotated[Sequence[str], Meta(description="Extensions in it.")] = ()


class SqlBackup(Declaration, kw_only=True):
    """Base backups on a schedule and the log all the time."""

    schedule: Annotated[CnpgSchedule, Meta(description="Six fields, seconds first; UTC.")]
    bucket_name: Annotated[str, Meta(description="The bucket.")]
    retention_policy: Annotated[str, Meta(pattern="^[1-9][0-9]*[dwm]$")] = "15d"
    path: Annotated[str, Meta(description="Folder; the namespace unless given.")] | None = None
    region: Annotated[str, Meta(description="Region of the bucket.")] | None = None
    endpoint: Annotated[str, Meta(description="URL; that of AWS unless given.")] | None = None
    keys: Annotated[
        BackupKeys | None, Meta(description="An access key; the cloud identity unless given.")
    ] = None
    identity: Annotated[
        bool,
        Meta(description="Whether an EPI of the instances is composed; not if keys are given."),
    ] = True


class SqlRecovery(Declaration, kw_only=True):
    """A backup whose data replaces the empty database when it is first made."""

    bucket_name: Annotated[str, Meta(description="The bucket.")]
    path: Annotated[
        str, Meta(description="Folder of the backup; its last part is the database's name then.")
    ]
    until: (
        Annotated[str, Meta(description="A moment in RFC 3339; the newest unless given.")] | None
    ) = None


class AtlasSchema(Declaration, kw_only=True):
    """Versioned migrations in a Git repository, applied by Atlas."""

    url: Annotated[str, Meta(pattern="^(https|ssh)://.+$", description="The Git repository.")]
    ref: Annotated[str, Meta(min_length=1, description="A tag v..., or a branch.")] = "main"
    path: Annotated[str, Meta(pattern=r"^\./", description="A folder in it.")] = "./migrations"
    config_map: Annotated[
        str, Meta(description="ConfigMap that the folder's kustomization makes.")
    ] = "atlas-db-migrations"
    secret: Annotated[str, Meta(description="Secret with Git credentials.")] | None = None


class ExplainedPlans(Declaration, kw_only=True):
    """Plans of slow statements in the log, as JSON."""

    sample_rate: Annotated[
        float, Meta(ge=0, le=1, description="Share of the statements, 0 to 1.")
    ] = 0.2
    min_duration: Annotated[int, Meta(ge=0, description="Milliseconds; faster ones are not.")] = (
        1000
    )


class SqlInsights(Declaration, kw_only=True):
    """Statistics of statements, plans of slow ones, and metrics of both."""

    enabled: Annotated[bool, Meta(description="Whether they are collected.")] = False
    explain: Annotated[ExplainedPlans, Meta(description="Plans in the log.")] = ExplainedPlans()
    log_statement: Annotated[
        Literal["all", "ddl", "mod", "none"], Meta(description="Statements logged as text.")
    ] = "none"


class SqlSettings(Declaration, kw_only=True):
    """Settings of PostgreSQL itself."""

    parameters: Annotated[Mapping[str, str], Meta(description="Parameters by name.")] = {}
    pg_hba: Annotated[Sequence[str], Meta(description="Lines of pg_hba.conf.")] = msgspec.field(
        default=(), name="pg_hba"
    )


class SQLInstanceSpec(Declaration, kw_only=True):
    """A PostgreSQL cluster with its databases, roles, backups and migrations."""

    cluster_name: (
        Annotated[
            str,
            Meta(
                pattern="^[a-z]([-a-z0-9]*[a-z0-9])?$",
                max_length=50,
                description="The Cluster and what belongs to it; the claim's name unless given.",
            ),
        ]
        | None
    ) = None
    instances: Annotated[int, Meta(ge=1, le=9, description="One primary, the rest replicas.")] = 3
    size: Annotated[
        Literal["large", "medium", "small"],
        Meta(description="CPU, memory and the parameters that depend on it."),
    ]
    storage_size: Annotated[Quantity, Meta(description="Volume of each instance.")]
    wal_storage_size: Annotated[
        Quantity | None, Meta(description="A volume for the log; none unless given.")
    ] = None
    storage_class: Annotated[str | None, Meta(description="Null is the cluster's default.")] = "gp3"
    postgres_version: Annotated[
        str, Meta(pattern="^[0-9]+([.][0-9]+)?$", description="Tag of the image begins with it.")
    ] = "18"
    image: Annotated[Image | None, Meta(description="In place of the image of the version.")] = None
    primary_update_strategy: Annotated[
        Literal["supervised", "unsupervised"], Meta(description="Who switches to a new primary.")
    ] = "unsupervised"
    databases: Annotated[
        Sequence[SqlDatabase],
        Meta(min_length=1, description="The first is made with the cluster."),
    ] = (SqlDatabase(name="app", owner="app"),)
    roles: Annotated[
        Sequence[PostgresRole], Meta(description="Roles beside the owner of the first database.")
    ] = ()
    init_sql: (
        Annotated[
            str,
            Meta(min_length=1, description="Run once in the first database, after its extensions."),
        ]
        | None
    ) = msgspec.field(default=None, name="initSQL")
    pooler: Annotated[PostgresPooler | None, Meta(description="None unless given.")] = None
    backup: Annotated[SqlBackup | None, Meta(description="None unless given.")] = None
    object_store_recovery: Annotated[
        SqlRecovery | None, Meta(description="The database begins empty unless given.")
    ] = None
    atlas_schema: Annotated[AtlasSchema | None, Meta(description="Migrations of the schema.")] = (
        None
    )
    performance_insights: Annotated[
        SqlInsights, Meta(description="Analysis of slow statements.")
    ] = SqlInsights()
    postgresql: Annotated[SqlSettings, Meta(description="Settings of PostgreSQL itself.")] = (
        SqlSettings()
    )
    management_policies: Annotated[
        Sequence[ManagementPolicy],
        Meta(max_length=6, description="Of the EPI; everything unless given."),
    ] = ()
    priority_class_name: Annotated[
        str | None, Meta(description="PriorityClass of the instances.")
    ] = None

    @classmethod
    def of(cls, spec: PostgresSpec, *, cluster_name: str | None = None) -> SQLInstanceSpec:
        """Return the claim's spec of a database, whose identity is beside the claim.

        `cluster_name` None is the name of the claim.
        """
        version, image = _version(spec.image)
        return cls(
            cluster_name=cluster_name,
            instances=spec.instances,
            size=spec.size,
            storage_size=spec.storage,
            wal_storage_size=spec.wal_storage,
            storage_class=spec.storage_class,
            postgres_version=version,
            image=image,
            primary_update_strategy=spec.primary_update_strategy,
            databases=_databases(spec),
            roles=spec.roles,
            init_sql=spec.init_sql,
            pooler=spec.pooler,
            backup=_backup(spec.backup) if spec.backup.enabled else None,
            object_store_recovery=_recovery(spec.restore, spec.backup) if spec.restore else None,
            atlas_schema=_migrations(spec.migration) if spec.migration else None,
            performance_insights=_insights(spec.insights),
            postgresql=SqlSettings(parameters=spec.parameters, pg_hba=spec.pg_hba),
            priority_class_name=spec.priority,
        )


def _version(image: Image) -> tuple[str, Image | None]:
    """Return the version whose image it is, or the default version and the image."""
    text = str(image)
    version = text.removeprefix(_IMAGES).removesuffix(_VARIANT)
    if text == f"{_IMAGES}{version}{_VARIANT}" and version.replace(".", "", 1).isdigit():
        return version, None
    return "18", image


def _databases(spec: PostgresSpec) -> list[SqlDatabase]:
    first = SqlDatabase(name=spec.database, owner=spec.owner, extensions=spec.extensions)
    return [
        first,
        *(
            SqlDatabase(name=each.name, owner=each.owner, extensions=each.extensions)
            for each in spec.databases
        ),
    ]


def _backup(backup: PostgresBackup) -> SqlBackup:
    return SqlBackup(
        schedule=backup.schedule,
        bucket_name=backup.bucket or "",
        retention_policy=backup.retention,
        path=backup.path,
        region=backup.region,
        endpoint=backup.endpoint,
        keys=backup.keys,
        identity=False,
    )


def _recovery(restore: PostgresRestore, backup: PostgresBackup) -> SqlRecovery:
    folder = restore.path or backup.folder
    return SqlRecovery(
        bucket_name=restore.bucket or backup.bucket or "",
        path=f"{folder}/{restore.name}" if folder else restore.name,
        until=restore.until,
    )


def _migrations(migration: SchemaMigration) -> AtlasSchema:
    return AtlasSchema(
        url=migration.url,
        ref=migration.ref,
        path=migration.path,
        config_map=migration.config_map,
        secret=migration.secret,
    )


def _insights(insights: PerformanceInsights | None) -> SqlInsights:
    if insights is None:
        return SqlInsights()
    return SqlInsights(
        enabled=True,
        explain=ExplainedPlans(
            sample_rate=insights.sample_rate, min_duration=insights.min_duration
        ),
        log_statement=insights.log_statement,
    )


SQL_INSTANCE = PlatformKind(
    kind="SQLInstance",
    plural="sqlinstances",
    declaration=SQLInstanceSpec,
    composition=Path(__file__).with_name("sql_instance.k"),
    creates=frozenset(
        {
            "db.atlasgo.io",
            "kustomize.toolkit.fluxcd.io",
            "postgresql.cnpg.io",
            "source.toolkit.fluxcd.io",
        }
    ),
)


def sql_environment(cluster: Cluster) -> JsonObject:
    """Return the cluster facts for the SQLInstance composition: the sender of backups."""
    operator = cluster.find(PostgresOperator)
    return {"postgresBackups": operator.backups if operator is not None else "instance"}
