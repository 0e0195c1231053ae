"""Arguments of a wrong type or out of range, reported with the line that wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Host
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    Gateways,
    Pods,
    RemoteKey,
    Route,
    Scaling,
    SecretSource,
    Workload,
)
from kubestrata.constructs.cloud import IamUser, KmsKey, PodIdentity
from kubestrata.constructs.network import NamedPort
from kubestrata.constructs.scaling import HorizontalAutoscaler, PriorityClass
from kubestrata.constructs.traffic import GatewayExposure
from kubestrata.core.errors import KubestrataError
from tests.constructs.cloud.aws import READ, aws_cluster
from tests.constructs.workload.platform import IMAGE, complete, secret
from tests.small_platform import new_component


def web() -> Workload:
    return Workload(new_component(complete(), "shop"), "web", image=IMAGE)


def route(**options: Any) -> object:
    made = web()
    gateway = made.component.cluster.ask(Gateways).with_visibility("private")
    given: dict[str, Any] = {
        "host": Host("a.priv.example.com"),
        "gateway": gateway,
        "to": made.service,
    }
    return Route(made.component, "r", **(given | options))


def account(**options: Any) -> object:
    component = new_component(aws_cluster())
    given: dict[str, Any] = {"service_account": secret(component).ref}
    return PodIdentity(component, "p", statements=[READ], **(given | options))


Wrong = Callable[[Any], object]
CASES: Mapping[str, Wrong] = {
    "is a str, where Endpoint": lambda wrong: web().connect_to(wrong("db")),
    "flow of .* is a str, where Flow": lambda wrong: web().allow(wrong("x")),
    "is a str, where int or NetworkPort": lambda wrong: Flow.to_internet(wrong("http")),
    "port 0: is not a valid port name": lambda wrong: NamedPort(wrong(0)),
    "host 5: is a int": lambda wrong: Flow.to_hosts(wrong(5)),
    "block 5: is a int": lambda wrong: Flow.to_addresses(wrong(5)),
    "namespace of pods": lambda _: Pods("db", "", {}),
    "is not a valid label": lambda _: Pods("db", "data", {"app": "b c"}),
    "gateway of a route: is a NoneType": lambda wrong: route(gateway=wrong(None)),
    "`to` of a route: is a str": lambda wrong: route(to=wrong("web")),
    "is not a valid visibility: must be one of private, public": lambda wrong: (
        Gateways().with_visibility(wrong("x"))
    ),
    "source of key 'a': is a str": lambda wrong: SecretSource.keys({"a": wrong("b")}),
    "path in the store: is empty": lambda _: SecretSource.keys({"a": RemoteKey("")}),
    "target of an autoscaler: is a str": lambda wrong: HorizontalAutoscaler(
        web().component, "h", target=wrong("x"), scaling=Scaling()
    ),
    "is below -2147483648": lambda _: PriorityClass(
        web().component, "p", value=-(10**12), description="x"
    ),
    "has no address": lambda _: GatewayExposure.addresses(),
    "does not appear to be an IPv4": lambda _: GatewayExposure.addresses("x"),
    "is not within 7-30": lambda _: KmsKey(
        new_component(aws_cluster()), "k", description="x", deletion_window_days=3
    ),
    "Secret 'Ü'": lambda _: IamUser(
        new_component(aws_cluster()), "k", statements=[READ], secret="Ü"
    ),
    "is a Secret": lambda _: account(),
    "service_account.* is a str": lambda wrong: account(service_account=wrong("x")),
    "source of .* is a str": lambda wrong: ExternalSecret(
        web().component, "e", source=wrong("a/b")
    ),
}


@pytest.mark.parametrize("message", CASES)
def test_a_wrong_argument_is_refused_where_it_was_written(message: str) -> None:
    def untyped(value: object) -> Any:
        return value

    with pytest.raises(KubestrataError, match=message) as refused:
        CASES[message](untyped)
    assert Path(__file__).name in refused.value.where
