"""Declaration of an application, and the defaults of its cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.traffic.gateway_reference import Visibility
from kubestrata.constructs.workload.container import HTTP, Container, Probes, Resources
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image


class ExposedPath(Declaration, kw_only=True):
    """Requests whose path begins with the segments of `prefix`, for the named `port`."""

    prefix: Annotated[str, Meta(pattern="^/[-_.~/a-zA-Z0-9]*$")] = "/"
    port: str = HTTP


class Exposure(Declaration, kw_only=True):
    """A route; `visibility` picks the gateway, and with it the domain.

    Without `paths`, every request goes to the main port.
    """

    visibility: Visibility
    host: (
        Annotated[
            str,
            Meta(
                pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                max_length=63,
                description="Label under the gateway's domain; the workload's name unless given.",
            ),
        ]
        | None
    ) = None
    paths: Sequence[ExposedPath] = ()


_PARTS: Mapping[str, type[Declaration]] = {
    "container": Container,
    "scaling": Scaling,
    "availability": Availability,
    "route": Exposure,
    "dependencies": Dependencies,
    "identity": CloudIdentity,
    "monitoring": WorkloadMonitoring,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkloadDeclaration:
    """An application with the resources that belong to it; only the image is required.

    `scaling` and `availability` None are the cluster's defaults; `route`, `dependencies`,
    `identity` and `monitoring` exist only where they are declared.
    """

    image: Image
    container: Container = field(default_factory=Container)
    scaling: Scaling | None = None
    availability: Availability | None = None
    route: Exposure | None = None
    dependencies: Dependencies | None = None
    identity: CloudIdentity | None = None
    monitoring: WorkloadMonitoring | None = None

    def __post_init__(self) -> None:
        Image(self.image)
        check_parts("a WorkloadDeclaration", {name: getattr(self, name) for name in _PARTS})


def check_parts(owner: str, parts: Mapping[str, object]) -> None:
    """Raise InvalidValue for a part of a workload that has the wrong type."""
    for name, part in parts.items():
        if part is not None:
            kind = _PARTS[name]
            require(f"{kind.__name__} of {owner}", part, kind)


class WorkloadDefaults(Declaration, kw_only=True):
    """Defaults of all workloads of a cluster, which may provide its own.

    Pods run as `user`, with a group of the same number, and get `grace_seconds` to terminate. With
    `pod_variables` they have USER, POD_NAME, POD_NAMESPACE and POD_IP. `environment` is the value
    of OTEL_DEPLOYMENT_ENVIRONMENT, and the endpoints are URLs for OTLP.
    """

    scaling: Scaling = Scaling.fixed(2)
    availability: Availability = Availability()
    probes: Probes = Probes()
    resources: Resources = Resources()
    user: Annotated[int, Meta(ge=1)] = 65532
    grace_seconds: Annotated[int, Meta(ge=0)] = 30
    pod_variables: bool = False
    environment: str | None = None
    traces_endpoint: str | None = None
    metrics_endpoint: str | None = None

    @classmethod
    def of(cls, cluster: Cluster) -> WorkloadDefaults:
        """Return the defaults that the cluster provides, else the built-in ones."""
        return cluster.find(cls) or cls()
