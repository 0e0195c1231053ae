"""Invalid names and paths, reported at the line that wrote them."""

from __future__ import annotations

import pytest

from kubestrata import Image
from kubestrata.constructs import Container, Workload
from kubestrata.core.errors import InvalidValue
from tests.small_platform import new_cluster, new_component

IMAGE = Image("registry.example.com/web:1.0.0")


@pytest.mark.parametrize("name", ["", "UP", "12", "a" * 16, "ü", "a--b"])
def test_an_invalid_port_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="is not a valid port name: must be"):
        Container(ports={name: 9090})


def test_a_number_has_one_name() -> None:
    with pytest.raises(InvalidValue, match="is 8080, the same as 'http'"):
        Container(ports={"metrics": 8080})


@pytest.mark.parametrize("name", ["", "A=B", "1A", "A B"])
def test_an_invalid_variable_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="is not a valid variable name"):
        Container(env={name: "x"})


@pytest.mark.parametrize("path", ["/", "/a/../b", "relative"])
def test_paths_are_plain_and_absolute(path: str) -> None:
    with pytest.raises(InvalidValue, match="path"):
        Container(files={path: "x"})


def test_a_part_of_another_type_is_reported() -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match="is a dict, where Container is expected"):
        Workload(component, "web", image=IMAGE, container={"port": 1})  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="is a int, where str is expected"):
        Workload(component, 7, image=IMAGE)  # type: ignore[arg-type]
