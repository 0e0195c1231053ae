"""Objects of a workload, minimal and full."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Image, Quantity, TypedPatch
from kubestrata.constructs import (
    Availability,
    Container,
    Exposure,
    Probes,
    Resources,
    Scaling,
    Workload,
    WorkloadDeclaration,
    WorkloadDefaults,
)
from kubestrata.core.errors import InvalidBody, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.workload.platform import IMAGE, secret, shop
from tests.small_platform import new_cluster, new_component


def pod(component: Component) -> dict[str, Any]:
    (deployment,) = objects(component, "Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def container(component: Component) -> dict[str, Any]:
    (found,) = pod(component)["containers"]
    made: dict[str, Any] = found
    return made


def full(component: Component) -> Workload:
    return Workload(
        component,
        "web",
        image=IMAGE,
        container=Container(
            port=9898,
            ports={"metrics": 9797},
            command=["/web"],
            args=["--verbose"],
            env={"LEVEL": "08", "PASSWORD": secret(component).key("password")},
            config={"MODE": "on"},
            files={
                "/etc/web/config.yaml": "mode: on\n",
                "/run/secrets/web/token": secret(component, "token").key("password"),
            },
            writable={"/tmp": Quantity("64Mi")},  # a path in the container
            probes=Probes(liveness="/live", readiness=None, startup_seconds=42),
            resources=Resources(cpu=Quantity("1"), memory=Quantity("1Gi")),
        ),
        scaling=Scaling(min=3, max=12),
        availability=Availability(min_available=2, anti_affinity="preferred", priority="high"),
        route=Exposure(visibility="public", host="www"),
    )


def test_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    Workload(component, "web", image=IMAGE)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_full(manifests: SnapshotAssertion) -> None:
    component = shop()
    full(component)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_pods_are_unprivileged_and_non_root() -> None:
    component = shop()
    full(component)
    security = pod(component)["securityContext"]
    assert (security["runAsNonRoot"], security["runAsUser"]) == (True, 65532)
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(component)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def test_no_token_of_the_api_server_is_mounted() -> None:
    component = shop()
    full(component)
    (account,) = objects(component, "ServiceAccount")
    assert pod(component)["serviceAccountName"] == account["metadata"]["name"] == "web"
    assert pod(component)["automountServiceAccountToken"] is False
    assert account["automountServiceAccountToken"] is False


def test_only_declared_paths_are_writable() -> None:
    component = shop()
    full(component)
    mounts = container(component)["volumeMounts"]
    assert [each["mountPath"] for each in mounts if not each.get("readOnly")] == ["/tmp"]
    writable = [each["emptyDir"] for each in pod(component)["volumes"] if "emptyDir" in each]
    assert writable == [{"sizeLimit": "64Mi"}]


@pytest.mark.parametrize("path", ["/health", None])
def test_liveness_fails_later_than_readiness_on_the_same_path(path: str | None) -> None:
    component = shop()
    probes = Probes(liveness=path, readiness=path)
    Workload(component, "web", image=IMAGE, container=Container(probes=probes))
    alive, ready = (container(component)[f"{name}Probe"] for name in ("liveness", "readiness"))
    assert alive["periodSeconds"] * alive["failureThreshold"] == 120
    assert ready["periodSeconds"] * ready["failureThreshold"] == 30


def test_a_slow_start_has_its_time() -> None:
    component = shop()
    full(component)
    startup = container(component)["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 42


def test_memory_is_requested_as_it_is_limited() -> None:
    component = shop()
    full(component)
    resources = container(component)["resources"]
    assert resources["requests"]["memory"] == resources["limits"]["memory"] == "1Gi"
    assert "cpu" not in resources["limits"]


def test_pods_are_spread_over_zones_and_nodes() -> None:
    component = new_component(new_cluster())
    Workload(component, "web", image=IMAGE)
    keys = [each["topologyKey"] for each in pod(component)["topologySpreadConstraints"]]
    assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


@pytest.mark.parametrize(
    ("scaling", "replicas", "autoscalers", "budgets"),
    [
        (None, 2, 0, 1),
        (Scaling.fixed(1), 1, 0, 0),
        (Scaling.fixed(3), 3, 0, 1),
        (Scaling(min=1, max=4), None, 1, 0),
        (Scaling(min=2, max=4), None, 1, 1),
    ],
    ids=["default", "one", "three", "from-one", "from-two"],
)
def test_replicas_have_one_writer_and_a_budget_for_several_pods(
    scaling: Scaling | None, replicas: int | None, autoscalers: int, budgets: int
) -> None:
    component = new_component(new_cluster())
    Workload(component, "web", image=IMAGE, scaling=scaling)
    (deployment,) = objects(component, "Deployment")
    assert deployment["spec"].get("replicas") == replicas
    assert len(objects(component, "HorizontalPodAutoscaler")) == autoscalers
    assert len(objects(component, "PodDisruptionBudget")) == budgets


def test_a_budget_that_blocks_every_eviction_is_refused() -> None:
    with pytest.raises(InvalidValue, match="none can be evicted"):
        Workload(
            new_component(new_cluster()),
            "web",
            image=IMAGE,
            availability=Availability(min_available=2),
        )


@pytest.mark.parametrize(
    ("visibility", "host", "gateway"),
    [
        ("public", "web.example.com", "public"),
        ("private", "web.priv.example.com", "private"),
    ],
)
def test_visibility_selects_gateway_and_domain(visibility: Any, host: str, gateway: str) -> None:
    component = shop()
    Workload(component, "web", image=IMAGE, route=Exposure(visibility=visibility))
    (route,) = objects(component, "HTTPRoute")
    assert route["spec"]["hostnames"] == [host]
    assert [each["name"] for each in route["spec"]["parentRefs"]] == [gateway]


def test_a_route_needs_a_gateway() -> None:
    component = new_component(new_cluster())
    with pytest.raises(MissingOffer, match="private exposure: cluster c1 provides neither"):
        Workload(component, "web", image=IMAGE, route=Exposure(visibility="private"))


def test_a_cluster_changes_the_defaults_of_all_its_workloads() -> None:
    cluster = new_cluster()
    cluster.offer(WorkloadDefaults(user=1000, scaling=Scaling.fixed(1), grace_seconds=5))
    component = new_component(cluster)
    Workload(component, "web", image=IMAGE)
    (deployment,) = objects(component, "Deployment")
    assert deployment["spec"]["replicas"] == 1
    assert pod(component)["securityContext"]["runAsUser"] == 1000
    assert pod(component)["terminationGracePeriodSeconds"] == 5


def test_a_declaration_becomes_the_same_workload() -> None:
    declaration = WorkloadDeclaration(image=IMAGE, scaling=Scaling.fixed(3))
    one, other = new_component(new_cluster()), new_component(new_cluster())
    Workload.of(one, "web", declaration)
    Workload(other, "web", image=IMAGE, scaling=Scaling.fixed(3))
    assert rendered(one) == rendered(other)


def test_every_part_can_be_patched() -> None:
    component = shop()
    patches: list[TypedPatch[Any]] = [
        TypedPatch(k8s.PodSpec, lambda spec: replace(spec, host_users=False)),
        TypedPatch(k8s.ServiceSpec, lambda spec: replace(spec, traffic_distribution="PreferClose")),
        TypedPatch(k8s.PodDisruptionBudgetSpec, lambda spec: replace(spec, max_unavailable="50%")),
    ]
    Workload(component, "web", image=IMAGE, patches=patches)
    (service,), (budget,) = (
        objects(component, kind) for kind in ("Service", "PodDisruptionBudget")
    )
    assert pod(component)["hostUsers"] is False
    assert service["spec"]["trafficDistribution"] == "PreferClose"
    assert budget["spec"]["maxUnavailable"] == "50%"


def test_a_patch_of_a_missing_object_is_refused() -> None:
    patch = TypedPatch(k8s.HorizontalPodAutoscalerSpec, lambda spec: spec)
    with pytest.raises(InvalidValue, match="matches nothing that c1/web/web-workload makes"):
        Workload(new_component(new_cluster()), "web", image=IMAGE, patches=[patch])


def test_two_workloads_of_one_component_have_separate_objects() -> None:
    component = new_component(new_cluster())
    for name in ("api", "web"):
        Workload(component, name, image=IMAGE, container=Container(config={"NAME": name}))
    found = [each["spec"]["selector"] for each in objects(component, "Service")]
    assert [each["app.kubernetes.io/name"] for each in found] == ["api", "web"]
    assert faults(component) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Container(port=0), "Container.port: expected `int` >= 1"),
        (lambda: Container(ports={"http": 1}), "port 'http': is reserved for the main port"),
        (lambda: Container(files={"x": "y"}), "path 'x': is not valid: must be absolute"),
        (
            lambda: Container(env={"A": "1"}, config={"A": "2"}),
            "variable 'A': is set 2 times",
        ),
        (
            lambda: Container(files={"/a": ""}, writable={"/a": Quantity("1Mi")}),
            "path '/a': is set 2 times",
        ),
        (
            lambda: Exposure(visibility="private", host="a.b"),
            "must be one label: lower-case letters",
        ),
        (lambda: Probes(startup_seconds=0), "Probes.startup_seconds: expected `int` >= 1"),
        (lambda: Resources(memory=Quantity("much")), "Quantity('much'): is not a quantity"),
    ],
)
def test_an_invalid_value_is_reported_at_its_line(make: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert message in str(caught.value)
    assert "test_workload.py:" in str(caught.value)


def test_a_misspelt_keyword_is_reported_with_a_suggestion() -> None:
    wrong: Any = Container
    with pytest.raises(InvalidBody, match="has no field 'prot'\n  fix: write 'port'"):
        wrong(prot=80)


def test_an_image_is_pinned() -> None:
    with pytest.raises(InvalidValue, match="is not pinned"):
        Workload(new_component(new_cluster()), "web", image=Image("registry.example.com/web"))
