"""PgBouncer in front of a PostgreSQL cluster."""

from __future__ import annotations

from kubeapis import cnpg, k8s
from kubestrata.constructs.data.postgres_spec import PostgresPooler
from kubestrata.constructs.scaling.availability import Availability, DisruptionBudget
from kubestrata.constructs.scaling.placement import topology_spread_constraints
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

POOLER = "cnpg.io/poolerName"
_CONTAINER = "pgbouncer"


class Pooler(Construct):
    """One Pooler for the primary of `cluster`, and a PodDisruptionBudget for two pods or more."""

    def __init__(
        self, scope: Construct, id: str, *, cluster: Reference, spec: PostgresPooler
    ) -> None:
        super().__init__(scope, f"{id}-construct")
        labels, availability = {POOLER: id}, Availability()
        container = cnpg.PoolerSpecTemplateSpecContainers(name=_CONTAINER, resources=_resources())
        template = cnpg.PoolerSpecTemplateSpec(
            containers=[container],
            topology_spread_constraints=topology_spread_constraints(availability, labels),
        )
        self.resource = cnpg.Pooler(
            self,
            id,
            spec=cnpg.PoolerSpec(
                cluster=cnpg.PoolerSpecCluster(name=cluster.name),
                instances=spec.instances,
                type="rw",
                pgbouncer=cnpg.PoolerSpecPgbouncer(
                    pool_mode=spec.mode,
                    parameters={
                        "default_pool_size": str(spec.pool_size),
                        "max_client_conn": str(spec.max_client_connections),
                    },
                ),
                template=cnpg.PoolerSpecTemplate(spec=template),
            ),
        )
        if spec.instances > 1:
            DisruptionBudget(
                self, id, labels=labels, availability=availability, replicas=spec.instances
            )


def _resources() -> k8s.ResourceRequirements:
    return k8s.ResourceRequirements(
        requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "128Mi"}
    )
