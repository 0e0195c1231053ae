"""The Redis-compatible store that several applications share, in every cluster of the mesh."""

from charts import container_image
from kubestrata import Cluster, Component, Cron, Quantity, Reference
from kubestrata.constructs import Endpoint, ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.data import Dragonfly, DragonflySpec
from kubestrata.constructs.scaling import Availability, PodResources
from kubestrata.constructs.traffic import ClusterIpService, GlobalService, ServicePort

GLOBAL, PORT = "dragonfly-global", 6379
_NAME = "dragonfly"
_USER = 10001


class SharedDragonfly(Component):
    """Three pods with snapshots, and the global Service `dragonfly-global` of the primary.

    `endpoint` are the pods, for clients of this cluster.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, storage_class: Reference) -> None:
        super().__init__(scope, "dragonfly-cluster", layer="tooling", namespace=namespace)
        source = SecretSource.keys(
            {"password": RemoteKey("kubernetes/infra/dragonfly/auth", "password")}
        )
        password = ExternalSecret(self, "dragonfly-auth", source=source).secret
        self.dragonfly = Dragonfly(
            self,
            _NAME,
            password=password.key("password"),
            spec=DragonflySpec(
                replicas=3,
                image=container_image.DRAGONFLY,
                resources=PodResources.of("500m", "1Gi", "2", "2Gi"),
                max_memory=Quantity("1536Mi"),
                cache=True,
                storage=Quantity("10Gi"),
                storage_class=storage_class.name,
                snapshot=Cron("0 */6 * * *"),
                flags={
                    "cluster_mode": "emulated",
                    "dbfilename": "dump",
                    "default_lua_flags": "allow-undeclared-keys",
                },
                user=_USER,
                availability=Availability(min_available=2, spread_zones=False),
                # The rules of the platform name other thresholds.
                monitoring=False,
            ),
        )
        self.service = ClusterIpService(
            self,
            GLOBAL,
            pods=self.dragonfly.primary,
            ports=[ServicePort(PORT, name="redis")],
            mesh=GlobalService(),
        )

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the port of the Redis protocol."""
        return self.dragonfly.endpoint
