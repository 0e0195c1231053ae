"""Fields of an App claim that describe its pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.scaling import ExternalMetric, PodsMetric, ScalingBehavior
from kubestrata.constructs.workload.port import PortNumber
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.quantity import Quantity

_Seconds = Annotated[int, Meta(ge=1, description="Seconds.")]
_Amount = Annotated[int, Meta(ge=0)] | Annotated[str, Meta(pattern=r"^(100|[1-9]?[0-9])%$")]
_Percent = Annotated[int, Meta(ge=1, le=1000, description="Percent of the requests.")]
# The API server refuses other values; pods with them are not admitted by the restricted standard.
_NEVER: dict[str, Any] = {"enum": [False]}
_ALWAYS: dict[str, Any] = {"enum": [True]}

PINNED = {
    "rule": "has(self.digest) || (has(self.tag) && self.tag != 'latest')",
    "message": "an image has a tag other than latest, or a digest",
}
"""The same check as that of `Image`, for the API server."""


class AppImage(Declaration, kw_only=True):
    """An image, pinned to a tag or a digest."""

    repository: Annotated[
        str,
        Meta(
            pattern="^([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*$",
            max_length=255,
            description="Registry and name.",
        ),
    ]
    tag: (
        Annotated[
            str,
            Meta(pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", description="Any tag but latest."),
        ]
        | None
    ) = None
    digest: (
        Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$", description="Digest of the image.")]
        | None
    ) = None
    pull_policy: Annotated[
        Literal["Always", "IfNotPresent", "Never"], Meta(description="When nodes pull it.")
    ] = "IfNotPresent"

    def __post_init__(self) -> None:
        """Reject an image that can change without a commit."""
        super().__post_init__()
        if self.digest is None and self.tag in (None, "latest"):
            why = "is not pinned: latest and no tag can change without a commit"
            raise self.refuse("tag", why, "name a tag, or a digest")


class AppAutoscaling(Declaration, kw_only=True):
    """A HorizontalPodAutoscaler in place of a fixed number of pods."""

    enabled: Annotated[bool, Meta(description="Whether it exists.")] = False
    min_replicas: Annotated[int, Meta(ge=1, description="Fewest pods.")] = 1
    max_replicas: Annotated[int, Meta(ge=1, description="Most pods.")] = 5
    target_cpu: _Percent | None = msgspec.field(default=70, name="targetCPUUtilizationPercentage")
    target_memory: _Percent | None = msgspec.field(
        default=None, name="targetMemoryUtilizationPercentage"
    )
    pods: Annotated[Sequence[PodsMetric], Meta(description="Metrics of each pod.")] = ()
    external: Annotated[Sequence[ExternalMetric], Meta(description="Metrics from elsewhere.")] = ()
    behavior: Annotated[ScalingBehavior | None, Meta(description="Speed of scaling.")] = None


class AppBudget(Declaration, kw_only=True):
    """A PodDisruptionBudget, which exists from two pods on."""

    enabled: Annotated[bool, Meta(description="Whether it exists.")] = False
    min_available: Annotated[_Amount, Meta(description="Pods, or percent.")] = 1
    max_unavailable: Annotated[
        _Amount | None, Meta(description="Pods, or percent, in place of minAvailable.")
    ] = None
    unhealthy_pod_eviction_policy: Annotated[
        Literal["AlwaysAllow", "IfHealthyBudget"],
        Meta(description="Whether pods that are not ready can always be evicted."),
    ] = "AlwaysAllow"


class AppRequests(Declaration, kw_only=True):
    """Resources that the container requests of its node."""

    cpu: Annotated[Quantity, Meta(description="CPUs.")] = Quantity("100m")
    memory: Annotated[Quantity, Meta(description="Bytes.")] = Quantity("128Mi")


class AppLimits(Declaration, kw_only=True):
    """Limits of the container; null removes one."""

    cpu: Annotated[Quantity | None, Meta(description="CPUs.")] = Quantity("200m")
    memory: Annotated[Quantity, Meta(description="Bytes.")] = Quantity("256Mi")
    ephemeral_storage: Annotated[
        Quantity, Meta(description="Logs and writable paths on the node's disk.")
    ] = msgspec.field(default=Quantity("256Mi"), name="ephemeral-storage")


class AppResources(Declaration, kw_only=True):
    """Requests and limits of the container."""

    requests: Annotated[AppRequests, Meta(description="Requested of the node.")] = AppRequests()
    limits: Annotated[AppLimits, Meta(description="Limits of the container.")] = AppLimits()


class AppCapabilities(Declaration, kw_only=True):
    """Capabilities of the container."""

    drop: Annotated[
        Sequence[Literal["ALL"]], Meta(min_length=1, max_length=1, description="All of them.")
    ] = ("ALL",)


class AppSecurityContext(Declaration, kw_only=True):
    """Hardening of the container."""

    allow_privilege_escalation: Annotated[
        bool, Meta(description="Always false.", extra_json_schema=_NEVER)
    ] = False
    read_only_root_filesystem: Annotated[
        bool, Meta(description="Whether files can be written to writable paths only.")
    ] = True
    run_as_non_root: Annotated[
        bool, Meta(description="Always true.", extra_json_schema=_ALWAYS)
    ] = True
    capabilities: Annotated[AppCapabilities, Meta(description="All are dropped.")] = (
        AppCapabilities()
    )
    enable_writable_tmp: Annotated[
        bool, Meta(description="Whether /tmp is an empty, writable volume.")
    ] = True

    def __post_init__(self) -> None:
        """Reject what the restricted standard of pods does not admit."""
        super().__post_init__()
        if self.allow_privilege_escalation:
            raise self.refuse("allow_privilege_escalation", "is True: pods would not be admitted")
        if not self.run_as_non_root:
            raise self.refuse("run_as_non_root", "is False: pods would not be admitted")


class AppKey(Declaration, kw_only=True):
    """A key of a Secret or a ConfigMap."""

    name: Annotated[str, Meta(description="Name of the object.")]
    key: Annotated[str, Meta(description="The key.")]


class AppField(Declaration, kw_only=True):
    """A field of the pod."""

    field_path: Annotated[str, Meta(description="status.podIP, for example.")]


class AppValueSource(Declaration, kw_only=True):
    """The source of a variable's value: one of the three."""

    secret_key_ref: Annotated[AppKey | None, Meta(description="From a Secret.")] = None
    config_map_key_ref: Annotated[AppKey | None, Meta(description="From a ConfigMap.")] = None
    field_ref: Annotated[AppField | None, Meta(description="From the pod.")] = None


class AppVariable(Declaration, kw_only=True):
    """An environment variable, with a value or a source."""

    name: Annotated[str, Meta(pattern="^[-._a-zA-Z][-._a-zA-Z0-9]*$", description="Its name.")]
    value: Annotated[str | None, Meta(description="May refer to earlier ones as $(NAME).")] = None
    value_from: Annotated[AppValueSource | None, Meta(description="In place of value.")] = None


class AppObjectName(Declaration, kw_only=True):
    """A Secret or a ConfigMap, all of whose keys are read."""

    name: Annotated[str, Meta(description="Name of the object.")]
    optional: Annotated[bool, Meta(description="Whether pods start without it.")] = False


class AppVariables(Declaration, kw_only=True):
    """All keys of a Secret or a ConfigMap, as variables."""

    secret_ref: Annotated[AppObjectName | None, Meta(description="A Secret.")] = None
    config_map_ref: Annotated[AppObjectName | None, Meta(description="A ConfigMap.")] = None
    prefix: Annotated[str, Meta(description="Begins the names of the variables.")] = ""


class AppFile(Declaration, kw_only=True):
    """A read-only file; pods restart when it changes."""

    path: Annotated[str, Meta(pattern="^/", description="Absolute path.")]
    content: Annotated[str, Meta(description="Its text.")]


class AppStoreKeys(Declaration, kw_only=True):
    """Fields of an entry of the secret store, as variables of the same names."""

    path: Annotated[str, Meta(min_length=1, description="The entry.")]
    keys: Annotated[Sequence[str], Meta(min_length=1, description="Its fields.")]


class AppExternalSecret(Declaration, kw_only=True):
    """A Secret of a whole entry of the secret store."""

    name: Annotated[str, Meta(min_length=1, description="Name of the Secret.")]
    remote_ref: Annotated[str, Meta(min_length=1, description="The entry.")]
    refresh_interval: Annotated[Duration, Meta(description="How often it is read.")] = Duration(
        "1h"
    )


class LivenessProbe(Declaration, kw_only=True):
    """A probe that restarts the container."""

    path: Annotated[str | None, Meta(description="Null only connects to the port.")] = "/healthz"
    initial_delay_seconds: Annotated[int, Meta(ge=0, description="Seconds.")] = 30
    period_seconds: _Seconds = 10
    timeout_seconds: _Seconds = 3
    failure_threshold: Annotated[int, Meta(ge=1, description="Failures in a row.")] = 3


class ReadinessProbe(Declaration, kw_only=True):
    """A probe that stops traffic."""

    path: Annotated[str | None, Meta(description="Null only connects to the port.")] = "/readyz"
    initial_delay_seconds: Annotated[int, Meta(ge=0, description="Seconds.")] = 5
    period_seconds: _Seconds = 5
    timeout_seconds: _Seconds = 3
    failure_threshold: Annotated[int, Meta(ge=1, description="Failures in a row.")] = 3


class AppProbes(Declaration, kw_only=True):
    """Probes of the main port."""

    liveness: Annotated[LivenessProbe, Meta(description="Restarts the container.")] = (
        LivenessProbe()
    )
    readiness: Annotated[ReadinessProbe, Meta(description="Stops traffic.")] = ReadinessProbe()
    startup_seconds: (
        Annotated[
            int, Meta(ge=1, description="How long the start may take before liveness counts.")
        ]
        | None
    ) = None


class AppService(Declaration, kw_only=True):
    """Ports of the container; the Service maps port 80 to the main one."""

    port: Annotated[PortNumber, Meta(description="Main port, for HTTP.")] = 8080
    ports: Annotated[Mapping[str, PortNumber], Meta(description="Further ports by name.")] = {}
