"""Sources of a container's variables and files: Secrets, ConfigMaps, the store, telemetry."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.url import check_url


class SecretValue(Declaration, kw_only=True):
    """One key of a Secret in the workload's namespace."""

    secret: Annotated[str, Meta(description="The Secret's name.")]
    key: Annotated[str, Meta(description="Its key.")]


class StoreValue(Declaration, kw_only=True):
    """One value of the cluster's secret store; a Secret is made of it."""

    path: Annotated[str, Meta(description="The entry of the store.")]
    property: Annotated[
        str | None, Meta(description="The field of the entry; all of it unless given.")
    ] = None


class ConfigMapValue(Declaration, kw_only=True):
    """One key of a ConfigMap in the workload's namespace."""

    config_map: str
    key: str


class StoreEntry(Declaration, kw_only=True):
    """A whole entry of the cluster's secret store, as a Secret with the entry's fields as keys."""

    path: Annotated[str, Meta(min_length=1)]
    refresh: Duration = Duration("1h")


class EnvironmentSource(Declaration, kw_only=True):
    """All keys of a Secret or a ConfigMap as variables, whose names begin with `prefix`.

    Pods wait for the object unless it is `optional`. Raises InvalidValue for both or neither.
    """

    secret: str | None = None
    config_map: str | None = None
    prefix: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        """Reject a source of two objects, or none."""
        super().__post_init__()
        if (self.secret is None) == (self.config_map is None):
            why = "is not set" if self.secret is None else "is set beside config_map"
            raise self.refuse("secret", why, "set one of secret and config_map")


class Telemetry(Declaration, kw_only=True):
    """Variables of the OpenTelemetry SDK, for traces and metrics sent by OTLP over HTTP.

    Endpoints are URLs, by default those of the cluster's WorkloadDefaults. `sampling_rate` is the
    share of traces, 0 to 1, that begin here.
    """

    traces: bool = True
    metrics: bool = False
    traces_endpoint: str | None = None
    metrics_endpoint: str | None = None
    sampling_rate: Annotated[float, Meta(ge=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        """Reject telemetry of nothing."""
        super().__post_init__()
        if not (self.traces or self.metrics):
            raise self.refuse("traces", "and metrics are off", "leave out telemetry")
        check_endpoints("Telemetry", self.traces_endpoint, self.metrics_endpoint)


def check_endpoints(owner: str, traces: str | None, metrics: str | None) -> None:
    """Raise InvalidValue for an endpoint that is not a URL."""
    for name, url in (("traces", traces), ("metrics", metrics)):
        if url is not None:
            check_url(f"{owner}.{name}_endpoint", url)
