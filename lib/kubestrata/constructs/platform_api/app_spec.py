"""Spec of an App claim, and its making from a workload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from kubestrata.constructs.platform_api.app_part import (
    CUSTOM,
    AppBucket,
    AppGateway,
    AppKvStore,
    AppMetrics,
    AppNetworkPolicies,
    AppObservability,
    AppRoute,
    AppRouteRule,
    AppSqlInstance,
    AppTraces,
)
from kubestrata.constructs.platform_api.app_pod import (
    PINNED,
    AppAutoscaling,
    AppBudget,
    AppExternalSecret,
    AppField,
    AppFile,
    AppImage,
    AppKey,
    AppLimits,
    AppObjectName,
    AppProbes,
    AppRequests,
    AppResources,
    AppSecurityContext,
    AppService,
    AppStoreKeys,
    AppValueSource,
    AppVariable,
    AppVariables,
    LivenessProbe,
    ReadinessProbe,
)
from kubestrata.constructs.scaling import Availability, EventScaling, Scaling
from kubestrata.constructs.workload import (
    HTTP,
    Container,
    EnvironmentSource,
    Exposure,
    Probe,
    Probes,
    Resources,
    SecretValue,
    StoreValue,
    WorkloadDeclaration,
    WorkloadDefaults,
)
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

_TMP = "/tmp"  # noqa: S108  # in the container
_TMP_SIZE = Quantity("64Mi")
_BUDGETED = 2


class AppSpec(Declaration, kw_only=True):
    """An application: its pods, how they scale and are reached, and what belongs to it."""

    image: Annotated[
        AppImage,
        Meta(description="The image.", extra_json_schema={"x-kubernetes-validations": [PINNED]}),
    ]
    command: Annotated[Sequence[str], Meta(description="In place of the image's entry point.")] = ()
    args: Annotated[Sequence[str], Meta(description="In place of the image's arguments.")] = ()
    replicas: Annotated[int, Meta(ge=0, description="Pods, unless autoscaling is enabled.")] = 1
    autoscaling: Annotated[AppAutoscaling, Meta(description="A range of pods.")] = AppAutoscaling()
    pdb: Annotated[AppBudget, Meta(description="A PodDisruptionBudget.")] = AppBudget()
    resources: Annotated[AppResources, Meta(description="Requests and limits.")] = AppResources()
    on_demand: Annotated[bool, Meta(description="Whether spot capacity is excluded.")] = False
    run_as_non_root: Annotated[
        bool, Meta(description="Always true.", extra_json_schema={"enum": [True]})
    ] = True
    run_as_user: Annotated[int, Meta(ge=1, description="User, group and fsGroup.")] = 1001
    spread_across_zones: Annotated[bool, Meta(description="Over zones, evenly.")] = True
    spread_across_nodes: Annotated[bool, Meta(description="Over nodes, evenly.")] = False
    spread: Annotated[
        Literal["preferred", "required"], Meta(description="Strength of the zones' spread.")
    ] = "preferred"
    min_zones: Annotated[int, Meta(ge=2, description="Of a required spread.")] | None = None
    anti_affinity_preset: Annotated[
        Literal["hard", "none", "soft"], Meta(description="Whether pods share nodes.")
    ] = "soft"
    priority_class_name: Annotated[str | None, Meta(description="A PriorityClass.")] = None
    termination_grace_period_seconds: Annotated[int, Meta(ge=0, description="Seconds.")] = 30
    automount_service_account_token: Annotated[
        bool, Meta(description="Whether pods may call the API server.")
    ] = False
    security_context: Annotated[AppSecurityContext, Meta(description="Hardening.")] = (
        AppSecurityContext()
    )
    pod_variables: Annotated[
        bool, Meta(description="Whether USER, POD_NAME, POD_NAMESPACE and POD_IP are set.")
    ] = True
    env: Annotated[Sequence[AppVariable], Meta(description="Variables, in this order.")] = ()
    env_from: Annotated[Sequence[AppVariables], Meta(description="All keys of objects.")] = ()
    env_from_store: Annotated[
        Mapping[str, StoreValue], Meta(description="Variables out of the secret store.")
    ] = {}
    config: Annotated[Mapping[str, str], Meta(description="Variables in a ConfigMap.")] = {}
    configs: Annotated[Sequence[AppFile], Meta(description="Read-only files.")] = ()
    secrets: Annotated[
        Sequence[AppStoreKeys], Meta(description="Variables out of the secret store, by entry.")
    ] = ()
    files_from_secrets: Annotated[
        Mapping[str, SecretValue], Meta(description="Read-only files out of Secrets, by path.")
    ] = {}
    writable: Annotated[
        Mapping[str, Quantity], Meta(description="Writable folders by path, with their limit.")
    ] = {}
    external_secrets: Annotated[
        Sequence[AppExternalSecret], Meta(description="Secrets of whole entries of the store.")
    ] = ()
    health_probes: Annotated[AppProbes, Meta(description="Probes.")] = AppProbes()
    service: Annotated[AppService, Meta(description="Ports.")] = AppService()
    gateway: Annotated[AppGateway, Meta(description="A Gateway of its own.")] = AppGateway()
    route: Annotated[AppRoute, Meta(description="An HTTPRoute.")] = AppRoute()
    network_policies: Annotated[AppNetworkPolicies, Meta(description="A network policy.")] = (
        AppNetworkPolicies()
    )
    kv_store: Annotated[AppKvStore, Meta(description="A cache.")] = AppKvStore()
    sql_instance: Annotated[AppSqlInstance, Meta(description="A database.")] = AppSqlInstance()
    s3_bucket: Annotated[
        AppBucket,
        Meta(description="A bucket.", extra_json_schema={"x-kubernetes-validations": [CUSTOM]}),
    ] = AppBucket()
    observability: Annotated[AppObservability, Meta(description="Telemetry and alerts.")] = (
        AppObservability()
    )

    def __post_init__(self) -> None:
        """Reject what the restricted standard of pods does not admit."""
        super().__post_init__()
        if not self.run_as_non_root:
            raise self.refuse("run_as_non_root", "is False: pods would not be admitted")

    @classmethod
    def covers(cls, declaration: WorkloadDeclaration, defaults: WorkloadDefaults) -> bool:
        """Return True if a claim has a field for everything that a workload declares."""
        container, default = declaration.container, Container()
        probes = container.probes or defaults.probes
        resources = container.resources or defaults.resources
        beyond = (
            getattr(container, name) != getattr(default, name)
            for name in container.__struct_fields__
            if name not in CARRIED
        )
        return (
            declaration.pod is None
            and declaration.rollout is None
            and not isinstance(declaration.scaling, EventScaling)
            and container.port is not None
            and all(isinstance(port, int) for port in container.ports.values())
            and probes.liveness_probe.is_plain
            and probes.readiness_probe.is_plain
            and not (resources.devices or resources.ephemeral_storage_request)
            and not any(beyond)
        )

    @classmethod
    def of(cls, declaration: WorkloadDeclaration, defaults: WorkloadDefaults) -> AppSpec:
        """Return the claim's spec of a workload, with the defaults of its cluster written out.

        What the workload keeps data in, its identity and its monitoring are beside the claim.
        """
        container = declaration.container
        scaling = defaults.scaling
        if isinstance(declaration.scaling, Scaling):
            scaling = declaration.scaling
        availability = declaration.availability or defaults.availability
        return cls(
            image=_image(declaration.image, container),
            command=container.command,
            args=container.args,
            replicas=scaling.min if scaling.is_fixed else 1,
            autoscaling=_autoscaling(scaling),
            pdb=_budget(availability, scaling.min),
            resources=_resources(container.resources or defaults.resources),
            on_demand=availability.on_demand,
            run_as_user=defaults.user,
            spread_across_zones=availability.spread_zones,
            spread_across_nodes=availability.spread_nodes,
            spread=availability.spread,
            min_zones=availability.min_zones,
            anti_affinity_preset=_PRESETS[availability.anti_affinity],
            priority_class_name=availability.priority,
            termination_grace_period_seconds=defaults.grace_seconds,
            automount_service_account_token=container.service_account_token,
            security_context=AppSecurityContext(
                read_only_root_filesystem=not container.writable_root,
                enable_writable_tmp=_TMP in container.writable,
            ),
            pod_variables=defaults.pod_variables,
            env=_variables(container),
            env_from=[_variables_of(each) for each in container.env_from],
            env_from_store=container.env_from_store,
            config=container.config,
            configs=[AppFile(path=path, content=text) for path, text in container.texts.items()],
            files_from_secrets=container.secret_files,
            writable={
                path: size
                for path, size in container.writable.items()
                if (path, size) != (_TMP, _TMP_SIZE)
            },
            external_secrets=[
                AppExternalSecret(name=name, remote_ref=entry.path, refresh_interval=entry.refresh)
                for name, entry in container.secrets_from_store.items()
            ],
            health_probes=_probes(container.probes or defaults.probes),
            service=_service(container),
            route=_route(declaration.route, container),
            observability=_observability(container),
        )


CARRIED = frozenset(
    (
        "args",
        "command",
        "config",
        "env",
        "env_from",
        "env_from_config_maps",
        "env_from_fields",
        "env_from_secrets",
        "env_from_store",
        "files",
        "files_from_secrets",
        "port",
        "ports",
        "probes",
        "pull_policy",
        "resources",
        "secrets_from_store",
        "service_account_token",
        "telemetry",
        "writable",
        "writable_root",
    )
)
"""Fields of a Container that a claim has; others are those of native objects only."""


def _service(container: Container) -> AppService:
    numbers = container.port_numbers
    main = numbers.pop(HTTP)
    return AppService(port=main, ports=numbers)


_PRESETS: Mapping[str | None, Literal["hard", "none", "soft"]] = {
    None: "none",
    "preferred": "soft",
    "required": "hard",
}


def _image(image: Image, container: Container) -> AppImage:
    return AppImage(
        repository=image.repository,
        tag=image.tag,
        digest=image.digest,
        pull_policy=container.pull_policy,
    )


def _autoscaling(scaling: Scaling) -> AppAutoscaling:
    if scaling.is_fixed:
        return AppAutoscaling()
    return AppAutoscaling(
        enabled=True,
        min_replicas=scaling.min,
        max_replicas=scaling.max,
        target_cpu=scaling.cpu,
        target_memory=scaling.memory,
        pods=scaling.pods,
        external=scaling.external,
        behavior=scaling.behavior,
    )


def _budget(availability: Availability, replicas: int) -> AppBudget:
    least, most = availability.min_available, availability.max_unavailable
    return AppBudget(
        enabled=replicas >= _BUDGETED,
        min_available=1 if least is None else least,
        max_unavailable=1 if least is None and most is None else most,
        unhealthy_pod_eviction_policy=availability.unhealthy_pod_eviction,
    )


def _resources(resources: Resources) -> AppResources:
    return AppResources(
        requests=AppRequests(cpu=resources.cpu, memory=resources.memory),
        limits=AppLimits(
            cpu=resources.cpu_limit,
            memory=resources.memory_limit or resources.memory,
            ephemeral_storage=resources.ephemeral_storage,
        ),
    )


def _variables(container: Container) -> list[AppVariable]:
    """Return the variables in the order of native pods; those of the store are apart."""
    sources: dict[str, AppValueSource] = {}
    for name, path in container.env_from_fields.items():
        sources[name] = AppValueSource(field_ref=AppField(field_path=path))
    for name, value in container.env_from_config_maps.items():
        key = AppKey(name=value.config_map, key=value.key)
        sources[name] = AppValueSource(config_map_key_ref=key)
    for name, secret in container.secret_variables.items():
        key = AppKey(name=secret.secret, key=secret.key)
        sources[name] = AppValueSource(secret_key_ref=key)
    return [
        *(AppVariable(name=name, value_from=source) for name, source in sources.items()),
        *(AppVariable(name=name, value=text) for name, text in container.variables.items()),
    ]


def _variables_of(source: EnvironmentSource) -> AppVariables:
    if source.secret is not None:
        named = AppObjectName(name=source.secret, optional=source.optional)
        return AppVariables(secret_ref=named, prefix=source.prefix)
    named = AppObjectName(name=source.config_map or "", optional=source.optional)
    return AppVariables(config_map_ref=named, prefix=source.prefix)


def _probes(probes: Probes) -> AppProbes:
    liveness, readiness = probes.liveness_probe, probes.readiness_probe
    return AppProbes(
        liveness=LivenessProbe(**_times(liveness)),
        readiness=ReadinessProbe(**_times(readiness)),
        startup_seconds=probes.startup_seconds,
    )


_TIMES = (
    "path",
    "initial_delay_seconds",
    "period_seconds",
    "timeout_seconds",
    "failure_threshold",
)


def _times(probe: Probe) -> dict[str, Any]:
    return {name: getattr(probe, name) for name in _TIMES}


def _route(exposure: Exposure | None, container: Container) -> AppRoute:
    if exposure is None:
        return AppRoute()
    numbers = container.port_numbers
    return AppRoute(
        enabled=True,
        internet_facing=exposure.visibility == "public",
        hostname=exposure.host,
        rules=[
            AppRouteRule(
                backend_port=None if numbers[each.port] == container.port else numbers[each.port],
                path_prefix=each.prefix,
            )
            for each in exposure.paths
        ],
    )


def _observability(container: Container) -> AppObservability:
    telemetry = container.telemetry
    if telemetry is None:
        return AppObservability()
    return AppObservability(
        traces=AppTraces(
            enabled=telemetry.traces,
            endpoint=telemetry.traces_endpoint,
            sampling_rate=telemetry.sampling_rate,
        ),
        metrics=AppMetrics(
            enabled=telemetry.metrics, endpoint=telemetry.metrics_endpoint, scrape=False
        ),
    )
