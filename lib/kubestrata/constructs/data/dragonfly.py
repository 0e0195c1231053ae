"""Dragonfly, a Redis-compatible store, run by its operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from kubeapis import dragonfly, k8s
from kubestrata.constructs.data.operator import DragonflyOperator
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.scrape import watch
from kubestrata.constructs.scaling.availability import Availability, DisruptionBudget
from kubestrata.constructs.scaling.placement import affinity, topology_spread_constraints
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

_PORT, _ADMIN = 6379, 9999
_IMAGE = Image("docker.dragonflydb.io/dragonflydb/dragonfly:v1.34.2")
# The user of the image.
_USER = 999


# Flags that the operator passes itself (source: its resources, 1.3.0): it manages replication over
# the admin port, and reads snapshots of its own folder.
_OWNED = {
    "aclfile",
    "admin_nopass",
    "admin_port",
    "dir",
    "memcached_port",
    "no_tls_on_admin_port",
    "port",
    "requirepass",
    "snapshot_cron",
    "tiered_prefix",
    "tls",
    "tls_ca_cert_file",
    "tls_cert_file",
    "tls_key_file",
}


class DragonflySpec(Declaration, kw_only=True):
    """Settings of a Dragonfly: number of pods (primary included), memory and snapshots.

    With `storage` None there are no snapshots, and a restart of all pods loses the data.
    `resources` replace `memory`. Of `max_memory`, a `cache` evicts old entries, others refuse
    writes. `flags` are Dragonfly's own, without dashes. Raises InvalidValue for a flag of the
    operator, and for more memory than the limit.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("memory", "storage")
    replicas: Annotated[int, Meta(ge=1, description="Pods, the primary among them.")] = 2
    memory: Annotated[Quantity, Meta(description="Of each pod.")] = Quantity("512Mi")
    storage: Annotated[Quantity, Meta(description="For snapshots.")] | None = Quantity("1Gi")
    storage_class: str | None = None
    snapshot: Annotated[Cron, Meta(description="When snapshots are taken.")] = Cron("0 */6 * * *")
    image: Image = _IMAGE
    priority: str | None = None
    monitoring: bool = True
    resources: PodResources | None = None
    max_memory: Annotated[Quantity, Meta(description="Of the data.")] | None = None
    cache: bool = False
    flags: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    user: Annotated[int, Meta(ge=1, description="User and group of the pods.")] = _USER
    availability: Availability = Availability()

    def __post_init__(self) -> None:
        """Reject flags that are not the user's, and more data than memory."""
        super().__post_init__()
        for flag in self.flags:
            if flag.startswith("-"):
                raise self.refuse("flags", f"{flag!r} has dashes", f"write {flag.lstrip('-')!r}")
            if flag in _OWNED:
                why = f"{flag!r} is set by the operator, which depends on it"
                raise self.refuse("flags", why, "remove it, or use a field of the spec")
            if flag in ("cache_mode", "maxmemory"):
                raise self.refuse("flags", f"{flag!r} is a field", "use cache or max_memory")
        limit = self.memory if self.resources is None else self.resources.limits["memory"]
        if self.max_memory is not None and quantity(self.max_memory) >= quantity(limit):
            why = f"is {str(self.max_memory)!r}, and the limit of the pod {str(limit)!r}"
            raise self.refuse("max_memory", why, "leave a tenth of the limit to the process")

    @property
    def args(self) -> list[str]:
        """Return the arguments of the process."""
        made: dict[str, str] = {}
        if self.max_memory is not None:
            made["maxmemory"] = str(int(quantity(self.max_memory)))
        if self.cache:
            made["cache_mode"] = "true"
        return [f"--{name}={value}" for name, value in {**made, **self.flags}.items()]


class Dragonfly(Construct, NetworkParty):
    """One Dragonfly named `id`, its PodDisruptionBudget and the network policy of its pods.

    `password` is a key of a Secret; raises InvalidReference for a Secret in another namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        password: SecretKey,
        spec: DragonflySpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-dragonfly")
        patching.register(self, patches)
        self._component = component_of(scope)
        self.spec = spec = spec or DragonflySpec()
        DragonflyOperator.precedes(self._component)
        self.password = password
        labels = {"app": id, "app.kubernetes.io/name": "dragonfly"}
        self.resource = dragonfly.Dragonfly(self, id, spec=_spec(spec, labels, password))
        namespace = self.resource.identity.namespace
        password.secret.require_namespace(namespace)
        self._pods = Pods(id, namespace, labels)
        if spec.replicas > 1:
            DisruptionBudget(
                self, id, labels=labels, availability=spec.availability, replicas=spec.replicas
            )
        DragonflyOperator.connect(self, self._pods, [_PORT, _ADMIN])
        if spec.monitoring:
            watch(self, id, self._pods, port="admin", number=_ADMIN)
        patching.check_used(self)

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the port of the Redis protocol."""
        ports = (NetworkPort(_PORT),)
        return Endpoint(self._pods, ports, self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def service(self) -> ServiceReference:
        """Return the Service of the primary."""
        return ServiceReference(self.resource.ref.makes("Service"), _PORT)

    @property
    def primary(self) -> Endpoint:
        """Return the primary only, for Services of other names: the operator moves its label."""
        labels = {**self._pods.labels, "role": "master"}
        pods = Pods(f"{self.resource.name}-primary", self._pods.namespace, labels)
        return Endpoint(pods, (NetworkPort(_PORT),), self._component, self.resource.ref)

    @property
    def credentials(self) -> SecretReference:
        """Return the Secret with the password; `password` is the key."""
        return self.password.secret


def _spec(
    spec: DragonflySpec, labels: dict[str, str], password: SecretKey
) -> dragonfly.DragonflySpec:
    selector = k8s.SecretKeySelector(name=password.name, key=password.key)
    return dragonfly.DragonflySpec(
        replicas=spec.replicas,
        image=spec.image,
        authentication=dragonfly.DragonflySpecAuthentication(password_from_secret=selector),
        priority_class_name=spec.priority,
        args=spec.args or None,
        resources=(
            spec.resources or PodResources(cpu=Quantity("100m"), memory=spec.memory)
        ).requirements,
        affinity=affinity(spec.availability, labels),
        topology_spread_constraints=topology_spread_constraints(
            spec.availability, labels, rollout=()
        )
        or None,
        snapshot=_snapshot(spec),
        pod_security_context=k8s.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=spec.user,
            run_as_group=spec.user,
            fs_group=spec.user,
            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        ),
        container_security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
            read_only_root_filesystem=True,
        ),
    )


def _snapshot(spec: DragonflySpec) -> dragonfly.DragonflySpecSnapshot | None:
    if spec.storage is None:
        return None
    claim = k8s.PersistentVolumeClaimSpec(
        access_modes=["ReadWriteOnce"],
        storage_class_name=spec.storage_class,
        resources=k8s.VolumeResourceRequirements(requests={"storage": spec.storage}),
    )
    return dragonfly.DragonflySpecSnapshot(cron=spec.snapshot, persistent_volume_claim_spec=claim)
