"""Fields of an App claim beside its pods: traffic, data and monitoring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from kubestrata.constructs.cloud.pod_identity_spec import ProviderConfigName
from kubestrata.constructs.cloud.statement import LEAST_PRIVILEGE, Statement
from kubestrata.constructs.platform_api.sql_instance import SQLInstanceSpec
from kubestrata.constructs.workload.port import PortNumber
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.quantity import Quantity

_Enabled = Annotated[bool, Meta(description="Whether it exists.")]
_CheckedObject = Annotated[
    Statement, Meta(extra_json_schema={"x-kubernetes-validations": [LEAST_PRIVILEGE]})
]
_Rules = Annotated[Sequence[Any], Meta(description="Rules as Cilium has them.")]


class AppListener(Declaration, kw_only=True):
    """A listener of the Gateway."""

    name: Annotated[str, Meta(min_length=1, description="Its name.")]
    port: Annotated[PortNumber, Meta(description="Its port.")]
    protocol: Annotated[Literal["HTTP", "TCP", "UDP"], Meta(description="Without TLS.")] = "HTTP"
    hostname: Annotated[str | None, Meta(description="Any host unless given.")] = None


class AppGateway(Declaration, kw_only=True):
    """A Gateway of the application's own, which its route attaches to."""

    enabled: _Enabled = False
    gateway_class_name: Annotated[str, Meta(description="Its class.")] = "cilium"
    name: Annotated[str | None, Meta(description="<app>-gateway unless given.")] = None
    listeners: Annotated[
        Sequence[AppListener], Meta(min_length=1, description="Where it listens.")
    ] = (AppListener(name="http", port=80),)


class AppRouteRule(Declaration, kw_only=True):
    """Requests for a path and all below it."""

    backend_port: Annotated[
        PortNumber | None, Meta(description="A port of the container; the main one unless given.")
    ] = None
    path_prefix: Annotated[str, Meta(pattern="^/", description="Segments of the path.")] = "/"


class AppRoute(Declaration, kw_only=True):
    """An HTTPRoute on the private or the public gateway, or on the application's own."""

    enabled: _Enabled = False
    internet_facing: Annotated[bool, Meta(description="Whether everybody reaches it.")] = False
    hostname: (
        Annotated[
            str,
            Meta(
                pattern="^[a-z0-9*]([-.a-z0-9]*[a-z0-9])?$",
                max_length=253,
                description="A host, or a label in the gateway's domain; the name unless given.",
            ),
        ]
        | None
    ) = None
    rules: Annotated[Sequence[AppRouteRule], Meta(description="Every request unless given.")] = ()


class AppNetworkPolicies(Declaration, kw_only=True):
    """A CiliumNetworkPolicy of the pods."""

    enabled: _Enabled = False
    ingress: _Rules = ()
    egress: _Rules = ()


class AppKvStore(Declaration, kw_only=True):
    """A cache without password, which network policies must guard; its data outlives restarts."""

    enabled: _Enabled = False
    type: Annotated[Literal["valkey"], Meta(description="The server.")] = "valkey"
    size: Annotated[Literal["large", "medium", "small"], Meta(description="CPU and memory.")] = (
        "small"
    )


class AppSqlInstance(SQLInstanceSpec, kw_only=True):
    """An SQLInstance of the name of the application, with a Cluster `<app>-postgres`."""

    enabled: _Enabled = False
    size: Annotated[
        Literal["large", "medium", "small"],
        Meta(description="CPU, memory and the parameters that depend on it."),
    ] = "small"
    storage_size: Annotated[Quantity, Meta(description="Volume of each instance.")] = Quantity(
        "20Gi"
    )


class AppBucket(Declaration, kw_only=True):
    """A private, encrypted bucket, and an EPI that lets the pods use it."""

    enabled: _Enabled = False
    provider_config_ref: Annotated[
        ProviderConfigName | None, Meta(description="Credentials; the cluster's unless given.")
    ] = None
    region: Annotated[str | None, Meta(description="The cluster's unless given.")] = None
    permissions: Annotated[
        Literal["custom", "readonly", "readwrite"], Meta(description="Of the pods.")
    ] = "readwrite"
    custom_policy: Annotated[
        Sequence[_CheckedObject], Meta(max_length=16, description="IAM statements, if custom.")
    ] = ()
    versioning: Annotated[bool, Meta(description="Whether replaced objects are kept.")] = False
    retention_days: (
        Annotated[int, Meta(ge=1, description="When objects expire; never unless given.")] | None
    ) = None

    def __post_init__(self) -> None:
        """Reject permissions without a policy, and a policy that nothing uses."""
        super().__post_init__()
        if (self.permissions == "custom") != bool(self.custom_policy):
            why = f"does not fit permissions {self.permissions!r}"
            raise self.refuse("custom_policy", why, "set both, or neither")


CUSTOM = {
    "rule": (
        "(self.permissions == 'custom') == (has(self.customPolicy) && size(self.customPolicy) > 0)"
    ),
    "message": "customPolicy belongs to the permissions custom",
}
"""The same check as that of `AppBucket`, for the API server."""


class AppTraces(Declaration, kw_only=True):
    """Traces by OTLP over HTTP."""

    enabled: Annotated[bool, Meta(description="Whether they are sent.")] = False
    endpoint: Annotated[str | None, Meta(description="URL; the cluster's unless given.")] = None
    sampling_rate: Annotated[float, Meta(ge=0, le=1, description="Share, 0 to 1.")] = 1.0


class AppMetrics(Declaration, kw_only=True):
    """Metrics: sent by OTLP over HTTP, and scraped."""

    enabled: Annotated[bool, Meta(description="Whether they are sent and scraped.")] = False
    endpoint: Annotated[str | None, Meta(description="URL; the cluster's unless given.")] = None
    path: Annotated[str, Meta(pattern="^/", description="Path of the scrape.")] = "/metrics"
    interval: Annotated[Duration, Meta(description="Interval of the scrape.")] = Duration("30s")
    scrape: Annotated[bool, Meta(description="Whether a VMServiceScrape is composed.")] = True


class AppAlertingRules(Declaration, kw_only=True):
    """A VMRule."""

    groups: Annotated[Sequence[Any], Meta(description="Groups as VMRule has them.")] = ()


class AppObservability(Declaration, kw_only=True):
    """Traces, metrics and alerts."""

    traces: Annotated[AppTraces, Meta(description="Traces.")] = AppTraces()
    metrics: Annotated[AppMetrics, Meta(description="Metrics.")] = AppMetrics()
    alerting_rules: Annotated[AppAlertingRules, Meta(description="Alerts.")] = AppAlertingRules()
