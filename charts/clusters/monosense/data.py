"""Data services of monosense.io: operators, shared databases on infra, Kafka on apps."""

from typing import Literal

from charts import catalogue
from charts.clusters.monosense.namespaces import Namespaces
from charts.clusters.monosense.storage import Storage
from charts.infrastructure.cloudnative_pg import CloudNativePg
from charts.infrastructure.dragonfly_operator import DragonflyOperator
from charts.infrastructure.strimzi import StrimziOperator
from charts.resource_request import apart, bounded
from charts.tooling.backup_validation import BackupValidation
from charts.tooling.kafka import KafkaCluster
from charts.tooling.mesh_data import MeshDatabase
from charts.tooling.shared_dragonfly import GLOBAL as DRAGONFLY
from charts.tooling.shared_dragonfly import PORT as DRAGONFLY_PORT
from charts.tooling.shared_dragonfly import SharedDragonfly
from charts.tooling.shared_postgres import SharedDatabase, SharedPostgres
from kubestrata import Cluster, Frozen, JsonObject
from kubestrata.constructs import Availability, Flow, Pods
from kubestrata.constructs.data import PgBouncerSpec
from kubestrata.constructs.scaling import DisruptionBudget, PodResources
from kubestrata.constructs.traffic import GlobalService, ServicePort

# The object store, outside of the clusters.
_MINIO = "http://10.25.11.3:9000"
_POSTGRES_PORT = 5432
_GITLAB_POOL = "gitlab-pooler"
# GitLab runs on the other cluster, and connects through the mesh.
_GITLAB = Pods("gitlab", "gitlab-system", cluster="apps")
_BOUNCER = {
    "application_name_add_host": "1",
    "ignore_startup_parameters": "extra_float_digits,options",
    "log_connections": "1",
    "log_disconnections": "1",
    "query_wait_timeout": "120",
    "server_check_delay": "30",
    "server_check_query": "SELECT 1",
    "server_connect_timeout": "15",
    "server_idle_timeout": "600",
    "server_lifetime": "3600",
    "server_login_retry": "15",
    "stats_period": "60",
}
_RESET = {"server_reset_query": "DISCARD ALL"}
# In a session, a client resets its connection itself.
_NO_RESET = {"server_reset_query": ""}


class Data(Frozen):
    """Data services of infra; `postgres.pools` are by the name of the database."""

    operator: CloudNativePg
    postgres: SharedPostgres
    dragonfly_operator: DragonflyOperator
    dragonfly: SharedDragonfly


class Messaging(Frozen):
    """Kafka of apps, and the data services of infra that its applications use."""

    operator: StrimziOperator
    kafka: KafkaCluster
    gitlab_pool: MeshDatabase
    dragonfly: MeshDatabase


def add_data(cluster: Cluster, namespaces: Namespaces, storage: Storage) -> Data:
    """Add PostgreSQL and Dragonfly with their operators, and provide the operators."""
    operator = CloudNativePg(
        cluster,
        namespace=namespaces.cnpg_system,
        chart=catalogue.CLOUDNATIVE_PG_OCI,
        values=_OPERATOR,
    )
    DisruptionBudget(
        operator,
        "cloudnative-pg",
        labels=operator.release.pods.labels,
        availability=Availability(min_available=1),
        replicas=2,
    )
    cluster.offer(operator.operator)
    postgres = SharedPostgres(
        cluster,
        namespace=namespaces.cnpg_system,
        storage_class=storage.local,
        server=_MINIO,
        databases=[
            SharedDatabase("harbor", _pool("transaction", 200, (15, 5, 5)), ["uuid-ossp"]),
            SharedDatabase("keycloak", _pool("session", 200, (20, 10, 5))),
            SharedDatabase(
                "gitlab",
                _pool("transaction", 300, (25, 10, 10)),
                ["pg_trgm", "btree_gist", "plpgsql", "amcheck"],
                mesh=GlobalService(),
            ),
        ],
        # Its application is not deployed here, and has no login yet.
        further={"synergyflow": _pool("transaction", 150, (10, 5, 5))},
    )
    postgres.pools["gitlab"].allow(Flow.from_pods(_GITLAB, _POSTGRES_PORT))
    BackupValidation(cluster, namespace=namespaces.cnpg_system, database=postgres)
    dragonfly_operator = DragonflyOperator(cluster, namespace=namespaces.dragonfly_operator_system)
    cluster.offer(dragonfly_operator.operator)
    dragonfly = SharedDragonfly(
        cluster, namespace=namespaces.dragonfly_system, storage_class=storage.local
    )
    dragonfly.dragonfly.allow(Flow.from_pods(_GITLAB, DRAGONFLY_PORT))
    return Data(operator, postgres, dragonfly_operator, dragonfly)


def add_messaging(cluster: Cluster, namespaces: Namespaces, storage: Storage) -> Messaging:
    """Add Kafka with its operator, and names for the data services of infra."""
    operator = StrimziOperator(
        cluster, namespace=namespaces.strimzi_operator_system, watched=namespaces.messaging
    )
    cluster.offer(operator.operator)
    kafka = KafkaCluster(cluster, namespace=namespaces.messaging, storage_class=storage.block)
    return Messaging(
        operator=operator,
        kafka=kafka,
        gitlab_pool=MeshDatabase(
            cluster,
            _GITLAB_POOL,
            namespace=namespaces.cnpg_system,
            # As CloudNativePG names it.
            port=ServicePort(_POSTGRES_PORT, name="pgbouncer"),
            pods=Pods(
                _GITLAB_POOL, "cnpg-system", {"cnpg.io/poolerName": _GITLAB_POOL}, cluster="infra"
            ),
        ),
        dragonfly=MeshDatabase(
            cluster,
            DRAGONFLY,
            namespace=namespaces.dragonfly_system,
            port=ServicePort(DRAGONFLY_PORT, name="redis"),
            pods=Pods(DRAGONFLY, "dragonfly-system", {"app": "dragonfly"}, cluster="infra"),
        ),
    )


def _pool(
    mode: Literal["session", "transaction"], clients: int, sizes: tuple[int, int, int]
) -> PgBouncerSpec:
    """Return three pods; `sizes` are those of the pool, at least, and in reserve."""
    size, least, reserve = sizes
    return PgBouncerSpec(
        instances=3,
        mode=mode,
        max_client_connections=clients,
        pool_size=size,
        min_pool_size=least,
        reserve_pool_size=reserve,
        parameters={**_BOUNCER, **(_NO_RESET if mode == "session" else _RESET)},
        resources=PodResources.of("100m", "128Mi", "500m", "256Mi"),
        availability=Availability(spread_zones=False, anti_affinity="preferred"),
    )


_OPERATOR: JsonObject = {
    "resources": bounded("100m", "400Mi", "500m", "512Mi"),
    "affinity": apart({"app.kubernetes.io/name": "cloudnative-pg"}),
}
