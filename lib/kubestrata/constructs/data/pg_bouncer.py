"""PgBouncer in front of a PostgreSQL cluster, under a name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import cnpg, k8s
from kubestrata.constructs.data.pg_bouncer_spec import PgBouncerSpec
from kubestrata.constructs.data.postgres import Postgres
from kubestrata.constructs.data.postgres_network import POSTGRES
from kubestrata.constructs.data.postgres_pooler import POOLER
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.scaling.availability import DisruptionBudget
from kubestrata.constructs.scaling.placement import affinity, topology_spread_constraints
from kubestrata.constructs.traffic.cluster_mesh import ClusterMesh
from kubestrata.constructs.traffic.global_service import GlobalService
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import ServiceReference

_CONTAINER = "pgbouncer"
# The operator sets the same; stated, it is known before pods exist.
_HARDENED = k8s.SecurityContext(
    allow_privilege_escalation=False,
    capabilities=k8s.Capabilities(drop=["ALL"]),
    read_only_root_filesystem=True,
    run_as_non_root=True,
    seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
)
# Services of the Cluster itself (source: CloudNativePG).
_TAKEN = ("any", "r", "ro", "rw")


class PgBouncer(Construct, NetworkParty):
    """One Pooler named `id`, and a PodDisruptionBudget for two pods or more.

    Its Service has the same name, without the `-rw` of those of the database. The policy of the
    database covers its pods; clients use `app.connect_to(pool)`. `mesh` makes the Service a global
    one of Cilium's ClusterMesh. Raises InvalidReference for a
    component in another namespace, InvalidValue for a name that the database uses.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: Postgres,
        spec: PgBouncerSpec | None = None,
        mesh: GlobalService | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        _check(scope, id, database)
        super().__init__(scope, f"{id}-pgbouncer")
        patching.register(self, patches)
        self._component = component_of(scope)
        self._database = database
        self.spec = spec = spec or PgBouncerSpec()
        self._labels = {POOLER: id}
        self.resource = cnpg.Pooler(self, id, spec=_pooler(spec, database, self._labels, mesh))
        self._share(mesh)
        if spec.instances > 1:
            DisruptionBudget(
                self,
                id,
                labels=self._labels,
                availability=spec.availability,
                replicas=spec.instances,
            )
        patching.check_used(self)

    def _share(self, mesh: GlobalService | None) -> None:
        """Register the Service, so that other clusters may name it."""
        found = self._component.cluster.find(ClusterMesh)
        if mesh is not None and mesh.shared and found is not None:
            found.share(self.service, mesh)

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the port of PostgreSQL."""
        pods = Pods(self.resource.name, self.resource.identity.namespace, self._labels)
        return Endpoint(pods, (NetworkPort(POSTGRES),), self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def service(self) -> ServiceReference:
        """Return the Service, which the operator creates."""
        return ServiceReference(self.resource.ref.makes("Service"), POSTGRES)


def _check(scope: Construct, id: str, database: Postgres) -> None:
    here = component_of(scope).home_namespace.object_name
    there = database.resource.identity.namespace
    if here != there:
        why = f"is in namespace {here!r}, its database in {there!r}"
        fix = f"create it in a component of namespace {there!r}"
        raise InvalidReference(f"PgBouncer {id!r}", why, fix)
    if id in [str(database.cluster), *(f"{database.cluster}-{each}" for each in _TAKEN)]:
        why = "is the name of a Service or of the Cluster of its database"
        raise InvalidValue(f"id {id!r} of a PgBouncer", why, f"write '{database.cluster}-pooler'")


def _pooler(
    spec: PgBouncerSpec, database: Postgres, labels: dict[str, str], mesh: GlobalService | None
) -> cnpg.PoolerSpec:
    container = cnpg.PoolerSpecTemplateSpecContainers(
        name=_CONTAINER, resources=spec.resources.requirements, security_context=_HARDENED
    )
    return cnpg.PoolerSpec(
        cluster=cnpg.PoolerSpecCluster(name=database.cluster),
        instances=spec.instances,
        type=spec.type,
        pgbouncer=cnpg.PoolerSpecPgbouncer(pool_mode=spec.mode, parameters=spec.settings),
        template=cnpg.PoolerSpecTemplate(
            metadata=cnpg.PoolerSpecTemplateMetadata(labels=labels),
            spec=cnpg.PoolerSpecTemplateSpec(
                containers=[container],
                affinity=affinity(spec.availability, labels),
                topology_spread_constraints=topology_spread_constraints(spec.availability, labels)
                or None,
                priority_class_name=spec.availability.priority,
            ),
        ),
        service_template=cnpg.PoolerSpecServiceTemplate(
            metadata=cnpg.PoolerSpecServiceTemplateMetadata(annotations=mesh.annotations)
        )
        if mesh is not None
        else None,
    )
