"""A body holds JSON values; others are refused with the field, the line and a fix."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import pathlib
import types
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kubeapis import k8s
from kubestrata import NULL, Component, Image, RawResource
from kubestrata.constructs import Container, HelmRelease
from kubestrata.core.errors import InvalidBody, InvalidValue
from kubestrata.core.plain_value import unwritable
from tests.small_platform import chart, new_cluster, new_component


class Plain(enum.Enum):
    """A member that is not text."""

    A = "a"


class Word(enum.StrEnum):
    """A member that is text."""

    A = "a"


class Unordered(enum.Enum):
    """A member that cannot be written."""

    A = frozenset({"a", "b"})


@dataclass
class Foreign:
    """An object of another program."""

    text: str = "a"


REFUSED: dict[str, tuple[object, str | None]] = {
    "set": ({"b", "a"}, "pass sorted(...) of it"),
    "frozenset": (frozenset({"b"}), "pass sorted(...) of it"),
    "dict keys": ({"a": 1}.keys(), "pass sorted(...) of it"),
    "dict values": ({"a": 1}.values(), "pass list(...) of it"),
    "generator": ((each for each in "ab"), "pass list(...) of it"),
    "map": (map(str, [1]), "pass list(...) of it"),
    "range": (range(3), "pass list(...) of it"),
    "deque": (collections.deque([1]), "pass list(...) of it"),
    "mapping proxy": (types.MappingProxyType({"a": 1}), "pass dict(...) of it"),
    "bytes": (b"a", "decode or base64-encode it yourself"),
    "bytearray": (bytearray(b"a"), "decode or base64-encode it yourself"),
    "datetime": (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "pass its isoformat()"),
    "date": (dt.date(2026, 1, 1), "pass its isoformat()"),
    "timedelta": (dt.timedelta(1), "pass a Duration"),
    "decimal": (decimal.Decimal("1.50"), "pass str(...) of it"),
    "uuid": (uuid.UUID(int=1), "pass str(...) of it"),
    "path": (pathlib.PurePath("/a"), "pass str(...) of it"),
    "unordered member": (Unordered.A, "pass sorted(...) of it"),
    "foreign object": (Foreign(), None),
    "class": (Foreign, None),
    "function": (print, None),
    "not a number": (float("nan"), None),
    "infinity": (float("-inf"), None),
    "number as key": ({1: "a"}, "write '1'"),
    "truth as key": ({True: "a"}, None),
    "null as key": ({None: "a"}, None),
    "tuple as key": ({("a", 1): "b"}, None),
    "bytes as key": ({b"a": "b"}, None),
    "member as key": ({Plain.A: "b"}, None),
}
ACCEPTED: dict[str, tuple[object, object]] = {
    "tuple": (("a", 1), ["a", 1]),
    "member": (Plain.A, "a"),
    "text member": (Word.A, "a"),
    "text member as key": ({Word.A: 1}, {"a": 1}),
    "counted": (collections.Counter("a"), {"a": 1}),
    "image": (Image("a/b:1"), "a/b:1"),
    "null": (NULL, None),
    "struct": (k8s.EnvVar(name="a", value="b"), {"name": "a", "value": "b"}),
}


def raw(component: Component, value: Any) -> Any:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "spec": {"a": [value]}}
    return RawResource(component, "x", body).body["spec"]["a"][0]


def values(component: Component, value: Any) -> Any:
    made = HelmRelease(component, "x", chart=chart(), values={"a": [value]})
    return made.resource.body["spec"]["values"]["a"][0]


def typed(component: Component, value: Any) -> Any:
    return k8s.ConfigMap(component, "x", data={"a": value}).body["data"]["a"]


PLACES: dict[Callable[[Component, Any], Any], str] = {
    raw: "RawResource 'x'.spec.a[0]",
    values: "HelmRelease.spec.values.a[0]",
    typed: "ConfigMap.data.a",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_json_has_not_is_refused_with_its_field(
    name: str, place: Callable[[Component, Any], Any]
) -> None:
    value, fix = REFUSED[name]
    with pytest.raises(InvalidBody, match="cannot be written") as caught:
        place(new_component(new_cluster()), value)
    assert "test_plain_value.py:" in caught.value.where
    assert (caught.value.what, caught.value.fix) == (PLACES[place], fix)


@pytest.mark.parametrize("place", [raw, values])
@pytest.mark.parametrize("name", ACCEPTED)
def test_other_values_have_one_meaning(name: str, place: Callable[[Component, Any], Any]) -> None:
    value, written = ACCEPTED[name]
    found = place(new_component(new_cluster()), value)
    assert (list(found) if isinstance(found, tuple) else found) == written


def test_a_field_of_a_struct_is_named_as_it_is_written() -> None:
    fields: Any = {"b", "a"}
    with pytest.raises(InvalidBody, match=r"Pod\.spec\.containers\[0\]\.args"):
        k8s.Pod(
            new_component(new_cluster()),
            "x",
            spec=k8s.PodSpec(containers=[k8s.Container(name="x", image="y", args=fields)]),
        )


def test_a_declaration_refuses_them_too() -> None:
    arguments: Any = {"b", "a"}
    with pytest.raises(InvalidValue, match=r"Container\.args: a value of type set") as caught:
        Container(args=arguments)
    assert caught.value.fix == "pass sorted(...) of it"


def test_a_value_that_contains_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(InvalidBody, match="nested too deeply, or contains itself"):
        raw(new_component(new_cluster()), ring)


def test_the_path_of_an_odd_key_is_quoted() -> None:
    fault = unwritable({"a.b": [{"c": {1}}]})
    assert fault is not None
    assert fault.path == "['a.b'][0].c"
