"""Containers, volumes, ports, probes, nodes and networks of pods, as Kubernetes gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeapis import k8s
from kubestrata import Component, Cron, Image, Quantity
from kubestrata.constructs import (
    Availability,
    Container,
    DaemonWorkload,
    ExtraContainer,
    Hook,
    Lifecycle,
    Mount,
    Neighbour,
    PodNetworking,
    Pods,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    ProtocolPort,
    Resources,
    RunOnce,
    Scaling,
    ScheduledJob,
    Scheduling,
    StatefulWorkload,
    Toleration,
    VerticalScaling,
    Volume,
    Workload,
)
from kubestrata.constructs.workload import ClaimRetention
from kubestrata.core.errors import InvalidName, InvalidReference, InvalidValue, KubestrataError
from tests.constructs.checking import faults, objects
from tests.constructs.workload.drawn import WHY
from tests.constructs.workload.platform import IMAGE, complete, secret, shop
from tests.constructs.workload.pod_of import first, pod, template
from tests.small_platform import new_cluster, new_component

TOOL = Image("registry.example.com/tool:2.0.0")


def made(container: Container | None = None, **parts: Any) -> Component:
    component = new_component(complete(), "shop")
    Workload(component, "web", image=IMAGE, container=container, **parts)
    assert faults(component) == []
    return component


def kinds(component: Component) -> set[str]:
    return {item.identity.kind for item in component.rendered()}


def test_a_worker_has_neither_a_service_nor_probes() -> None:
    component = made(Container(port=None))
    assert {"Service", "HTTPRoute"}.isdisjoint(kinds(component))
    assert {"ports", "livenessProbe", "readinessProbe"}.isdisjoint(first(component))


def test_the_service_of_a_worker_is_an_error() -> None:
    worker = Workload(shop(), "web", image=IMAGE, container=Container(port=None))
    with pytest.raises(InvalidReference, match="has no Service, because its containers have no"):
        _ = worker.service
    with pytest.raises(InvalidValue, match="leads to 'web', which listens on no port"):
        Workload(worker.component, "api", image=IMAGE).connect_to(worker)


def test_ports_of_other_protocols_keep_their_numbers_in_the_service() -> None:
    component = made(Container(port=None, ports={"smtp": 25, "dns": ProtocolPort.udp(5353)}))
    (service,) = objects(component, "Service")
    assert service["spec"]["ports"] == [
        {"name": "smtp", "port": 25, "targetPort": "smtp"},
        {"name": "dns", "port": 5353, "targetPort": "dns", "protocol": "UDP"},
    ]
    assert first(component)["livenessProbe"]["tcpSocket"] == {"port": "smtp"}


def test_a_connection_opens_each_protocol() -> None:
    component = shop()
    dns = Workload(
        component, "dns", image=IMAGE, container=Container(ports={"dns": ProtocolPort.udp(5353)})
    )
    Workload(component, "web", image=IMAGE).connect_to(dns)
    (policy,) = [
        each
        for each in objects(component, "CiliumNetworkPolicy")
        if each["metadata"]["name"] == "web-to-dns"
    ]
    (rule,) = policy["spec"]["egress"]
    assert rule["toPorts"][0]["ports"] == [
        {"port": "5353", "protocol": "UDP"},
        {"port": "8080", "protocol": "TCP"},
    ]


def test_containers_start_in_their_order() -> None:
    settings = PodSettings(
        init_containers={"migrate": ExtraContainer(image=TOOL), "seed": ExtraContainer(image=TOOL)},
        sidecars={"proxy": ExtraContainer(image=TOOL, ports={"metrics": 9090})},
        containers={"tail": ExtraContainer(image=TOOL)},
    )
    component = made(pod=settings)
    spec = pod(component)
    assert [each["name"] for each in spec["initContainers"]] == ["migrate", "seed", "proxy"]
    assert [each.get("restartPolicy") for each in spec["initContainers"]] == [None, None, "Always"]
    assert [each["name"] for each in spec["containers"]] == ["web", "tail"]
    (service,) = objects(component, "Service")
    assert [each["port"] for each in service["spec"]["ports"]] == [80, 9090]


def test_every_container_is_hardened() -> None:
    extra = {"a": ExtraContainer(image=TOOL)}
    spec = pod(made(pod=PodSettings(init_containers=extra, containers={"b": extra["a"]})))
    for each in (*spec["initContainers"], *spec["containers"]):
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }


def test_each_container_has_its_own_files_and_folders() -> None:
    extra = ExtraContainer(image=TOOL, files={"/a": "x"}, writable={"/tmp": Quantity("1Mi")})
    component = made(Container(files={"/a": "y"}), pod=PodSettings(init_containers={"i": extra}))
    assert [each["name"] for each in pod(component)["volumes"]] == [
        "files",
        "i-files",
        "i-writable-1",
    ]
    assert [each["data"] for each in objects(component, "ConfigMap")] == [{"a": "y"}, {"a": "x"}]


VOLUMES: dict[str, tuple[Any, dict[str, Any]]] = {
    "existing claim": (
        Volume.existing_claim("old", read_only=True),
        {"persistentVolumeClaim": {"claimName": "old", "readOnly": True}},
    ),
    "empty": (Volume.empty("1Gi"), {"emptyDir": {"sizeLimit": "1Gi"}}),
    "memory": (Volume.memory("64Mi"), {"emptyDir": {"sizeLimit": "64Mi", "medium": "Memory"}}),
    "config map": (
        Volume.config_map("modes", {"a": "b"}),
        {
            "configMap": {
                "name": "modes",
                "items": [{"key": "a", "path": "b"}],
                "defaultMode": 0o444,
            }
        },
    ),
    "scripts": (
        Volume.config_map("scripts", mode=0o755),
        {"configMap": {"name": "scripts", "defaultMode": 0o755}},
    ),
    "secret": (
        Volume.secret("login", optional=True),
        {"secret": {"secretName": "login", "optional": True, "defaultMode": 0o440}},
    ),
    "token": (
        Volume.projected(Volume.token("vault"), Volume.fields({"l": "metadata.labels"})),
        {
            "projected": {
                "defaultMode": 0o440,
                "sources": [
                    {
                        "serviceAccountToken": {
                            "audience": "vault",
                            "path": "token",
                            "expirationSeconds": 3600,
                        }
                    },
                    {
                        "downwardAPI": {
                            "items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]
                        }
                    },
                ],
            }
        },
    ),
    "ephemeral": (
        Volume.ephemeral("1Gi", "fast"),
        {
            "ephemeral": {
                "volumeClaimTemplate": {
                    "spec": {
                        "accessModes": ["ReadWriteOnce"],
                        "storageClassName": "fast",
                        "resources": {"requests": {"storage": "1Gi"}},
                    }
                }
            }
        },
    ),
    "host path": (
        Volume.host_path("/var/log", why=WHY, must_be="Directory"),
        {"hostPath": {"path": "/var/log", "type": "Directory"}},
    ),
}


@pytest.mark.parametrize("kind", sorted(VOLUMES))
def test_a_volume_is_mounted_where_a_container_says(kind: str) -> None:
    volume, source = VOLUMES[kind]
    component = made(Container(mounts={"/v": "v"}), pod=PodSettings(volumes={"v": volume}))
    assert pod(component)["volumes"] == [{"name": "v", **source}]
    files = ("config map", "scripts", "secret", "token")
    read_only = kind in ("existing claim", "host path", *files)
    mount = {"name": "v", "mountPath": "/v"} | ({"readOnly": True} if read_only else {})
    assert first(component)["volumeMounts"] == [mount]


def test_a_claim_of_one_node_means_one_pod_at_a_time() -> None:
    component = made(
        Container(mounts={"/v": Mount(volume="data", sub_path="db")}),
        pod=PodSettings(volumes={"data": Volume.claim("5Gi", "fast")}),
    )
    (claim,) = objects(component, "PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "web-data"
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "5Gi"}},
    }
    (deployment,) = objects(component, "Deployment")
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_a_shared_claim_leaves_scaling_and_rollout_alone() -> None:
    volume = Volume.claim("5Gi", access="ReadWriteMany")
    component = made(Container(mounts={"/v": "v"}), pod=PodSettings(volumes={"v": volume}))
    (deployment,) = objects(component, "Deployment")
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["type"] == "RollingUpdate"


PROBES: dict[str, tuple[Probe, dict[str, Any]]] = {
    "http": (
        Probe.http("/up", port="admin", headers={"Host": "x"}, scheme="HTTPS"),
        {
            "httpGet": {
                "path": "/up",
                "port": "admin",
                "scheme": "HTTPS",
                "httpHeaders": [{"name": "Host", "value": "x"}],
            }
        },
    ),
    "tcp": (Probe.tcp("admin"), {"tcpSocket": {"port": "admin"}}),
    "command": (Probe.exec("pg_isready", "-q"), {"exec": {"command": ["pg_isready", "-q"]}}),
    "grpc": (
        Probe.grpc_health("Cart", port="admin"),
        {"grpc": {"port": 9001, "service": "Cart"}},
    ),
}


@pytest.mark.parametrize("kind", sorted(PROBES))
def test_a_probe_of_each_kind_is_rendered(kind: str) -> None:
    probe, handler = PROBES[kind]
    probes = Probes(liveness=probe, readiness=Probe.none(), startup_seconds=60)
    found = first(made(Container(ports={"admin": 9001}, probes=probes)))
    assert found["livenessProbe"] == {**handler, "periodSeconds": 10, "failureThreshold": 3}
    assert found["startupProbe"] == {**handler, "periodSeconds": 5, "failureThreshold": 12}
    assert "readinessProbe" not in found


def test_hooks_variables_and_devices_are_rendered() -> None:
    container = Container(
        lifecycle=Lifecycle(post_start=Hook.http("/warm"), pre_stop=Hook.sleep(5)),
        env_from_resources={"MEMORY": "limits.memory"},
        resources=Resources(devices={"nvidia.com/gpu": 1}),
        working_folder="/srv",
        user=10001,
    )
    found = first(made(container))
    assert found["lifecycle"] == {
        "postStart": {"httpGet": {"path": "/warm", "port": "http"}},
        "preStop": {"sleep": {"seconds": 5}},
    }
    assert found["env"] == [
        {"name": "MEMORY", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}
    ]
    for side in ("requests", "limits"):
        assert found["resources"][side]["nvidia.com/gpu"] == "1"
    assert found["workingDir"] == "/srv"
    assert found["securityContext"]["runAsUser"] == 10001


def test_nodes_and_neighbours_are_chosen_by_intention() -> None:
    cache = Pods("cache", "shop", {"app": "cache"})
    batch = Pods("batch", "jobs", {"app": "batch"})
    scheduling = Scheduling(
        nodes={"disk": "ssd"},
        one_of={"zone": ["a", "b"]},
        preferred={"size": ["xl"]},
        tolerations=[Toleration(key="gpu", value="on", effect="NoSchedule")],
        near=[Neighbour.in_zone(cache)],
        apart=[Neighbour.on_node(batch, "required")],
        priority="shops",
        runtime_class="gvisor",
    )
    spec = pod(made(pod=PodSettings(scheduling=scheduling)))
    node = spec["affinity"]["nodeAffinity"]
    (term,) = node["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [{"key": "zone", "operator": "In", "values": ["a", "b"]}]
    assert node["preferredDuringSchedulingIgnoredDuringExecution"][0]["weight"] == 100
    (near,) = spec["affinity"]["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert near["podAffinityTerm"] == {
        "labelSelector": {"matchLabels": {"app": "cache"}},
        "namespaces": ["shop"],
        "topologyKey": "topology.kubernetes.io/zone",
    }
    (apart,) = spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert (apart["namespaces"], apart["topologyKey"]) == (["jobs"], "kubernetes.io/hostname")
    assert spec["nodeSelector"] == {"disk": "ssd"}
    assert spec["tolerations"] == [
        {"key": "gpu", "operator": "Equal", "value": "on", "effect": "NoSchedule"}
    ]
    assert (spec["priorityClassName"], spec["runtimeClassName"]) == ("shops", "gvisor")


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (Toleration.everything(), {"operator": "Exists"}),
        (
            Toleration(key="gpu", value="on", effect="NoSchedule"),
            {"key": "gpu", "operator": "Equal", "value": "on", "effect": "NoSchedule"},
        ),
        (Toleration(key="gpu", value=""), {"key": "gpu", "operator": "Equal", "value": ""}),
        (
            Toleration(key="down", effect="NoExecute", seconds=9),
            {
                "key": "down",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 9,
            },
        ),
    ],
    ids=range(4),
)
def test_a_toleration_is_rendered(given: Toleration, made: dict[str, Any]) -> None:
    component = shop()
    scheduling = Scheduling(tolerations=[given])
    Workload(component, "web", image=IMAGE, pod=PodSettings(scheduling=scheduling))
    assert pod(component)["tolerations"] == [made]
    assert faults(component) == []


def test_names_registries_and_grace_are_rendered() -> None:
    settings = PodSettings(
        networking=PodNetworking(
            dns_policy="None",
            nameservers=["10.0.0.10"],
            options={"ndots": "2"},
            host_aliases={"10.0.0.1": ["registry"]},
        ),
        security=PodSecurity(user=10001, volume_group=7, more_groups=[8]),
        labels={"team": "a"},
        annotations={"example.com/note": "hello"},
        pull_secrets=["registry"],
        grace_seconds=5,
    )
    component = made(pod=settings)
    spec, metadata = pod(component), template(component)["metadata"]
    assert spec["dnsPolicy"] == "None"
    assert spec["dnsConfig"] == {
        "nameservers": ["10.0.0.10"],
        "options": [{"name": "ndots", "value": "2"}],
    }
    assert spec["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["registry"]}]
    assert spec["imagePullSecrets"] == [{"name": "registry"}]
    assert spec["terminationGracePeriodSeconds"] == 5
    assert spec["securityContext"]["runAsGroup"] == 10001
    assert spec["securityContext"]["fsGroup"] == 7
    assert spec["securityContext"]["supplementalGroups"] == [8]
    assert metadata["labels"] == {"team": "a", "app.kubernetes.io/name": "web"}
    assert metadata["annotations"]["example.com/note"] == "hello"


def test_permissions_are_a_role_of_the_pods_own_account() -> None:
    rule = k8s.PolicyRule(api_groups=[""], resources=["pods"], verbs=["get"])
    component = made(pod=PodSettings(permissions=[rule]))
    (binding,) = objects(component, "RoleBinding")
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]
    assert binding["roleRef"]["name"] == objects(component, "Role")[0]["metadata"]["name"] == "web"
    assert pod(component)["automountServiceAccountToken"] is True


def test_an_account_of_others_is_used_and_not_created() -> None:
    component = made(pod=PodSettings(service_account="shared"))
    assert objects(component, "ServiceAccount") == []
    assert pod(component)["serviceAccountName"] == "shared"


Make = Callable[[Component], object]


def workload(container: Container | None = None, **parts: Any) -> Make:
    return lambda component: Workload(component, "web", image=IMAGE, container=container, **parts)


def settled(**settings: Any) -> Make:
    return lambda component: Workload(component, "web", image=IMAGE, pod=PodSettings(**settings))


def claimed(volume: Any, **parts: Any) -> Make:
    settings = PodSettings(volumes={"data": volume})
    return workload(Container(mounts={"/v": "data"}), pod=settings, **parts)


EXTRA = ExtraContainer(image=TOOL)
REFUSED: dict[str, tuple[Make, str]] = {
    "two containers of one name": (
        settled(init_containers={"a": EXTRA}, containers={"a": EXTRA}),
        "'a' twice in the pod",
    ),
    "a container named as the workload": (
        settled(sidecars={"web": EXTRA}),
        "container 'web': is the name of the main container",
    ),
    "a port of two containers": (
        settled(sidecars={"a": ExtraContainer(image=TOOL, ports={"b": 8080})}),
        "port 'b' of container 'a': is 8080, which container 'web' has too",
    ),
    "a port name of two containers": (
        settled(sidecars={"a": ExtraContainer(image=TOOL, ports={"http": 1})}),
        "which container 'web' has too",
    ),
    "a probe of an init container": (
        lambda _: PodSettings(
            init_containers={"a": ExtraContainer(image=TOOL, probes=Probes.none())}
        ),
        "has probes or hooks, but ends before the pod runs",
    ),
    "a volume that is not there": (
        workload(Container(mounts={"/v": "data"})),
        "mount 'data' at '/v': is not a volume of the pod, which has none",
    ),
    "a volume that nothing mounts": (
        settled(volumes={"data": Volume.empty("1Gi")}),
        "volume 'data': is not mounted by any container",
    ),
    "a volume of a taken name": (
        workload(
            Container(files={"/a": "b"}, mounts={"/v": "files"}),
            pod=PodSettings(volumes={"files": Volume.empty("1Gi")}),
        ),
        "volume 'files': is also the name of a volume of files",
    ),
    "two mounts of one path": (
        lambda _: Container(mounts={"/a": "x"}, writable={"/a": Quantity("1Mi")}),
        "path '/a': is set 2 times",
    ),
    "several pods of one claim": (
        claimed(Volume.claim("1Gi"), scaling=Scaling.fixed(2)),
        "ReadWriteOnce claim, which 2 pods on several nodes cannot share",
    ),
    "a size below zero": (lambda _: Volume.claim("-1Gi"), "'-1Gi'): is negative"),
    "a path out of the volume": (
        lambda _: Mount(volume="a", sub_path="../b"),
        "must be relative, without",
    ),
    "a probe of a port that is not there": (
        lambda _: Container(probes=Probes(liveness=Probe.tcp("x"))),
        "'x' of a probe or hook is not a port of the container, which has http",
    ),
    "a probe without a port": (
        lambda _: Container(port=None, probes=Probes()),
        "has no TCP port, but a probe or hook needs one",
    ),
    "a probe of UDP": (
        lambda _: Container(
            ports={"dns": ProtocolPort.udp(53)}, probes=Probes(liveness=Probe.tcp("dns"))
        ),
        "'dns' of a probe or hook is not a TCP port",
    ),
    "a probe of two kinds": (lambda _: Probe(path="/", grpc=""), "grpc: is set beside path"),
    "a start without a liveness probe": (
        lambda _: Probes(liveness=Probe.none(), startup_seconds=5),
        "has no effect without a liveness probe",
    ),
    "a hook of two actions": (
        lambda _: Hook(path="/", sleep_seconds=1),
        "is not the only action",
    ),
    "a request above its limit": (
        lambda _: Resources(memory=Quantity("2Gi"), memory_limit=Quantity("1Gi")),
        "memory: is '2Gi', more than the limit of '1Gi'",
    ),
    "a negative request": (lambda _: Resources(cpu=Quantity("-1")), "'-1'): is negative"),
    "a device without a domain": (
        lambda _: Resources(devices={"gpu": 1}),
        "'gpu' is not an extended resource",
    ),
    "a variable of an unknown resource": (
        lambda _: Container(env_from_resources={"A": "memory"}),
        "'memory' of 'A' is not a resource of a container",
    ),
    "a label of the selector": (
        settled(labels={"app.kubernetes.io/name": "other"}),
        "is 'web' for all pods of the workload",
    ),
    "an invalid label": (
        lambda _: PodSettings(labels={"a b": "c"}),
        "label a b='c' of a pod: is not a valid label",
    ),
    "DNS without a server": (
        lambda _: PodNetworking(dns_policy="None"),
        "is empty, but dns_policy is 'None'",
    ),
    "a server without an address": (
        lambda _: PodNetworking(nameservers=["dns"]),
        "'dns' is not an IP address",
    ),
    "seconds of another effect": (
        lambda _: Toleration(key="a", effect="NoSchedule", seconds=1),
        "belongs to the effect NoExecute",
    ),
    "permissions of another account": (
        lambda _: PodSettings(
            service_account="a", permissions=[k8s.PolicyRule(api_groups=[""], verbs=["get"])]
        ),
        "but service_account is set",
    ),
    "a volume by name": (
        lambda _: PodSettings(volumes={"a": "claim"}),  # type: ignore[dict-item]
        "'a' is a str, which is not a volume",
    ),
    "an exception by name": (
        lambda _: Container(exceptions=["privileged"]),  # type: ignore[list-item]
        "exception of a container: is a str, where ContainerException is expected",
    ),
    "a container without an image": (
        lambda _: PodSettings(sidecars={"a": Container()}),  # type: ignore[dict-item]
        "container 'a': is a Container, where ExtraContainer is expected",
    ),
    "two files of one path": (
        lambda _: Volume.projected(Volume.token("a"), Volume.fields({"token": "metadata.name"})),
        "have two files 'token'",
    ),
    "a pause beyond the time to end": (
        workload(
            Container(lifecycle=Lifecycle(pre_stop=Hook.sleep(31))),
        ),
        "Hook.sleep of container 'web': is 31, above grace_seconds, 30",
    ),
    "a pause of no time": (lambda _: Hook.sleep(0), "sleep_seconds"),
    "a field of a pod that is none": (
        lambda _: Container(env_from_fields={"A": "status.phase"}),
        "'status.phase' of 'A' is not a field of a pod that a variable can have",
    ),
    "a field of a volume that is none": (
        lambda _: Volume.fields({"a": "status.podIP"}),
        "'status.podIP' of 'a' is not a field that a volume can have",
    ),
    "a header with a blank": (
        lambda _: Probe.http("/", headers={"a b": "c"}),
        "headers: 'a b' is not valid",
    ),
    "a device of Kubernetes' own": (
        lambda _: Resources(devices={"kubernetes.io/gpu": 1}),
        "is not an extended resource",
    ),
    "two priorities": (
        workload(
            pod=PodSettings(scheduling=Scheduling(priority="a")),
            availability=Availability(priority="b"),
        ),
        "priority: is 'a', but that of Availability is 'b'",
    ),
    "an account of no valid name": (
        lambda _: PodSettings(service_account="A_b"),
        "account 'A_b'",
    ),
    "a time zone that is none": (
        lambda component: ScheduledJob(
            component, "web", image=IMAGE, schedule=Cron("0 3 * * *"), time_zone="Local"
        ),
        "time_zone 'Local': is not the name of a time zone",
    ),
    "a claim that the pods of several nodes would share": (
        lambda component: DaemonWorkload(
            component,
            "web",
            image=IMAGE,
            container=Container(mounts={"/v": "data"}),
            pod=PodSettings(volumes={"data": Volume.claim("1Gi")}),
        ),
        "ReadWriteOnce claim, which the pods of several nodes cannot share",
    ),
    "a named claim of many pods": (
        lambda component: StatefulWorkload(
            component,
            "web",
            image=IMAGE,
            container=Container(mounts={"/v": "data"}),
            pod=PodSettings(volumes={"data": Volume.claim("1Gi", name="a")}),
        ),
        "each pod of a StatefulSet has a claim of its own",
    ),
    "a sized job": (
        lambda component: RunOnce(
            component, "web", image=IMAGE, pod=PodSettings(vertical=VerticalScaling())
        ),
        "the pods of a Job are never resized",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_an_api_server_would_refuse_is_refused_where_it_is_written(case: str) -> None:
    make, why = REFUSED[case]
    with pytest.raises((InvalidValue, InvalidName)) as caught:
        make(new_component(new_cluster(), "shop"))
    assert why in str(caught.value)


SINCE: dict[str, tuple[str, Callable[[Component], object], str]] = {
    "sidecars": (
        "1.28",
        settled(sidecars={"a": EXTRA}),
        "sidecar 'a': requires Kubernetes 1.29; c1 runs 1.28",
    ),
    "sleep": (
        "1.29",
        workload(Container(lifecycle=Lifecycle(pre_stop=Hook.sleep(1)))),
        "Hook.sleep of container 'web': requires Kubernetes 1.30",
    ),
    "retention": (
        "1.26",
        lambda component: StatefulWorkload(
            component, "web", image=IMAGE, retention=ClaimRetention(when_deleted="Delete")
        ),
        "retention of StatefulWorkload 'web': requires Kubernetes 1.27",
    ),
}


@pytest.mark.parametrize("feature", sorted(SINCE))
def test_a_feature_of_a_newer_kubernetes_is_refused(feature: str) -> None:
    version, make, why = SINCE[feature]
    with pytest.raises(InvalidValue) as caught:
        make(new_component(new_cluster(kubernetes=version), "shop"))
    assert why in str(caught.value)
    make(new_component(new_cluster(), "shop"))


def test_a_secret_of_another_namespace_is_refused_as_a_volume() -> None:
    component = shop()
    other = secret(new_component(component.cluster, "other"))
    settings = PodSettings(volumes={"v": Volume.secret(other.name)})
    with pytest.raises(InvalidReference, match="is in namespace 'other', its user in 'shop'"):
        Workload(
            component, "web", image=IMAGE, container=Container(mounts={"/v": "v"}), pod=settings
        )


def test_a_message_names_the_line_that_declared_the_value() -> None:
    with pytest.raises(KubestrataError, match=r"test_pod\.py:\d+"):
        Volume.claim("0")
