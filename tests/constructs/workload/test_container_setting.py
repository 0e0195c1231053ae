"""Variables, probes, limits and paths of workloads, as Kubernetes gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubestrata import Component, Quantity
from kubestrata.constructs import Availability, Container, Exposure, Workload
from kubestrata.constructs.workload import (
    ConfigMapValue,
    EnvironmentSource,
    ExposedPath,
    Probe,
    Probes,
    Resources,
    StoreEntry,
    StoreValue,
    Telemetry,
    WorkloadDefaults,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects
from tests.constructs.workload.platform import IMAGE, complete, secret, shop
from tests.small_platform import new_component


def made(container: Container, *offers: object, **more: Any) -> Component:
    component = new_component(complete(*offers), "shop")
    Workload(component, "web", image=IMAGE, container=container, **more)
    assert faults(component) == []
    return component


def pod(component: Component) -> dict[str, Any]:
    (deployment,) = objects(component, "Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def first(component: Component) -> dict[str, Any]:
    (container,) = pod(component)["containers"]
    found: dict[str, Any] = container
    return found


def test_variables_may_refer_to_those_before_them() -> None:
    container = Container(
        env={"URL": "http://$(POD_IP)/$(TOKEN)"},
        env_from_store={"TOKEN": StoreValue(path="shop")},
        env_from_fields={"HOST_IP": "status.hostIP"},
        env_from_config_maps={"MODE": ConfigMapValue(config_map="modes", key="next")},
        telemetry=Telemetry(),
    )
    defaults = WorkloadDefaults(pod_variables=True, traces_endpoint="http://traces")
    names = [each["name"] for each in first(made(container, defaults))["env"]]
    assert names == [
        "USER",
        "POD_NAME",
        "POD_NAMESPACE",
        "POD_IP",
        "OTEL_SERVICE_NAME",
        "OTEL_SERVICE_VERSION",
        "OTEL_TRACES_ENABLED",
        "OTEL_METRICS_ENABLED",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
        "TOKEN",
        "HOST_IP",
        "MODE",
        "URL",
    ]


def test_variables_of_the_container_replace_standard_ones() -> None:
    container = Container(env={"USER": "me", "OTEL_SERVICE_NAME": "mine"}, telemetry=Telemetry())
    env = first(made(container, WorkloadDefaults(pod_variables=True)))["env"]
    found = [each["value"] for each in env if each["name"] in ("USER", "OTEL_SERVICE_NAME")]
    assert found == ["me", "mine"]


def test_whole_entries_of_the_store_are_secrets_that_pods_may_read() -> None:
    container = Container(
        secrets_from_store={"web-config": StoreEntry(path="apps/web")},
        env_from=[
            EnvironmentSource(secret="web-config", optional=True),
            EnvironmentSource(config_map="flags", prefix="FLAG_"),
        ],
    )
    component = made(container)
    (fetched,) = objects(component, "ExternalSecret")
    assert fetched["metadata"]["name"] == fetched["spec"]["target"]["name"] == "web-config"
    assert fetched["spec"]["dataFrom"] == [{"extract": {"key": "apps/web"}}]
    assert first(component)["envFrom"] == [
        {"secretRef": {"name": "web-config", "optional": True}},
        {"configMapRef": {"name": "flags"}, "prefix": "FLAG_"},
    ]


def test_all_keys_of_a_secret_of_another_namespace_are_refused() -> None:
    component = shop()
    elsewhere = secret(new_component(component.cluster, "other"))
    container = Container(env_from=[EnvironmentSource(secret=elsewhere.name)])
    with pytest.raises(InvalidReference, match="namespace"):
        Workload(component, "web", image=IMAGE, container=container)


def test_a_probe_has_its_own_times() -> None:
    probe = Probe(path="/up", initial_delay_seconds=30, period_seconds=7, timeout_seconds=3)
    found = first(made(Container(probes=Probes(liveness=probe, readiness=None))))
    assert found["livenessProbe"] == {
        "httpGet": {"path": "/up", "port": "http"},
        "initialDelaySeconds": 30,
        "periodSeconds": 7,
        "timeoutSeconds": 3,
        "failureThreshold": 3,
    }
    assert found["readinessProbe"]["tcpSocket"] == {"port": "http"}


def test_limits_are_the_requests_of_memory_only_unless_given() -> None:
    assert "cpu" not in first(made(Container()))["resources"]["limits"]
    limits = Resources(cpu_limit=Quantity("1"), memory_limit=Quantity("1Gi"))
    found = first(made(Container(resources=limits)))["resources"]
    assert found["requests"] == {"cpu": "50m", "memory": "128Mi"}
    assert found["limits"] == {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "256Mi"}


def test_hardening_is_loosened_only_where_it_is_declared() -> None:
    strict, loose = (
        made(each)
        for each in (Container(), Container(writable_root=True, service_account_token=True))
    )
    assert pod(strict)["automountServiceAccountToken"] is False
    assert pod(loose)["automountServiceAccountToken"] is True
    assert first(strict)["securityContext"]["readOnlyRootFilesystem"] is True
    assert first(loose)["securityContext"]["readOnlyRootFilesystem"] is False
    assert first(loose)["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_pods_on_demand_avoid_spot_capacity() -> None:
    component = made(Container(), availability=Availability(on_demand=True))
    (term,) = pod(component)["affinity"]["nodeAffinity"][
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]}
    ]


def test_each_path_has_its_port_and_the_gateway_reaches_all_of_them() -> None:
    paths = [ExposedPath(prefix="/admin", port="admin"), ExposedPath()]
    component = made(
        Container(ports={"admin": 9001, "metrics": 9090}),
        route=Exposure(visibility="public", paths=paths),
    )
    (route,) = objects(component, "HTTPRoute")
    assert [
        (rule["matches"][0]["path"]["value"], rule["backendRefs"][0]["port"])
        for rule in route["spec"]["rules"]
    ] == [("/admin", 9001), ("/", 80)]
    (policy,) = [
        each
        for each in objects(component, "CiliumNetworkPolicy")
        if each["metadata"]["name"] == "web-from-gateway"
    ]
    (ingress,) = policy["spec"]["ingress"]
    assert [each["port"] for each in ingress["toPorts"][0]["ports"]] == ["8080", "9001"]


def test_a_path_of_an_unknown_port_is_refused() -> None:
    route = Exposure(visibility="public", paths=[ExposedPath(port="admin")])
    with pytest.raises(
        InvalidValue, match="'admin' is not a port of the container, which has http"
    ):
        Workload(shop(), "web", image=IMAGE, route=route)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (EnvironmentSource, "is not set"),
        (lambda: EnvironmentSource(secret="a", config_map="b"), "is set beside config_map"),
        (lambda: Telemetry(traces=False), "and metrics are off"),
        (lambda: Telemetry(sampling_rate=2.0), "sampling_rate"),
        (
            lambda: Container(env={"A": "1"}, env_from_fields={"A": "status.podIP"}),
            "variable 'A': is set 2 times",
        ),
    ],
    ids=range(5),
)
def test_contradictory_settings_are_refused(make: Callable[[], object], why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        make()


def test_requests_and_limits_are_written_as_quantities() -> None:
    assert Resources.of("50m", "64Mi") == Resources(cpu=Quantity("50m"), memory=Quantity("64Mi"))
    assert Resources.of("50m", "64Mi", "1", "1Gi") == Resources(
        cpu=Quantity("50m"),
        memory=Quantity("64Mi"),
        cpu_limit=Quantity("1"),
        memory_limit=Quantity("1Gi"),
    )
