"""StatefulSets, DaemonSets and jobs: objects, rollouts, scaling, connections, monitoring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import (
    ArgoCd,
    Cluster,
    Component,
    Cron,
    GitRepository,
    Host,
    Image,
    Platform,
    TypedPatch,
)
from kubestrata.constructs import (
    Availability,
    CloudIdentity,
    Container,
    DaemonRollout,
    DaemonWorkload,
    Dependencies,
    EventScaling,
    Exposure,
    ExtraContainer,
    JobSettings,
    PodSettings,
    Rollout,
    RunOnce,
    Scaling,
    ScalingTrigger,
    ScheduledJob,
    ScheduledRuns,
    StatefulRollout,
    StatefulWorkload,
    VerticalScaling,
    Volume,
    Workload,
    WorkloadBucket,
    WorkloadMonitoring,
)
from kubestrata.constructs.cloud import Statement
from kubestrata.constructs.observability import Alert
from kubestrata.constructs.scaling import EventAutoscaler, HorizontalAutoscaler
from kubestrata.constructs.workload import ClaimRetention
from kubestrata.core.errors import (
    DuplicateObject,
    InvalidName,
    InvalidReference,
    InvalidValue,
    KubestrataError,
)
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.workload.platform import IMAGE, complete, shop
from tests.constructs.workload.pod_of import controller, first, pod
from tests.small_platform import new_cluster, new_component, order

NIGHTLY = Cron("30 1 * * *")
DATA = PodSettings(volumes={"data": Volume.claim("5Gi", "fast")})
MOUNTS = Container(mounts={"/data": "data"})
ON_QUEUE = EventScaling(
    triggers=[ScalingTrigger(type="rabbitmq", metadata={"queueName": "q"}, authentication="mq")],
    max=7,
)


def job(component: Component, id: str, **parts: Any) -> ScheduledJob:
    return ScheduledJob(component, id, image=IMAGE, schedule=NIGHTLY, **parts)


def of_kind(kind: Callable[..., Any]) -> Callable[..., Any]:
    return lambda component, id, **parts: kind(component, id, image=IMAGE, **parts)


SHAPES: dict[str, Callable[..., Any]] = {
    "CronJob": job,
    "DaemonSet": of_kind(DaemonWorkload),
    "Deployment": of_kind(Workload),
    "Job": of_kind(RunOnce),
    "StatefulSet": of_kind(StatefulWorkload),
}
SERVING = ("DaemonSet", "Deployment", "StatefulSet")


@pytest.mark.parametrize("kind", sorted(set(SHAPES) - {"CronJob", "Deployment"}))
def test_minimal(kind: str, manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    SHAPES[kind](component, "shop")
    assert rendered(component) == manifests
    assert faults(component) == []


def test_full_stateful_workload(manifests: SnapshotAssertion) -> None:
    component = new_component(complete(), "shop")
    StatefulWorkload(
        component,
        "db",
        image=IMAGE,
        container=Container(port=None, ports={"sql": 5432, "metrics": 9090}, mounts={"/d": "data"}),
        pod=DATA,
        rollout=StatefulRollout(order="Parallel", partition=1, min_ready_seconds=5, history=3),
        retention=ClaimRetention(when_scaled="Delete"),
        scaling=Scaling(min=3, max=5),
        availability=Availability(anti_affinity="required"),
        dependencies=Dependencies(bucket=WorkloadBucket()),
        monitoring=WorkloadMonitoring(
            port="metrics", dashboards={"main": '{"title": "Main", "uid": "main"}'}
        ),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_full_daemon_workload(manifests: SnapshotAssertion) -> None:
    component = new_component(complete(), "shop")
    DaemonWorkload(
        component,
        "agent",
        image=IMAGE,
        pod=PodSettings(vertical=VerticalScaling(mode="Recreate")),
        rollout=DaemonRollout.surging(max_surge="20%"),
        monitoring=WorkloadMonitoring(),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_full_jobs(manifests: SnapshotAssertion) -> None:
    component = new_component(complete(), "shop")
    settings = JobSettings(
        retries=5,
        timeout_seconds=None,
        restart="OnFailure",
        completions=4,
        parallel=2,
        indexed=True,
    )
    alert = Alert(name="Late", expression="vector(1)", severity="warning", summary="Late.")
    RunOnce(
        component,
        "seed",
        image=IMAGE,
        container=MOUNTS,
        pod=msgspec.structs.replace(
            DATA, init_containers={"get": ExtraContainer(image=IMAGE, mounts={"/data": "data"})}
        ),
        job=settings,
        again="never",
    )
    job(
        component,
        "report",
        job=settings,
        runs=ScheduledRuns(
            overlap="Replace",
            suspended=True,
            latest_start_seconds=None,
            kept_successful=1,
            kept_failed=0,
        ),
        identity=CloudIdentity(
            statements=[Statement(actions=["s3:GetObject"], resources=["arn:aws:s3:::a/*"])]
        ),
        monitoring=WorkloadMonitoring(port=None, alerts=[alert]),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_each_pod_of_a_stateful_workload_has_a_name_and_a_claim() -> None:
    component = shop()
    db = StatefulWorkload(component, "db", image=IMAGE, container=MOUNTS, pod=DATA)
    (made,) = objects(component, "StatefulSet")
    (template,) = made["spec"]["volumeClaimTemplates"]
    assert template["metadata"]["name"] == "data"
    assert template["spec"]["storageClassName"] == "fast"
    assert "volumes" not in pod(component)
    assert objects(component, "PersistentVolumeClaim") == []
    assert made["spec"]["serviceName"] == "db-headless"
    services = {each["metadata"]["name"]: each["spec"] for each in objects(component, "Service")}
    assert services["db-headless"]["clusterIP"] == "None"
    assert services["db-headless"]["publishNotReadyAddresses"] is True
    assert services["db"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    assert db.host_of(1) == "db-1.db-headless.shop.svc.cluster.local"


def test_a_stateful_workload_without_a_port_has_only_its_headless_service() -> None:
    component = shop()
    db = StatefulWorkload(component, "db", image=IMAGE, container=Container(port=None))
    (service,) = objects(component, "Service")
    assert service["metadata"]["name"] == "db-headless"
    assert "ports" not in service["spec"]
    with pytest.raises(InvalidReference, match="has no Service"):
        _ = db.service


ROLLOUTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "recreate": (
        "Deployment",
        {"rollout": Rollout.recreate()},
        {"strategy": {"type": "Recreate"}},
    ),
    "rolling": (
        "Deployment",
        {"rollout": Rollout(max_surge="25%", max_unavailable=1, min_ready_seconds=9, history=2)},
        {
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1},
            },
            "minReadySeconds": 9,
            "revisionHistoryLimit": 2,
        },
    ),
    "ordered": (
        "StatefulSet",
        {"rollout": StatefulRollout.ordered(partition=2)},
        {
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
        },
    ),
    "on delete": (
        "StatefulSet",
        {"rollout": StatefulRollout.on_delete()},
        {"updateStrategy": {"type": "OnDelete"}},
    ),
    "retention": (
        "StatefulSet",
        {"retention": ClaimRetention(when_deleted="Delete")},
        {
            "persistentVolumeClaimRetentionPolicy": {
                "whenDeleted": "Delete",
                "whenScaled": "Retain",
            }
        },
    ),
    "nodes": (
        "DaemonSet",
        {"rollout": DaemonRollout.rolling(max_unavailable="10%")},
        {
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"},
            }
        },
    ),
    "nodes on delete": (
        "DaemonSet",
        {"rollout": DaemonRollout.on_delete()},
        {"updateStrategy": {"type": "OnDelete"}},
    ),
}


@pytest.mark.parametrize("case", sorted(ROLLOUTS))
def test_a_rollout_becomes_the_strategy_of_its_controller(case: str) -> None:
    kind, parts, fields = ROLLOUTS[case]
    component = shop()
    SHAPES[kind](component, "web", **parts)
    spec = controller(component)["spec"]
    assert {name: spec[name] for name in fields} == fields
    assert faults(component) == []


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Rollout(max_surge=0), "and max_unavailable are 0: no pod can be replaced"),
        (lambda: DaemonRollout(max_unavailable=0), "and max_unavailable are 0"),
        (lambda: DaemonRollout(max_surge=1), "a DaemonSet has only one of them"),
        (lambda: Rollout(deadline_seconds=5, min_ready_seconds=5), "not above min_ready_seconds"),
        (lambda: StatefulRollout(strategy="OnDelete", partition=1), "has no effect with OnDelete"),
        (lambda: Rollout(max_surge="200%"), "max_surge"),
        (lambda: Rollout(max_surge=-1), "max_surge"),
        (lambda: JobSettings(parallel=2), "is 2, above completions, 1"),
        (lambda: JobSettings(timeout_seconds=0), "timeout_seconds"),
        (lambda: EventScaling(triggers=[], max=2), "triggers"),
        (lambda: EventScaling(triggers=ON_QUEUE.triggers, min=3, max=2), "is 3, above max, 2"),
        (
            lambda: EventScaling(triggers=[ScalingTrigger(type="cpu", metadata={})]),
            "there is no utilization to scale up by",
        ),
    ],
    ids=range(12),
)
def test_settings_that_an_api_server_refuses_are_refused(
    make: Callable[[], object], why: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert why in str(caught.value)


def test_a_rolling_update_of_a_claim_of_one_node_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"use Rollout\.recreate\(\)"):
        Workload(shop(), "web", image=IMAGE, container=MOUNTS, pod=DATA, rollout=Rollout())


def test_a_rollout_of_another_controller_is_refused() -> None:
    with pytest.raises(InvalidValue, match="is a Rollout, where StatefulRollout is expected"):
        StatefulWorkload(shop(), "web", image=IMAGE, rollout=Rollout())  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_events_scale_a_controller(kind: str) -> None:
    component = new_component(complete(), "shop")
    SHAPES[kind](component, "web", scaling=ON_QUEUE)
    (scaled,) = objects(component, "ScaledObject")
    assert scaled["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": "web"},
        "minReplicaCount": 0,
        "maxReplicaCount": 7,
        "triggers": [
            {
                "type": "rabbitmq",
                "metadata": {"queueName": "q"},
                "authenticationRef": {"name": "mq"},
            }
        ],
    }
    assert "replicas" not in controller(component)["spec"]
    assert objects(component, "PodDisruptionBudget") == []
    assert faults(component) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_utilization_scales_a_controller(kind: str) -> None:
    component = shop()
    SHAPES[kind](component, "web", scaling=Scaling(min=2, max=4))
    (scaler,) = objects(component, "HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"]["kind"] == kind
    (budget,) = objects(component, "PodDisruptionBudget")
    assert budget["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize("kind", ["CronJob", "DaemonSet", "Deployment", "StatefulSet"])
def test_the_size_of_pods_can_follow_their_use(kind: str) -> None:
    component = shop()
    parts = {"scaling": Scaling.fixed(2)} if kind in ("Deployment", "StatefulSet") else {}
    SHAPES[kind](component, "web", pod=PodSettings(vertical=VerticalScaling()), **parts)
    (scaler,) = objects(component, "VerticalPodAutoscaler")
    assert scaler["spec"]["targetRef"]["kind"] == kind
    assert faults(component) == []


def test_replicas_of_a_daemon_set_cannot_be_scaled() -> None:
    agent = DaemonWorkload(shop(), "agent", image=IMAGE)
    for scale in (
        lambda: HorizontalAutoscaler(
            agent.component, "agent", target=agent.ready, scaling=Scaling()
        ),
        lambda: EventAutoscaler(agent.component, "agent", target=agent.ready, scaling=ON_QUEUE),
    ):
        with pytest.raises(InvalidReference, match="one pod runs on each node"):
            scale()


def test_two_autoscalers_of_one_controller_are_refused() -> None:
    component = shop()
    web = Workload(component, "web", image=IMAGE, scaling=ON_QUEUE)
    with pytest.raises(DuplicateObject, match="exists already"):
        HorizontalAutoscaler(component, "other", target=web.deployment, scaling=Scaling())


def test_events_and_size_may_not_use_the_same_resource() -> None:
    sized = PodSettings(vertical=VerticalScaling(mode="Recreate", resources=["cpu"]))
    by_cpu = EventScaling(
        triggers=[ScalingTrigger(type="cpu", metadata={"value": "60"}, metric_type="Utilization")],
        min=1,
    )
    with pytest.raises(InvalidValue, match="the replicas are scaled by cpu too"):
        Workload(shop(), "web", image=IMAGE, scaling=by_cpu, pod=sized)
    Workload(shop(), "web", image=IMAGE, scaling=ON_QUEUE, pod=sized)


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_shape_connects_and_orders_its_component(kind: str) -> None:
    component = shop()
    home = component.cluster
    api = Workload(new_component(home, "other"), "api", image=IMAGE)
    SHAPES[kind](component, "web").connect_to(api)
    names = {each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")}
    assert "web-to-api" in names
    assert order(home)["shop"] == ["other"]


@pytest.mark.parametrize("kind", SERVING)
def test_every_shape_that_listens_can_be_connected_to(kind: str) -> None:
    component = shop()
    made = SHAPES[kind](component, "db", container=Container(port=None, ports={"sql": 5432}))
    Workload(component, "web", image=IMAGE).connect_to(made)
    (policy,) = [
        each
        for each in objects(component, "CiliumNetworkPolicy")
        if each["metadata"]["name"] == "db-from-web"
    ]
    assert policy["spec"]["ingress"][0]["toPorts"][0]["ports"] == [
        {"port": "5432", "protocol": "TCP"}
    ]
    assert made.service.port == 5432


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_shape_has_dependencies_and_their_variables(kind: str) -> None:
    component = new_component(complete(), "shop")
    SHAPES[kind](component, "web", dependencies=Dependencies(bucket=WorkloadBucket()))
    assert {each["name"] for each in first(component)["env"]} == {"BUCKET_NAME", "AWS_REGION"}


ALERTS = {
    "CronJob": 'kube_job_status_failed{namespace="shop",job_name=~"web(-.+)?"} > 0',
    "DaemonSet": 'kube_daemonset_status_number_available{namespace="shop",daemonset="web"} == 0',
    "Deployment": (
        'kube_deployment_status_replicas_available{namespace="shop",deployment="web"} == 0'
    ),
    "Job": 'kube_job_status_failed{namespace="shop",job_name=~"web(-.+)?"} > 0',
    "StatefulSet": (
        'kube_statefulset_status_replicas_available{namespace="shop",statefulset="web"} == 0'
    ),
}


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_shape_has_the_alerts_of_its_kind(kind: str) -> None:
    component = new_component(complete(), "shop")
    port = "http" if kind in SERVING else None
    SHAPES[kind](component, "web", monitoring=WorkloadMonitoring(port=port))
    (rule,) = objects(component, "VMRule")
    assert rule["spec"]["groups"][0]["rules"][0]["expr"] == ALERTS[kind]
    assert len(objects(component, "VMPodScrape")) == (kind in SERVING)


def test_a_scrape_of_a_job_is_refused_with_the_fix() -> None:
    with pytest.raises(InvalidValue, match="is not a port of 'web', which has none"):
        job(new_component(complete(), "shop"), "web", monitoring=WorkloadMonitoring())


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_shape_takes_patches(kind: str) -> None:
    component = shop()
    patch = TypedPatch(
        k8s.PodSpec, lambda spec: msgspec.structs.replace(spec, scheduler_name="mine")
    )
    SHAPES[kind](component, "web", patches=[patch])
    assert pod(component)["schedulerName"] == "mine"
    unused = TypedPatch(k8s.IngressSpec, lambda spec: spec)
    with pytest.raises(InvalidValue, match="matches nothing"):
        SHAPES[kind](component, "other", patches=[unused])


LONGEST = {"CronJob": 52, "DaemonSet": 63, "Deployment": 63, "Job": 52, "StatefulSet": 52}


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_name_leaves_room_for_what_the_controller_appends(kind: str) -> None:
    longest = LONGEST[kind]
    SHAPES[kind](shop(), "a" * longest)
    with pytest.raises(InvalidName, match=f"has {longest + 1} characters"):
        SHAPES[kind](shop(), "a" * (longest + 1))


def name_of(component: Component) -> str:
    name: str = controller(component)["metadata"]["name"]
    return name


def test_a_job_runs_again_when_its_content_changes() -> None:
    names: list[str] = []
    patch = TypedPatch(
        k8s.PodSpec, lambda spec: msgspec.structs.replace(spec, scheduler_name="mine")
    )
    changes: list[dict[str, Any]] = [
        {},
        {},
        {"container": Container(args=["--all"])},
        {"container": Container(files={"/a": "b"})},
        {"container": Container(config={"A": "b"})},
        {"job": JobSettings(retries=3)},
        {"patches": [patch]},
    ]
    for parts in changes:
        component = shop()
        RunOnce(component, "seed", image=IMAGE, **parts)
        names.append(name_of(component))
    assert names[0] == names[1]
    assert len(set(names)) == len(names) - 1
    component = shop()
    RunOnce(component, "seed", image=Image("registry.example.com/web:1.0.1"))
    assert name_of(component) not in names


def test_a_job_that_never_runs_again_keeps_its_name() -> None:
    component = shop()
    RunOnce(component, "seed", image=IMAGE, again="never")
    metadata = controller(component)["metadata"]
    assert metadata["name"] == "seed"
    assert metadata["annotations"] == {"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}


def test_a_job_that_never_runs_again_needs_flux() -> None:
    argo = ArgoCd(repository=GitRepository(url="https://git.example.com/platform"))
    cluster = Cluster(
        Platform(), "c1", domain=Host("example.com"), delivery=argo, kubernetes="1.35"
    )
    component = new_component(cluster, "shop")
    with pytest.raises(InvalidValue, match="only Flux can deliver"):
        RunOnce(component, "seed", image=IMAGE, again="never")
    RunOnce(component, "other", image=IMAGE)


def test_a_finished_job_is_not_removed_and_so_not_run_again() -> None:
    component = shop()
    RunOnce(component, "seed", image=IMAGE)
    assert "ttlSecondsAfterFinished" not in controller(component)["spec"]


def test_retries_are_set_once() -> None:
    with pytest.raises(InvalidValue, match="is set beside job"):
        job(shop(), "report", retries=1, job=JobSettings())


def test_a_nightly_job_keeps_a_volume_between_its_runs() -> None:
    component = shop()
    job(component, "report", container=MOUNTS, pod=DATA)
    (claim,) = objects(component, "PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "report-data"
    assert pod(component)["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "report-data"}}
    ]


def test_a_stateful_workload_can_be_exposed() -> None:
    component = shop()
    made = StatefulWorkload(component, "web", image=IMAGE, route=Exposure(visibility="private"))
    (route,) = objects(component, "HTTPRoute")
    (rule,) = route["spec"]["rules"]
    assert rule["backendRefs"][0]["name"] == "web"
    assert made.route is not None
    assert made.route.host == "web.priv.example.com"


def test_a_route_without_an_http_port_is_refused() -> None:
    container = Container(port=None, ports={"sql": 5432})
    with pytest.raises(KubestrataError, match="has no main port, only sql"):
        Workload(
            shop(), "db", image=IMAGE, container=container, route=Exposure(visibility="private")
        )
