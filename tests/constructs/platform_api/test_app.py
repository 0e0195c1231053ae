"""App: claim, schema and composition are equivalent to the native construct."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, reject, settings

from kubestrata import Component, Image, KubestrataError, Quantity
from kubestrata.constructs import (
    Availability,
    EventScaling,
    Exposure,
    Hook,
    Lifecycle,
    PodSettings,
    ProtocolPort,
    Rollout,
    Scaling,
    ScalingTrigger,
    Workload,
)
from kubestrata.constructs.platform_api import (
    APP,
    PlatformApi,
    app_environment,
    structural_schema,
)
from kubestrata.constructs.platform_api.app_pod import AppProbes
from kubestrata.constructs.scaling import (
    ExternalMetric,
    PodsMetric,
    ScalingBehavior,
    ScalingPolicy,
    ScalingRules,
)
from kubestrata.constructs.workload import (
    ConfigMapValue,
    Container,
    EnvironmentSource,
    ExposedPath,
    Probe,
    Probes,
    Resources,
    SecretValue,
    StoreEntry,
    StoreValue,
    Telemetry,
    WorkloadDefaults,
)
from kubestrata.constructs.workload.port import PortNumber
from kubestrata.core.declaration import Declaration
from kubestrata.core.render import Rendering, restore
from kubestrata.core.value.duration import Duration
from tests.constructs.checking import kind_schema
from tests.constructs.platform_api.composing import beside, composed, native, schema_of
from tests.constructs.platform_api.declarations import declarations
from tests.constructs.workload.platform import complete
from tests.small_platform import new_component

IMAGE = Image("registry.example.com/web:1.0.0")


class PlainContainer(Container, kw_only=True):
    """A container whose values all have a form in JSON."""

    port: PortNumber = 8080
    ports: Mapping[str, PortNumber] = {}
    env: Mapping[str, str] = {}
    files: Mapping[str, str] = {}


class PlainWorkload(Declaration, kw_only=True):
    """The parts of a workload that a claim replaces."""

    image: Image = IMAGE
    container: PlainContainer = PlainContainer()
    scaling: Scaling | None = None
    availability: Availability | None = None
    route: Exposure | None = None


FULL = PlainWorkload(
    image=Image("registry.example.com/web@sha256:" + "0" * 64),
    container=PlainContainer(
        port=9000,
        ports={"admin": 9001, "metrics": 9090},
        command=["/bin/web"],
        args=["--verbose"],
        env={"LEVEL": "08", "URL": "redis://:$(PASSWORD)@cache"},
        env_from_secrets={"PASSWORD": SecretValue(secret="cache", key="password")},
        env_from_store={
            "KEY": StoreValue(path="shop/web", property="key"),
            "TOKEN": StoreValue(path="shop/token"),
        },
        env_from_config_maps={"MODE_NEXT": ConfigMapValue(config_map="modes", key="next")},
        env_from_fields={"HOST_IP": "status.hostIP", "POD_IP": "status.podIPs"},
        env_from=[
            EnvironmentSource(secret="web-config", optional=True, prefix="WEB_"),
            EnvironmentSource(config_map="flags"),
        ],
        secrets_from_store={
            "web-config": StoreEntry(path="apps/web", refresh=Duration("20m")),
            "web-login": StoreEntry(path="apps/login"),
        },
        config={"MODE": "on", "WAIT": "10s"},
        pull_policy="Always",
        writable_root=True,
        service_account_token=True,
        telemetry=Telemetry(sampling_rate=0.25, traces_endpoint="http://traces:4318/v1/traces"),
        files={"/etc/web/a.yaml": "b: 1\n", "/etc/web/c d.txt": "e"},
        files_from_secrets={
            "/keys/tls/ca.crt": SecretValue(secret="ca", key="ca.crt"),
            "/keys/tls/tls.key": SecretValue(secret="web", key="tls.key"),
            "/var/token": SecretValue(secret="web", key="token"),
        },
        writable={"/cache": Quantity("1Gi"), "/tmp": Quantity("64Mi")},
        probes=Probes(
            liveness=Probe(path=None, initial_delay_seconds=30, timeout_seconds=3),
            readiness="/ready",
            startup_seconds=31,
        ),
        resources=Resources(
            cpu=Quantity("1"),
            memory=Quantity("1Gi"),
            cpu_limit=Quantity("2"),
            memory_limit=Quantity("2Gi"),
        ),
    ),
    scaling=Scaling(
        min=3,
        max=9,
        cpu=None,
        memory=70,
        pods=[PodsMetric(name="requests", average_value=Quantity("10"), selector={"a": "b"})],
        external=[
            ExternalMetric(name="queue", value=Quantity("5")),
            ExternalMetric(name="share", average_value=Quantity("2")),
        ],
        behavior=ScalingBehavior(
            scale_up=ScalingRules(policies=[ScalingPolicy(type="Pods", value=2)]),
            scale_down=ScalingRules(select_policy="Min", stabilization_window_seconds=600),
        ),
    ),
    availability=Availability(
        min_available="50%",
        spread="required",
        min_zones=2,
        spread_nodes=False,
        anti_affinity="preferred",
        priority="shops",
        on_demand=True,
        unhealthy_pod_eviction="IfHealthyBudget",
    ),
    route=Exposure(
        visibility="public",
        host="www",
        paths=[ExposedPath(prefix="/admin", port="admin"), ExposedPath()],
    ),
)
CASES = {
    "minimal": PlainWorkload(),
    "full": FULL,
    "single": PlainWorkload(scaling=Scaling.fixed(1)),
    "private": PlainWorkload(
        route=Exposure(visibility="private"),
        availability=Availability(
            max_unavailable=2,
            spread_zones=False,
            spread_nodes=False,
            anti_affinity="required",
            on_demand=True,
        ),
    ),
    "metrics": PlainWorkload(
        container=PlainContainer(
            telemetry=Telemetry(traces=False, metrics=True),
            env={"OTEL_SERVICE_NAME": "mine", "USER": "me"},
            probes=Probes(liveness="/", readiness=Probe(path="/")),
        ),
    ),
}
CHANGED = WorkloadDefaults(
    scaling=Scaling(min=4, max=5),
    availability=Availability(spread_nodes=False),
    probes=Probes(liveness="/live"),
    resources=Resources(memory=Quantity("64Mi")),
    user=1000,
    grace_seconds=60,
    pod_variables=True,
    environment="dev",
    traces_endpoint="http://traces.example.com/v1/traces",
    metrics_endpoint="http://metrics.example.com/v1/metrics",
)


def made(declaration: PlainWorkload, *offers: object) -> Component:
    component = new_component(complete(*offers), "shop")
    parts = msgspec.structs.asdict(declaration)
    Workload(component, "web", **parts)
    return component


def ordered(declaration: PlainWorkload) -> PlainWorkload:
    """Return the declaration with sorted mappings, as an API server stores them."""
    plain = msgspec.to_builtins(declaration, enc_hook=Rendering([]).encode)
    again = json.loads(json.dumps(plain, sort_keys=True))
    return msgspec.convert(again, PlainWorkload, dec_hook=restore)


def compare(
    declaration: PlainWorkload, *offers: object
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the objects of the composition, and those of the native construct."""
    stated = ordered(declaration)
    claimed = made(stated, PlatformApi("cloud.example.com", [APP]), *offers)
    claim, wanted = beside(APP, claimed, made(stated, *offers))
    stored = kind_schema(schema_of(APP)).filled(claim)
    return composed(APP, stored, dict(app_environment(claimed.cluster))), wanted


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_composition_equals_the_construct(case: str) -> None:
    found, wanted = compare(CASES[case])
    assert found == wanted


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_defaults_of_a_cluster_reach_its_compositions(case: str) -> None:
    found, wanted = compare(CASES[case], CHANGED)
    assert found == wanted


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(declarations(PlainWorkload))
def test_any_workload_is_composed_as_the_construct_makes_it(drawn: object) -> None:
    declaration = cast("PlainWorkload", drawn)
    try:
        found, wanted = compare(declaration)
    except KubestrataError:
        # Contradictory settings are refused when the objects are created.
        reject()
    assert found == wanted


BEYOND: dict[str, dict[str, Any]] = {
    "a worker": {"container": Container(port=None)},
    "a port of UDP": {"container": Container(ports={"dns": ProtocolPort.udp(5353)})},
    "a command as probe": {"container": Container(probes=Probes(liveness=Probe.exec("true")))},
    "no probe": {"container": Container(probes=Probes.none())},
    "a device": {"container": Container(resources=Resources(devices={"nvidia.com/gpu": 1}))},
    "a hook": {"container": Container(lifecycle=Lifecycle(pre_stop=Hook.sleep(5)))},
    "a user": {"container": Container(user=10001)},
    "settings of the pod": {"pod": PodSettings(grace_seconds=5)},
    "a rollout": {"rollout": Rollout.recreate()},
    "scaling by events": {
        "scaling": EventScaling(triggers=[ScalingTrigger(type="cpu", metadata={})], min=1)
    },
}


@pytest.mark.parametrize("case", sorted(BEYOND))
def test_what_a_claim_lacks_makes_native_objects(case: str) -> None:
    claimed, plain = (
        new_component(complete(*offers), "shop")
        for offers in ([PlatformApi("cloud.example.com", [APP])], [])
    )
    for component in (claimed, plain):
        Workload(component, "web", image=IMAGE, **BEYOND[case])
    assert native(claimed) == native(plain)


def test_null_is_a_value_where_it_is_not_the_default() -> None:
    probes = structural_schema(AppProbes)["properties"]
    assert probes["liveness"]["properties"]["path"]["nullable"] is True
    assert "nullable" not in probes["startupSeconds"]


def test_a_claim_is_ready_when_its_deployment_is_available() -> None:
    claimed = made(PlainWorkload(), PlatformApi("cloud.example.com", [APP]))
    claim, _ = beside(APP, claimed, made(PlainWorkload()))
    stored = kind_schema(schema_of(APP)).filled(claim)
    environment = dict(app_environment(claimed.cluster))
    condition = {"type": "Available", "status": "True"}
    deployed = {"deployment": {"Resource": {"status": {"conditions": [condition]}}}}
    assert readiness(stored, environment, {}) == "False"
    assert readiness(stored, environment, deployed) == "True"


def readiness(claim: dict[str, Any], environment: dict[str, Any], observed: dict[str, Any]) -> str:
    items = composed(APP, claim, environment, observed=observed, own=True)
    (deployment,) = [item for item in items if item["kind"] == "Deployment"]
    ready: str = deployment["metadata"]["annotations"]["krm.kcl.dev/ready"]
    return ready
