"""Strategies for pods of all shapes, with valid names and contradictions left in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from kubeapis import k8s
from kubestrata import Image, KubestrataError, Quantity
from kubestrata.constructs import (
    Availability,
    Container,
    ContainerException,
    DaemonRollout,
    EventScaling,
    ExtraContainer,
    Hook,
    JobSettings,
    Justification,
    Lifecycle,
    Mount,
    Neighbour,
    PodException,
    PodNetworking,
    Pods,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    ProtocolPort,
    Resources,
    Rollout,
    Scaling,
    ScalingTrigger,
    ScheduledRuns,
    Scheduling,
    StatefulRollout,
    Toleration,
    VerticalScaling,
    Volume,
)
from kubestrata.constructs.workload import ClaimRetention, ConfigMapValue, SecretValue

_T = TypeVar("_T")
WHY = Justification(reason="the kernel is the product", owner="platform", expires="2999-01-01")
IMAGES = st.sampled_from([Image("registry.example.com/a:1"), Image("b@sha256:" + "0" * 64)])
NAMES = st.sampled_from(["a", "side-car", "x9", "proxy", "b" * 40])
PATHS = ["/data", "/tmp", "/var/lib/app", "/etc/app/x.yaml", "/run/s"]
_LABELS = st.dictionaries(
    st.sampled_from(["app", "example.com/tier", "zone"]),
    st.sampled_from(["a", "b.c", "x-1"]),
    max_size=2,
)
_PORTS = st.integers(1, 65535)
_PORT_NAMES = st.sampled_from(["metrics", "dns", "grpc", "p2p", "admin"])


def _built(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values with any of the fields; those that contradict each other are left out."""

    def made(values: dict[str, Any]) -> Any:
        try:
            return kind(**values)
        except KubestrataError:
            return None

    drawn = st.fixed_dictionaries({}, optional=fields)
    return drawn.map(made).filter(lambda value: value is not None)


def _some(values: Sequence[_T], most: int = 2) -> st.SearchStrategy[list[_T]]:
    return st.lists(st.sampled_from(values), max_size=most, unique_by=repr)


PORTS = st.dictionaries(
    _PORT_NAMES,
    _PORTS
    | _PORTS.map(ProtocolPort.udp)
    | _PORTS.map(ProtocolPort.sctp)
    | _PORTS.map(lambda number: ProtocolPort.on_node(number, why=WHY)),
    max_size=3,
)
PROBES = st.sampled_from(
    [
        Probe.none(),
        Probe.exec("/bin/true"),
        Probe.http("/up", headers={"Host": "x"}, scheme="HTTPS"),
        Probe.tcp(),
        Probe.tcp("metrics"),
        Probe.grpc_health(),
        Probe.grpc_health("shop.Cart", port="grpc"),
        Probe(path="/", initial_delay_seconds=3, period_seconds=1, timeout_seconds=9),
    ]
)
HOOKS = st.sampled_from([Hook.exec("sync"), Hook.http("/bye"), Hook.sleep(1), Hook.sleep(7)])
EXCEPTIONS = _some(
    [
        ContainerException.privileged(WHY),
        ContainerException.capabilities("NET_ADMIN", "SYS_ADMIN", why=WHY),
        ContainerException.privilege_escalation(WHY),
        ContainerException.root_user(WHY),
        ContainerException.writable_root(WHY),
        ContainerException.unconfined_seccomp(WHY),
    ],
    6,
)
RESOURCES = _built(
    Resources,
    cpu=st.sampled_from([Quantity("0"), Quantity("1"), Quantity("250m")]),
    memory_limit=st.just(Quantity("4Gi")),
    cpu_limit=st.sampled_from([Quantity("1"), Quantity("500m")]),
    devices=st.just({"nvidia.com/gpu": 2}),
    ephemeral_storage=st.just(Quantity("1Gi")),
    ephemeral_storage_request=st.just(Quantity("1Gi")),
)
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "port": st.none() | _PORTS,
    "ports": PORTS,
    "command": _some(["/bin/app", "-v"]),
    "env": st.just({"A": "1", "B": "$(A)"}),
    "env_from_secrets": st.just({"S": SecretValue(secret="login", key="password")}),
    "env_from_config_maps": st.just({"M": ConfigMapValue(config_map="modes", key="next")}),
    "env_from_fields": st.just({"IP": "status.podIP", "L": "metadata.labels['app']"}),
    "env_from_resources": st.just({"MEM": "limits.memory", "CPU": "requests.cpu"}),
    "config": st.just({"MODE": "on"}),
    "files": st.dictionaries(st.sampled_from(PATHS), st.just("text"), max_size=2),
    "files_from_secrets": st.just({"/keys/tls.key": SecretValue(secret="tls", key="key")}),
    "writable": st.dictionaries(st.sampled_from(PATHS), st.just(Quantity("1Mi")), max_size=2),
    "working_folder": st.just("/data"),
    "user": st.integers(1, 2**31 - 1),
    "lifecycle": _built(Lifecycle, post_start=HOOKS, pre_stop=HOOKS),
    "exceptions": EXCEPTIONS,
    "probes": _built(
        Probes, liveness=PROBES, readiness=PROBES, startup_seconds=st.integers(1, 999)
    ),
    "resources": RESOURCES,
    "service_account_token": st.booleans(),
    "pull_policy": st.sampled_from(["Always", "Never"]),
}
CONTAINERS = _built(Container, **FIELDS)
_VALUES = _built(dict, **FIELDS)
_INIT_VALUES = _built(
    dict, **{name: FIELDS[name] for name in FIELDS if name not in ("lifecycle", "probes")}
)


# Strategies that an example would make for itself are prepared again for each example.
_EXTRA_NAMES = st.lists(NAMES, max_size=2, unique=True)


@st.composite
def _extra(draw: st.DrawFn, fields: st.SearchStrategy[dict[str, Any]]) -> dict[str, ExtraContainer]:
    found: dict[str, ExtraContainer] = {}
    for name in draw(_EXTRA_NAMES):
        values = draw(fields)
        try:
            found[name] = ExtraContainer(image=draw(IMAGES), **values)
        except KubestrataError:
            continue
    return found


VOLUMES: st.SearchStrategy[Any] = st.sampled_from(
    [
        Volume.claim("1Gi"),
        Volume.claim("1Ti", "fast", access="ReadWriteMany"),
        Volume.claim("2e9", access="ReadWriteOncePod"),
        Volume.existing_claim("shared", read_only=True),
        Volume.existing_claim("shared"),
        Volume.ephemeral("50Gi", "fast"),
        Volume.empty("1Gi"),
        Volume.memory("64Mi"),
        Volume.config_map("modes", {"a": "b/c"}, optional=True),
        Volume.secret("login"),
        Volume.secret("login", {"password": "p"}),
        Volume.projected(
            Volume.token("vault", expires_seconds=600),
            Volume.fields({"labels": "metadata.labels"}),
            Volume.config_map("modes", {"a": "b"}),
            Volume.secret("login", {"password": "p"}),
        ),
        Volume.host_path("/var/log", why=WHY, must_be="Directory"),
        Volume.host_path("/run/containerd/containerd.sock", why=WHY, writable=True),
    ]
)
OTHERS = Pods("cache", "shop", {"app": "cache"})
SCHEDULING = _built(
    Scheduling,
    nodes=_LABELS,
    one_of=st.just({"zone": ["a", "b"]}),
    preferred=st.just({"disk": ["ssd"], "size": ["l", "xl"]}),
    tolerations=_some(
        [
            Toleration.everything(),
            Toleration(key="gpu"),
            Toleration(key="gpu", value="on", effect="NoSchedule"),
            Toleration(key="down", effect="NoExecute", seconds=30),
        ],
        3,
    ),
    near=_some([Neighbour.on_node(OTHERS), Neighbour.in_zone(OTHERS, "required")]),
    apart=_some([Neighbour.on_node(OTHERS, "required"), Neighbour.in_zone(OTHERS)]),
    priority=st.just("shops"),
    runtime_class=st.just("gvisor"),
)
NETWORKING = _built(
    PodNetworking,
    dns_policy=st.sampled_from(["None", "Default", "ClusterFirst", "ClusterFirstWithHostNet"]),
    nameservers=_some(["10.0.0.10", "fd00::10"]),
    searches=_some(["example.com", "shop.svc.cluster.local"]),
    options=st.just({"ndots": "2", "edns0": None}),
    host_aliases=st.just({"10.0.0.1": ["registry", "a.example.com"]}),
    hostname=st.just("web"),
)
SECURITY = _built(
    PodSecurity,
    user=st.integers(1, 2**31 - 1),
    group=st.integers(1, 2**31 - 1),
    volume_group=st.integers(0, 2**31 - 1),
    volume_group_change=st.sampled_from(["Always", "OnRootMismatch"]),
    more_groups=_some([0, 7, 4000000]),
    exceptions=_some(
        [
            PodException.host_network(WHY),
            PodException.host_pid(WHY),
            PodException.host_ipc(WHY),
            PodException.unsafe_sysctls({"net.core.somaxconn": "1024"}, why=WHY),
        ],
        4,
    ),
)


_SETTINGS = _built(
    dict,
    init_containers=_extra(_INIT_VALUES),
    sidecars=_extra(_VALUES),
    containers=_extra(_VALUES),
    scheduling=SCHEDULING,
    networking=NETWORKING,
    security=SECURITY,
    labels=_LABELS,
    annotations=st.just({"example.com/note": "any text, at all"}),
    pull_secrets=_some(["registry"]),
    permissions=_some([k8s.PolicyRule(api_groups=[""], resources=["pods"], verbs=["get"])]),
    service_account=st.just("shared"),
    grace_seconds=st.integers(0, 600),
    vertical=st.just(VerticalScaling(mode="Off")),
)
_MOUNTED = st.dictionaries(
    st.sampled_from(["data", "v1", "files"]), st.tuples(VOLUMES, st.booleans()), max_size=2
)


def _mounts(volumes: Mapping[str, tuple[Any, bool]]) -> dict[str, str | Mount]:
    return {
        f"/mnt/{name}": Mount(volume=name, sub_path="x", read_only=True) if is_part else name
        for name, (_, is_part) in volumes.items()
    }


def _pod(parts: tuple[Any, ...]) -> tuple[Container, PodSettings] | None:
    volumes, container, settings = parts
    kept = {name: volume for name, (volume, _) in volumes.items()}
    try:
        return (
            Container(mounts=_mounts(volumes), **container),
            PodSettings(volumes=kept, **settings),
        )
    except KubestrataError:
        return None


def pods() -> st.SearchStrategy[Any]:
    """Return a strategy for a main container and the settings of its pod, mounting all volumes."""
    drawn = st.tuples(_MOUNTED, _VALUES, _SETTINGS).map(_pod)
    return drawn.filter(lambda value: value is not None)


_AMOUNT = st.integers(0, 9) | st.sampled_from(["0%", "25%", "100%"])
SCALING = st.sampled_from(
    [
        Scaling.fixed(0),
        Scaling.fixed(1),
        Scaling.fixed(3),
        Scaling(min=2, max=5),
        EventScaling(
            triggers=[
                ScalingTrigger.cron(start="0 8 * * *", end="0 9 * * *", time_zone="UTC", replicas=2)
            ]
        ),
        EventScaling(
            min=2,
            triggers=[
                ScalingTrigger.prometheus(server="http://p", query="up", threshold=0.5),
                ScalingTrigger.kafka(bootstrap_servers="k:9092", group="g", topic="t", lag=10),
            ],
            polling_seconds=5,
            cooldown_seconds=0,
        ),
    ]
)
ROLLOUTS = _built(
    Rollout,
    strategy=st.sampled_from(["Recreate", "RollingUpdate"]),
    max_surge=_AMOUNT,
    max_unavailable=_AMOUNT,
    min_ready_seconds=st.integers(0, 60),
    deadline_seconds=st.integers(1, 900),
    history=st.integers(0, 9),
)
STATEFUL_ROLLOUTS = _built(
    StatefulRollout,
    order=st.sampled_from(["OrderedReady", "Parallel"]),
    strategy=st.sampled_from(["OnDelete", "RollingUpdate"]),
    partition=st.integers(0, 5),
    min_ready_seconds=st.integers(0, 60),
    history=st.integers(0, 9),
)
DAEMON_ROLLOUTS = _built(
    DaemonRollout,
    strategy=st.sampled_from(["OnDelete", "RollingUpdate"]),
    max_surge=_AMOUNT,
    max_unavailable=_AMOUNT,
    min_ready_seconds=st.integers(0, 60),
    history=st.integers(0, 9),
)
RETENTION = _built(
    ClaimRetention,
    when_deleted=st.sampled_from(["Delete", "Retain"]),
    when_scaled=st.sampled_from(["Delete", "Retain"]),
)
AVAILABILITY = _built(
    Availability,
    spread_zones=st.booleans(),
    spread_nodes=st.booleans(),
    anti_affinity=st.sampled_from(["preferred", "required"]),
    on_demand=st.booleans(),
    priority=st.just("shops"),
)
JOBS = _built(
    JobSettings,
    retries=st.integers(0, 9),
    timeout_seconds=st.none() | st.integers(1, 9999),
    restart=st.sampled_from(["Never", "OnFailure"]),
    completions=st.integers(1, 5),
    parallel=st.integers(1, 5),
    indexed=st.booleans(),
    suspended=st.booleans(),
)
RUNS = _built(
    ScheduledRuns,
    overlap=st.sampled_from(["Allow", "Forbid", "Replace"]),
    suspended=st.booleans(),
    latest_start_seconds=st.none() | st.integers(10, 999),
    kept_successful=st.integers(0, 9),
    kept_failed=st.integers(0, 9),
)
