"""Valkey from Bitnami's chart: one persistent primary, and optional replicas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from kubestrata.constructs.helm.helm_chart import HelmChart
from kubestrata.constructs.helm.helm_release import HelmRelease
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.observability.alert import Alert, RuleGroup
from kubestrata.constructs.observability.scrape import watch
from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.quantity import Quantity

_PORT, _METRICS = 6379, 9121
# Bitnami publishes the images of its versioned charts only here.
_IMAGES = "bitnamilegacy"


class ValkeySpec(Declaration, kw_only=True):
    """Settings of a cache: replicas beside the primary, memory and a volume.

    With `storage` None, data does not survive a restart.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("memory", "storage")
    replicas: Annotated[int, Meta(ge=0, description="Beside the primary.")] = 0
    memory: Annotated[Quantity, Meta(description="Of each pod, request and limit.")] = Quantity(
        "128Mi"
    )
    storage: Quantity | None = Quantity("1Gi")
    storage_class: str | None = None
    monitoring: bool = True


class Valkey(Construct, NetworkParty):
    """One HelmRelease of the Bitnami chart, and the network policy of its pods.

    `password` is a key of a Secret; raises InvalidReference for a Secret in another namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        chart: HelmChart,
        password: SecretKey,
        spec: ValkeySpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-valkey")
        patching.register(self, patches)
        self._component = component_of(scope)
        self.spec = spec or ValkeySpec()
        self.password = password
        values = _values(id, self.spec, password)
        self.release = HelmRelease(self, id, chart=chart, values=values)
        password.secret.require_namespace(self.release.resource.identity.namespace)
        pods = self.release.pods
        self.release.allow(Flow.to_pods(pods, _PORT), Flow.from_pods(pods, _PORT))
        if self.spec.monitoring:
            rules = _alerts(id, pods.namespace)
            watch(self, id, pods, port="metrics", number=_METRICS, alerts=rules)
        patching.check_used(self)

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the port of Valkey."""
        return self.release.endpoint(_PORT)

    def _party(self) -> Endpoint:
        return self.endpoint

    @property
    def service(self) -> ServiceReference:
        """Return the Service of the primary."""
        name = self.release.resource.identity.name
        return self.release.service(f"{name}-primary", _PORT)

    @property
    def credentials(self) -> SecretReference:
        """Return the Secret with the password; `password` is the key."""
        return self.password.secret


def _alerts(id: str, namespace: str) -> RuleGroup:
    """Return alerts on the metrics of the exporter sidecar."""
    own = f'namespace="{namespace}",pod=~"{id}-(primary|replicas)-[0-9]+"'
    down = Alert(
        name="ValkeyDown",
        expression=f"min by (pod) (redis_up{{{own}}}) == 0",
        severity="critical",
        summary="Valkey does not answer in {{ $labels.pod }}",
        for_=Duration("5m"),
    )
    full = Alert(
        name="ValkeyRefuses",
        expression=f"max by (pod) (increase(redis_rejected_connections_total{{{own}}}[15m])) > 0",
        severity="warning",
        summary="{{ $labels.pod }} refuses connections",
        for_=Duration("5m"),
    )
    return RuleGroup(f"valkey-{id}", [down, full])


def _values(id: str, spec: ValkeySpec, password: SecretKey) -> JsonObject:
    pods: JsonObject = {
        "persistence": _persistence(spec),
        "resources": {
            "requests": {"cpu": "50m", "memory": spec.memory},
            "limits": {"memory": spec.memory},
        },
    }
    return {
        "global": {"security": {"allowInsecureImages": True}},
        "fullnameOverride": id,
        "architecture": "replication" if spec.replicas else "standalone",
        "image": {"repository": f"{_IMAGES}/valkey"},
        "auth": {
            "enabled": True,
            "existingSecret": password.name,
            "existingSecretPasswordKey": password.key,
        },
        "primary": pods,
        "replica": {**pods, "replicaCount": spec.replicas},
        # The cluster's own network policies apply.
        "networkPolicy": {"enabled": False},
        "metrics": {
            "enabled": spec.monitoring,
            "image": {"repository": f"{_IMAGES}/redis-exporter"},
        },
    }


def _persistence(spec: ValkeySpec) -> JsonObject:
    if spec.storage is None:
        return {"enabled": False}
    size: JsonObject = {"enabled": True, "size": spec.storage}
    return {**size, "storageClass": spec.storage_class} if spec.storage_class else size
