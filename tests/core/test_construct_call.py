"""A wrong call of a construct or of a value in it: the line, the mistake, the nearest keyword."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from constructs import Construct

from kubestrata import Cluster, Component, Host, Image, Namespace, Platform
from kubestrata.constructs import Gateway, HelmRelease, ScheduledJob, Workload
from kubestrata.core.errors import InvalidBody
from tests.small_platform import chart, new_cluster, new_component

IMAGE = Image("registry.example.com/app:1.2.3")
Call = Callable[[Any], object]


class Mine(Component):
    """A component whose base is called with a wrong keyword."""

    def __init__(self, scope: Cluster, *, gateway: str) -> None:
        super().__init__(scope, gateway, layr="apps")  # type: ignore[call-arg]


class Home(Component):
    """A component that declares a namespace with a wrong keyword."""

    def __init__(self, scope: Cluster) -> None:
        home = Namespace("home", pod_securty="restricted")  # type: ignore[call-arg]
        super().__init__(scope, "home", layer="apps", namespace=home)


class Broken(Component):
    """A component that raises an error in its constructor."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope, "broken", layer="apps")
        sorted(1)  # type: ignore[call-overload]


class Plain(Construct):
    """A construct that knows nothing of kubestrata."""

    def __init__(self, scope: Construct, id: str, *, colour: str = "") -> None:
        super().__init__(scope, id)
        self.colour = colour


WRONG: list[tuple[Call, str, str, str]] = [
    (
        lambda web: Workload(web, "x", image=IMAGE, scalng=3),  # type: ignore[call-arg]
        "Workload",
        "has no keyword 'scalng'",
        "write 'scaling'",
    ),
    (
        lambda web: Workload(web, "x", image=IMAGE, replica=3),  # type: ignore[call-arg]
        "Workload",
        "has no keyword 'replica'",
        "write scaling=Scaling.fixed(replicas=...)",
    ),
    (
        lambda web: Workload(web, "x", image=IMAGE, commands=["x"]),  # type: ignore[call-arg]
        "Workload",
        "has no keyword 'commands'",
        "write container=Container(command=...)",
    ),
    (lambda web: Workload(web, "x"), "Workload", "needs the keyword 'image'", "pass image="),  # type: ignore[call-arg]
    (
        lambda web: Workload(web, "x", IMAGE),  # type: ignore[call-arg]
        "Workload",
        "takes 3 positional arguments but 4 were given",
        "pass the others as keywords",
    ),
    (
        lambda web: HelmRelease(web, "x", chart=chart(), vals={}),  # type: ignore[call-arg]
        "HelmRelease",
        "has no keyword 'vals'",
        "write 'values'",
    ),
    (
        lambda web: Gateway(web, "x", listners=[]),  # type: ignore[call-arg]
        "Gateway",
        "has no keyword 'listners'",
        "write 'listeners'",
    ),
    (
        lambda web: ScheduledJob(web, "x", image=IMAGE, shedule="@daily"),  # type: ignore[call-arg]
        "ScheduledJob",
        "has no keyword 'shedule'",
        "write 'schedule'",
    ),
    (
        lambda _: Cluster(Platform(), "x", domian=Host("a.example")),  # type: ignore[call-arg]
        "Cluster",
        "has no keyword 'domian'",
        "write 'domain'",
    ),
    (lambda _: Platform(outdr="x"), "Platform", "has no keyword 'outdr'", "write 'outdir'"),  # type: ignore[call-arg]
    (
        lambda web: Component(web.cluster, "x", layr="apps"),  # type: ignore[call-arg]
        "Component",
        "has no keyword 'layr'",
        "write 'layer'",
    ),
    (
        lambda web: Mine(web.cluster, gateway="x"),
        "Component",
        "has no keyword 'layr'",
        "write 'layer'",
    ),
    (lambda web: Mine(web.cluster), "Mine", "needs the keyword 'gateway'", "pass gateway="),  # type: ignore[call-arg]
    (
        lambda web: Home(web.cluster),
        "Namespace",
        "has no keyword 'pod_securty'",
        "write 'pod_security'",
    ),
    (lambda web: Plain(web, "x", color="y"), "Plain", "has no keyword 'color'", "write 'colour'"),  # type: ignore[call-arg]
    (
        lambda web: cdk8s.ApiObject(web, "x", api_version="v1", kindd="y"),  # type: ignore[call-arg]
        "ApiObject",
        "has no keyword 'kindd'",
        "write 'kind'",
    ),
]


@pytest.mark.parametrize(
    ("call", "what", "why", "fix"), WRONG, ids=[str(number) for number in range(len(WRONG))]
)
def test_a_wrong_call_of_a_construct_names_line_and_keyword(
    call: Call, what: str, why: str, fix: str
) -> None:
    web = new_component(new_cluster())
    with pytest.raises(InvalidBody) as caught:
        call(web)
    error = caught.value
    assert (error.what, error.why, error.fix) == (what, why, fix)
    assert "test_construct_call.py:" in error.where


def test_an_error_inside_of_a_construct_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="not iterable") as caught:
        Broken(new_cluster())
    assert not isinstance(caught.value, InvalidBody)
