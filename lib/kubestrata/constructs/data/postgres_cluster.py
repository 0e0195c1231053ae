"""Builds CloudNativePG's Cluster object from a PostgresSpec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import cnpg, k8s
from kubestrata.constructs.data.postgres_backup import instance_backup
from kubestrata.constructs.data.postgres_insight import insight_parameters
from kubestrata.constructs.data.postgres_spec import (
    PostgresRole,
    PostgresSpec,
    PostgresSynchronous,
    Size,
)
from kubestrata.constructs.scaling.availability import Availability
from kubestrata.constructs.scaling.placement import NODE, topology_spread_constraints
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.quantity import Quantity

_Key = cnpg.ObjectStoreSpecConfigurationEndpointCa


class _Preset(Frozen):
    cpu: str
    memory: str
    shared_buffers: str
    effective_cache_size: str
    max_connections: str


# A quarter of the memory for shared buffers, three quarters as the planner's estimate of the cache
# (source: PostgreSQL's own advice for dedicated machines).
_PRESETS: Mapping[Size, _Preset] = {
    "small": _Preset("500m", "1Gi", "256MB", "768MB", "100"),
    "medium": _Preset("1", "3Gi", "768MB", "2304MB", "200"),
    "large": _Preset("2", "8Gi", "2GB", "6GB", "400"),
}


def resources(spec: PostgresSpec) -> k8s.ResourceRequirements:
    """Return requests, and a memory limit equal to the request, so that it is evicted last."""
    if spec.resources is not None:
        return spec.resources.requirements
    preset = _PRESETS[spec.size]
    return k8s.ResourceRequirements(
        requests={"cpu": preset.cpu, "memory": preset.memory}, limits={"memory": preset.memory}
    )


def parameters(size: Size) -> dict[str, str]:
    """Return the PostgreSQL parameters that depend on the memory."""
    preset = _PRESETS[size]
    return {
        "effective_cache_size": preset.effective_cache_size,
        "max_connections": preset.max_connections,
        "shared_buffers": preset.shared_buffers,
    }


class ClusterTexts(Frozen):
    """Keys of ConfigMaps: the SQL that runs once, and the queries of the exporter."""

    init_sql: _Key | None = None
    queries: _Key | None = None


CLUSTER = "cnpg.io/cluster"
ROLE = "cnpg.io/podRole"


def cluster_spec(
    name: str,
    spec: PostgresSpec,
    *,
    plugins: Sequence[cnpg.ClusterSpecPlugins] | None,
    source: cnpg.ClusterSpecExternalClusters | None,
    texts: ClusterTexts,
) -> cnpg.ClusterSpec:
    """Return the spec; `plugins` send the backups, else the instances do, if backups are enabled.

    `source` is the backup that a restore reads.
    """
    several = spec.instances > 1
    backup = spec.backup
    return cnpg.ClusterSpec(
        instances=spec.instances,
        image_name=spec.image,
        enable_superuser_access=spec.superuser is not None,
        superuser_secret=_secret(spec.superuser),
        # The budget of a single instance would block every drain of its node.
        enable_pdb=several,
        primary_update_method="switchover" if several else "restart",
        primary_update_strategy=spec.primary_update_strategy,
        seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        priority_class_name=spec.priority,
        resources=resources(spec),
        storage=_volume(spec.storage, spec.storage_class),
        wal_storage=_volume(spec.wal_storage, spec.storage_class) if spec.wal_storage else None,
        affinity=cnpg.ClusterSpecAffinity(
            enable_pod_anti_affinity=True, topology_key=NODE, pod_anti_affinity_type="preferred"
        ),
        topology_spread_constraints=_spread(name) if several else None,
        bootstrap=_bootstrap(spec, texts.init_sql),
        external_clusters=[source] if source is not None else None,
        postgresql=_postgresql(spec),
        managed=_managed(spec),
        monitoring=_monitoring(texts.queries),
        env=_environment(backup.region) if backup.enabled else None,
        backup=instance_backup(backup) if backup.enabled and not plugins else None,
        plugins=plugins,
    )


def _secret(name: str | None) -> cnpg.ClusterSpecSuperuserSecret | None:
    return None if name is None else cnpg.ClusterSpecSuperuserSecret(name=name)


def _volume(size: Quantity, storage_class: str | None) -> cnpg.ClusterSpecStorage:
    return cnpg.ClusterSpecStorage(
        size=size, storage_class=storage_class, resize_in_use_volumes=True
    )


def _spread(name: str) -> list[k8s.TopologySpreadConstraint]:
    labels = {CLUSTER: name, ROLE: "instance"}
    zones = Availability(spread_nodes=False)
    return topology_spread_constraints(zones, labels, rollout=())


def _bootstrap(spec: PostgresSpec, init_sql: _Key | None) -> cnpg.ClusterSpecBootstrap:
    if spec.restore is None:
        return cnpg.ClusterSpecBootstrap(initdb=_first_database(spec, init_sql))
    target = cnpg.ClusterSpecBootstrapRecoveryRecoveryTarget(target_time=spec.restore.until)
    recovery = cnpg.ClusterSpecBootstrapRecovery(
        source=spec.restore.name,
        database=spec.database,
        owner=spec.owner,
        recovery_target=target if spec.restore.until else None,
    )
    return cnpg.ClusterSpecBootstrap(recovery=recovery)


def _first_database(spec: PostgresSpec, init_sql: _Key | None) -> cnpg.ClusterSpecBootstrapInitdb:
    made = [f'CREATE EXTENSION IF NOT EXISTS "{name}"' for name in spec.extensions]
    return cnpg.ClusterSpecBootstrapInitdb(
        database=spec.database,
        owner=spec.owner,
        # The user `postgres` has one password, set by two fields.
        secret=_secret(spec.superuser) if spec.owner == "postgres" else None,
        data_checksums=True,
        post_init_application_sql=made or None,
        post_init_application_sql_refs=cnpg.ClusterSpecBootstrapInitdbPostInitSqlRefs(
            config_map_refs=[init_sql]
        )
        if init_sql is not None
        else None,
    )


def _postgresql(spec: PostgresSpec) -> cnpg.ClusterSpecPostgresql:
    stated = spec.synchronous or PostgresSynchronous()
    synchronous = cnpg.ClusterSpecPostgresqlSynchronous(
        method=stated.method,
        number=stated.number,
        max_standby_names_from_cluster=stated.candidates,
        data_durability=stated.durability,
    )
    return cnpg.ClusterSpecPostgresql(
        parameters={
            **parameters(spec.size),
            **insight_parameters(spec.insights),
            **spec.parameters,
        },
        pg_hba=spec.pg_hba or None,
        synchronous=synchronous if spec.instances > 1 else None,
    )


def _managed(spec: PostgresSpec) -> cnpg.ClusterSpecManaged | None:
    made = [_role(role, owner=spec.owner) for role in spec.roles]
    return cnpg.ClusterSpecManaged(roles=made) if made else None


def _role(role: PostgresRole, *, owner: str) -> cnpg.ClusterSpecManagedRoles:
    secret = None
    if role.password_secret is not None:
        secret = cnpg.ClusterSpecManagedRolesPasswordSecret(name=role.password_secret)
    return cnpg.ClusterSpecManagedRoles(
        name=role.name,
        login=secret is not None or role.name == owner,
        superuser=role.superuser or None,
        createdb=role.create_database or None,
        in_roles=role.in_roles or None,
        connection_limit=role.connection_limit,
        comment=role.comment,
        password_secret=secret,
    )


def _monitoring(queries: _Key | None) -> cnpg.ClusterSpecMonitoring | None:
    if queries is None:
        return None
    return cnpg.ClusterSpecMonitoring(custom_queries_config_map=[queries])


def _environment(region: str | None) -> list[cnpg.ClusterSpecEnv] | None:
    # Credentials of EKS Pod Identity have no region.
    return [cnpg.ClusterSpecEnv(name="AWS_DEFAULT_REGION", value=region)] if region else None
