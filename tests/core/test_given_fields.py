"""Checks of the fields that are given: never more lenient than msgspec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from kubeapis import k8s
from kubestrata import NULL, Quantity
from kubestrata.core.errors import InvalidBody
from kubestrata.core.given_fields import fits
from kubestrata.core.json_value import Json, JsonObject
from kubestrata.core.render import Rendering, restore
from kubestrata.core.struct import IntOrString, Null, Struct
from tests.small_platform import new_cluster, new_component


class Port(Struct, rename="camel"):
    number: int
    name: Annotated[str, Meta(pattern="^[a-z]+$")] | None = None
    open_to_all: bool | None = None


class ByName(Struct, tag="name", tag_field="kind"):
    name: str


class ByLabel(Struct, tag="label", tag_field="kind"):
    labels: Mapping[str, str]


class Base(Struct):
    priority: Annotated[int, Meta(ge=0)] | None = None


class Spec(Base, rename="camel"):
    mode: Literal["on", "off"] = "on"
    port: Port | None = None
    more_ports: Annotated[Sequence[Port], Meta(max_length=2)] | None = None
    by_zone: Mapping[str, Sequence[Port]] | None = None
    target: ByName | ByLabel | None = None
    limit: IntOrString | None = None
    size: Quantity | None = None
    replicas: int | Null | None = None
    extra: JsonObject | None = None
    anything: Json | None = None


PORTS = st.builds(
    Port,
    number=st.sampled_from([80, "80", None, True, 1.0]),
    name=st.sampled_from([None, "http", "HTTP", 8]),
    open_to_all=st.sampled_from([None, True, "yes"]),
)
VALUES = st.one_of(
    PORTS,
    st.lists(PORTS, max_size=3),
    st.dictionaries(st.sampled_from("ab"), st.lists(PORTS, max_size=2) | PORTS, max_size=2),
    st.builds(ByName, name=st.sampled_from(["a", 1])),
    st.builds(ByLabel, labels=st.sampled_from([{"a": "b"}, {"a": 1}])),
    st.sampled_from(
        [None, NULL, "on", "off", "off ", "", -1, 0, 3, True, 1.5, Quantity("1Gi"), "1Gi"]
    ),
    st.sampled_from([{"number": 1}, [{"number": 1}], {"a": {"b": [1]}}, {}, [], ()]),
)
FIELDS = Spec.__struct_fields__


def plain_of(body: Struct) -> Any:
    return msgspec.to_builtins(body, enc_hook=Rendering([]).encode)


def is_accepted(body: Struct) -> bool:
    try:
        msgspec.convert(plain_of(body), type(body), dec_hook=restore)
    except msgspec.ValidationError:
        return False
    return True


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3))
def test_nothing_fits_that_msgspec_refuses(fields: dict[str, Any]) -> None:
    body = Spec(**fields)
    assert not fits(body, plain_of(body), restore) or is_accepted(body)


@pytest.mark.parametrize(
    "right",
    [
        Spec(priority=1, mode="off", limit="25%", size=Quantity("1Gi"), extra={"a": [1]}),
        Spec(port=Port(number=1, name="http", open_to_all=True)),
        Spec(more_ports=[Port(number=1), Port(number=2)], by_zone={"a": [Port(number=3)]}),
        Spec(target=ByLabel(labels={"a": "b"}), anything=[{"a": None}]),
    ],
    ids=["scalars", "struct", "lists", "open"],
)
def test_right_values_of_every_shape_fit(right: Spec) -> None:
    assert fits(right, plain_of(right), restore)
    assert is_accepted(right)


@pytest.mark.parametrize(
    "wrong",
    [
        Spec(priority=-1),
        Spec(mode="of"),  # type: ignore[arg-type]
        Spec(port=Port(number="1")),  # type: ignore[arg-type]
        Spec(port=Port(number=1, name="HTTP")),
        Spec(port=ByName(name="a")),  # type: ignore[arg-type]
        Spec(more_ports=[Port(number=1)] * 3),
        Spec(more_ports=Port(number=1)),  # type: ignore[arg-type]
        Spec(by_zone={"a": Port(number=3)}),  # type: ignore[dict-item]
        Spec(by_zone={"a": [Port(number=True)]}),
        Spec(target=ByLabel(labels={"a": 1})),  # type: ignore[dict-item]
        Spec(extra=[1]),  # type: ignore[arg-type]
    ],
)
def test_wrong_values_of_every_shape_do_not(wrong: Spec) -> None:
    assert not fits(wrong, plain_of(wrong), restore)
    assert not is_accepted(wrong)


def test_the_first_bodies_of_a_type_get_the_errors_of_later_ones() -> None:
    web = new_component(new_cluster())

    def refused(number: int) -> tuple[str, str, str | None]:
        port = k8s.ServicePort(port="80")  # type: ignore[arg-type]
        with pytest.raises(InvalidBody) as caught:
            k8s.Service(web, f"service-{number}", spec=k8s.ServiceSpec(ports=[port]))
        return caught.value.what, caught.value.why, caught.value.fix

    assert {refused(number) for number in range(20)} == {
        ("Service.spec.ports[0].port", "expected `int`, got `str`", None)
    }
