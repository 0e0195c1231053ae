"""App: claim, schema and composition are equivalent to the native construct."""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, reject, settings

from kubestrata import Component, Image, KubestrataError, Quantity
from kubestrata.constructs import Availability, Exposure, Scaling, Workload
from kubestrata.constructs.platform_api import (
    APP,
    AppSpec,
    PlatformApi,
    app_environment,
    structural_schema,
)
from kubestrata.constructs.platform_api.claim import claim_spec
from kubestrata.constructs.scaling import (
    ExternalMetric,
    PodsMetric,
    ScalingBehavior,
    ScalingPolicy,
    ScalingRules,
)
from kubestrata.constructs.workload.container import (
    ContainerSpec,
    Probes,
    Resources,
    SecretValue,
    StoreValue,
)
from kubestrata.constructs.workload.declaration import WorkloadDefaults
from kubestrata.core.origin import Origin
from kubestrata.core.render import Rendering, restore
from tests.constructs.judging import kind_schema
from tests.constructs.platform_api.composing import beside, composed, schema_of
from tests.constructs.platform_api.declarations import declarations
from tests.constructs.workload.platform import complete
from tests.small_platform import new_component

IMAGE = Image("registry.example.com/web:1.0.0")
FULL = AppSpec(
    image=Image("registry.example.com/web@sha256:" + "0" * 64),
    container=ContainerSpec(
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
        config={"MODE": "on", "WAIT": "10s"},
        files={"/etc/web/a.yaml": "b: 1\n", "/etc/web/c d.txt": "e"},
        files_from_secrets={
            "/keys/tls/ca.crt": SecretValue(secret="ca", key="ca.crt"),
            "/keys/tls/tls.key": SecretValue(secret="web", key="tls.key"),
            "/var/token": SecretValue(secret="web", key="token"),
        },
        writable={"/cache": Quantity("1Gi"), "/tmp": Quantity("64Mi")},
        probes=Probes(liveness=None, readiness="/ready", startup_seconds=31),
        resources=Resources(cpu=Quantity("1"), memory=Quantity("1Gi")),
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
    ),
    route=Exposure(visibility="public", host="www"),
)
CASES = {
    "minimal": AppSpec(image=IMAGE),
    "full": FULL,
    "single": AppSpec(image=IMAGE, scaling=Scaling.fixed(1)),
    "private": AppSpec(
        image=IMAGE,
        route=Exposure(visibility="private"),
        availability=Availability(
            max_unavailable=2, spread_zones=False, spread_nodes=False, anti_affinity="required"
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
)


def made(declaration: AppSpec, *offers: object) -> Component:
    component = new_component(complete(*offers), "shop")
    parts = msgspec.structs.asdict(declaration)
    Workload(component, "web", **parts)
    return component


def ordered(declaration: AppSpec) -> AppSpec:
    """Return the declaration with sorted mappings, as an API server stores them."""
    spec = claim_spec(declaration, Origin(__file__, 1), "App")
    plain = msgspec.to_builtins(spec, enc_hook=Rendering([]).encode)
    again = json.loads(json.dumps(plain, sort_keys=True))
    return msgspec.convert(again, AppSpec, dec_hook=restore)


def compare(
    declaration: AppSpec, *offers: object
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
@given(declarations(AppSpec))
def test_any_workload_is_composed_as_the_construct_makes_it(drawn: object) -> None:
    declaration = cast("AppSpec", drawn)
    try:
        found, wanted = compare(declaration)
    except KubestrataError:
        # Contradictory settings are refused when the objects are created.
        reject()
    assert found == wanted


def test_null_is_a_value_where_it_is_not_the_default() -> None:
    probes = structural_schema(Probes)["properties"]
    assert probes["liveness"]["nullable"] is True
    assert "nullable" not in probes["startupSeconds"]


def test_a_claim_is_ready_when_its_deployment_is_available() -> None:
    claimed = made(AppSpec(image=IMAGE), PlatformApi("cloud.example.com", [APP]))
    claim, _ = beside(APP, claimed, made(AppSpec(image=IMAGE)))
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
