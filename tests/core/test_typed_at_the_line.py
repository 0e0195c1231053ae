"""Wrong facts, names and texts, refused at the line that wrote them, each with a fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kubeapis import k8s
from kubestrata import (
    ChartRepository,
    Cluster,
    Component,
    Cron,
    Flux,
    Host,
    Image,
    Namespace,
    Placeholder,
    Platform,
    Quantity,
    Reconcile,
)
from kubestrata.constructs import Container, HelmRelease, Pods, Resources, ScheduledJob, Workload
from kubestrata.constructs.data import Kafka, KafkaSpec, Postgres, PostgresSpec
from kubestrata.constructs.observability import Notification, Receiver
from kubestrata.constructs.scaling import PodsMetric, VerticalScaling
from kubestrata.constructs.secret import (
    BitwardenSecretsManager,
    OnePasswordConnect,
    VaultStore,
    VaultToken,
)
from kubestrata.constructs.traffic import AcmeIssuer, Gateway, Listener, Redirect, VaultIssuer
from kubestrata.constructs.workload import Telemetry, WorkloadDefaults
from kubestrata.core.errors import KubestrataError
from kubestrata.testing import bare_cluster, full_cluster, new_component
from tests.small_platform import chart, flux

IMAGE = Image("registry.example.com/web:1.0.0")
LONG = "x" * 70


def home(**facts: Any) -> Cluster:
    given: dict[str, Any] = {
        "domain": Host("example.com"),
        "delivery": flux(),
        "kubernetes": "1.35",
        **facts,
    }
    return Cluster(Platform(), "home", **given)


def shop() -> Component:
    return new_component(full_cluster(), "shop")


def without_namespace() -> Component:
    return Component(full_cluster(), "shop", layer="apps")


def twice() -> None:
    component = shop()
    Workload(component, "web", image=IMAGE)
    Workload(component, "web", image=IMAGE)


Wrong = Callable[[Any], object]
VERSION = "must be 1.25 to 1.37"
CASES: Mapping[str, tuple[Wrong, str, str]] = {
    "a version from the future": (
        lambda _: home(kubernetes="1.99"),
        VERSION,
        "write '1.37', or upgrade kubestrata",
    ),
    "a version from the past": (lambda _: home(kubernetes="1.5"), VERSION, "write '1.25'"),
    "a version as a number": (
        lambda wrong: home(kubernetes=wrong(1.30)),
        "is a float, where text is expected",
        "write kubernetes='1.3'",
    ),
    "a word as version": (lambda _: home(kubernetes="latest"), "is not a version", "1.25 to 1.37"),
    "a domain as text": (
        lambda wrong: home(domain=wrong("https://x")),
        "is not a host name",
        "no scheme",
    ),
    "no delivery": (
        lambda wrong: home(delivery=wrong(None)),
        "is a NoneType, not the settings of a delivery",
        "write Flux(",
    ),
    "a repository as text": (
        lambda wrong: Flux(wrong("https://git.example.com")),
        "is a str, where GitRepository is expected",
        "write GitRepository(url=...)",
    ),
    "a misspelt layer": (
        lambda _: new_component(full_cluster(), layer="app"),
        "is not a layer of cluster test",
        "write 'apps'",
    ),
    "a namespace as text": (
        lambda wrong: Component(full_cluster(), "shop", layer="apps", namespace=wrong("shop")),
        "is a str, where Namespace or Reference is expected",
        "write Namespace('shop', pod_security='restricted')",
    ),
    "a misspelt level": (
        lambda wrong: Namespace("shop", pod_security=wrong("strict")),
        "must be one of privileged, baseline, restricted",
        "write 'restricted'",
    ),
    "a label of a namespace": (
        lambda _: Namespace("shop", pod_security="restricted", labels={"team": "a b"}),
        "is not a valid label",
        "",
    ),
    "a label of pods": (lambda _: Pods("a", "a", {"a": LONG}), "has 70 characters", ""),
    "a label of a metric": (
        lambda _: PodsMetric(name="a", average_value=Quantity("1"), selector={"": "b"}),
        "a key has at most 63",
        "",
    ),
    "a forgotten namespace": (
        lambda _: k8s.ConfigMap(without_namespace(), "settings", data={}),
        "sets no namespace and component 'shop' has none",
        "pass namespace=Namespace('shop', pod_security='restricted')",
    ),
    "a workload without a namespace": (
        lambda _: Workload(without_namespace(), "web", image=IMAGE),
        "component 'shop' has none",
        "pass namespace=Namespace('shop', pod_security='restricted')",
    ),
    "a duplicate id": (
        lambda _: twice(),
        "created at tests/core/test_typed_at_the_line.py:",
        "give one of them another id, such as 'web-2'",
    ),
    "no scope": (
        lambda wrong: Workload(wrong(None), "web", image=IMAGE),
        "is not a construct",
        "pass the component",
    ),
    "a number as scope": (
        lambda wrong: k8s.ConfigMap(wrong(5), "settings", data={}),
        "scope int: is not a construct",
        "pass the component",
    ),
    "a module as scope": (
        lambda wrong: k8s.ConfigMap(wrong(k8s), "settings", data={}),
        "scope module: is not a construct",
        "pass the component",
    ),
    "a number as cluster": (
        lambda wrong: Component(wrong(5), "shop", layer="apps"),
        "scope of a Component: is a int, where Cluster is expected",
        "",
    ),
    "a misspelt keyword": (
        lambda wrong: Workload(shop(), "web", **wrong({"imagee": IMAGE})),
        "has no keyword 'imagee'",
        "write 'image'",
    ),
    "a long workload": (lambda _: Workload(shop(), LONG, image=IMAGE), "has 70 ", "by 7"),
    "a long schedule": (
        lambda _: ScheduledJob(shop(), LONG, image=IMAGE, schedule=Cron("@daily")),
        "has 70 characters; at most 52 are allowed",
        "shorten it by 18",
    ),
    "a long CronJob": (lambda _: k8s.CronJob(shop(), LONG), "at most 52 are allowed", "by 18"),
    "a long Service": (lambda _: k8s.Service(shop(), LONG), "at most 63 are allowed", "by 7"),
    "a long database": (lambda _: Postgres(shop(), LONG), "at most 50 are allowed", "by 20"),
    "a database in capitals": (lambda _: Postgres(shop(), "Orders"), "lower-case", "'orders'"),
    "a long Kafka": (lambda _: Kafka(shop(), LONG), "at most 47 are allowed", "by 23"),
    "a long release": (
        lambda _: HelmRelease(shop(), LONG, chart=chart()),
        "has 70 characters; Helm allows at most 53",
        "pass a shorter Placement",
    ),
    "a schedule as text": (
        lambda wrong: ScheduledJob(shop(), "job", image=IMAGE, schedule=wrong("* * * * 7")),
        "the day of week '7' is not within 0-6",
        "write 0 or sun for Sunday",
    ),
    "an image as text": (
        lambda wrong: ScheduledJob(shop(), "job", image=wrong("a"), schedule=Cron("@daily")),
        "is not pinned",
        "name a tag",
    ),
    "an interval as text": (
        lambda wrong: Reconcile(interval=wrong("5")),
        "is not a duration",
        "'10m'",
    ),
    "a host as text": (
        lambda wrong: Redirect(host=wrong("https://a.example.com")),
        "is not a host name",
        "no scheme",
    ),
    "a port as text": (
        lambda wrong: Listener.https(
            Host("a.b"), certificate=wrong(None), routes=wrong(None), port=wrong("443x")
        ),
        "is a str, not a number",
        "",
    ),
    "a quantity in a declaration": (
        lambda wrong: Container(writable={"/tmp": wrong("-5Gi")}),
        "is negative",
        "write '5Gi'",
    ),
    "a limit below its request": (
        lambda _: Resources(memory=Quantity("1Gi"), memory_limit=Quantity("512Mi")),
        "more than the limit of '512Mi'",
        "raise the limit",
    ),
    "bounds in the wrong order": (
        lambda _: VerticalScaling(
            smallest={"cpu": Quantity("2")}, largest={"cpu": Quantity("500m")}
        ),
        "cpu is '2', more than largest, '500m'",
        "swap them",
    ),
    "a volume of nothing": (
        lambda _: PostgresSpec(storage=Quantity("0")),
        "is '0'",
        "write more than 0",
    ),
    "brokers without memory": (lambda _: KafkaSpec(memory=Quantity("0Gi")), "is '0Gi'", "1Gi"),
    "Vault without a scheme": (
        lambda wrong: VaultStore("vault.example.com:8200", "kv", VaultToken(wrong(None))),
        "is not a URL: must begin with https:// or http:// and name a host",
        "write 'https://vault.example.com:8200'",
    ),
    "1Password without a scheme": (
        lambda wrong: OnePasswordConnect("connect:8080", wrong(None), {}),
        "is not a URL",
        "write 'https://connect:8080'",
    ),
    "Bitwarden without a host": (
        lambda wrong: BitwardenSecretsManager("o", "p", wrong(None), "https://"),
        "is not a URL",
        "",
    ),
    "an issuer without a scheme": (
        lambda wrong: VaultIssuer(
            shop(), "vault", server="vault.example.com", path="pki", login=VaultToken(wrong(None))
        ),
        "server of VaultIssuer 'vault'",
        "write 'https://vault.example.com'",
    ),
    "an ACME server without a scheme": (
        lambda wrong: AcmeIssuer(
            shop(), "acme", email="a@b.c", solvers=[wrong(None)], server="acme.example.com"
        ),
        "server of AcmeIssuer 'acme'",
        "write 'https://acme.example.com'",
    ),
    "a spec of a wrong type": (
        lambda wrong: Kafka(shop(), "events", spec=wrong(5)),
        "spec of a Kafka: is a int, where KafkaSpec or None is expected",
        "",
    ),
    "a part of a wrong type": (
        lambda wrong: Gateway(
            shop(),
            "web",
            gateway_class=wrong(None),
            listeners=[Listener("web", wrong(443), "HTTPS", Host("a.b"), wrong("all"))],
        ),
        "gateway_class of a Gateway: is None, where Reference is expected",
        "",
    ),
    "an item of a wrong type": (
        lambda wrong: Notification(shop(), "alerts", to=Receiver("slack", "a"), sources=wrong([5])),
        "sources[0] of a Notification: is a int, where EventSource is expected",
        "",
    ),
    "a field of a wrong type": (
        lambda wrong: Container(env=wrong("A=b")),
        "env of Container: is a str, where Mapping is expected",
        "",
    ),
    "telemetry to nowhere": (
        lambda _: Telemetry(traces_endpoint="otel:4318"),
        "Telemetry.traces_endpoint 'otel:4318'",
        "write 'https://otel:4318'",
    ),
    "telemetry of all to nowhere": (
        lambda _: WorkloadDefaults(metrics_endpoint="otel"),
        "WorkloadDefaults.metrics_endpoint 'otel'",
        "write 'https://otel'",
    ),
    "charts without a scheme": (
        lambda _: ChartRepository("charts", "charts.example.com"),
        "url 'charts.example.com'",
        "write 'https://charts.example.com'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_value_is_refused_with_reason_and_fix_at_its_line(case: str) -> None:
    def untyped(value: object) -> Any:
        return value

    wrong, why, fix = CASES[case]
    with pytest.raises(KubestrataError) as refused:
        wrong(untyped)
    assert why in str(refused.value)
    assert fix in str(refused.value.fix)
    assert Path(__file__).name in refused.value.where


@pytest.mark.parametrize("version", ["1.25", "1.37", "v1.33.4", "1.34.2", "v1.35.0+k3s1"])
def test_a_known_version_is_accepted_as_programs_write_it(version: str) -> None:
    assert home(kubernetes=version).kubernetes == version


def test_a_component_that_is_created_twice_names_both_lines() -> None:
    class Shop(Component):
        def __init__(self, scope: Cluster) -> None:
            super().__init__(scope, "shop", layer="apps")

    cluster = bare_cluster()
    Shop(cluster)
    with pytest.raises(KubestrataError, match="id 'shop': test has one already") as refused:
        Shop(cluster)
    assert refused.value.fix == "give one of them another id, such as 'shop-2'"


def test_a_url_may_begin_with_a_placeholder_or_hold_one() -> None:
    login = VaultToken(None)  # type: ignore[arg-type]
    for server in (Placeholder("vault"), f"https://{Placeholder('vault')}:8200"):
        assert VaultStore(server, "kv", login).server == server
