"""Defaults of the pods of a cluster."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.workload.probe import Probes
from kubestrata.constructs.workload.resources import Resources
from kubestrata.constructs.workload.value_source import check_endpoints
from kubestrata.core.cluster import Cluster
from kubestrata.core.declaration import Declaration


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

    def __post_init__(self) -> None:
        """Reject endpoints that are not URLs."""
        super().__post_init__()
        check_endpoints("WorkloadDefaults", self.traces_endpoint, self.metrics_endpoint)

    @classmethod
    def of(cls, cluster: Cluster) -> WorkloadDefaults:
        """Return the defaults that the cluster provides, else the built-in ones."""
        return cluster.find(cls) or cls()
