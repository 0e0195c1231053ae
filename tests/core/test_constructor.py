"""Wrong arguments of a kind's constructor are reported like a wrong body."""

from __future__ import annotations

from typing import Any

import pytest

from kubeapis import k8s
from kubestrata import Component, RawResource
from kubestrata.core.errors import InvalidBody
from kubestrata.core.resource import Resource
from tests.small_platform import new_cluster, new_component


def web() -> Component:
    return new_component(new_cluster())


def test_an_unknown_keyword_names_the_nearest_one() -> None:
    with pytest.raises(InvalidBody) as caught:
        k8s.ConfigMap(web(), "x", dta={})  # type: ignore[call-arg]
    assert "test_constructor.py:" in caught.value.where
    assert (caught.value.what, caught.value.why) == ("ConfigMap", "has no field 'dta'")
    assert caught.value.fix == "write 'data'"


def test_the_name_on_the_wire_names_its_keyword() -> None:
    with pytest.raises(InvalidBody, match="fix: write 'binary_data'"):
        k8s.ConfigMap(web(), "x", binaryData={})  # type: ignore[call-arg]


def test_a_missing_keyword_is_named() -> None:
    with pytest.raises(InvalidBody) as caught:
        k8s.PriorityClass(web(), "x")  # type: ignore[call-arg]
    assert (caught.value.what, caught.value.why) == ("PriorityClass", "needs the field 'value'")
    assert caught.value.fix == "pass value="


def test_all_that_is_missing_is_named() -> None:
    with pytest.raises(InvalidBody, match="needs the fields 'scope' and 'id'"):
        k8s.ConfigMap()  # type: ignore[call-arg]


def test_a_field_by_position_is_refused() -> None:
    component = web()
    with pytest.raises(InvalidBody, match="takes 3 positional arguments but 4") as caught:
        k8s.ConfigMap(component, "x", {})  # type: ignore[call-arg, arg-type]
    assert caught.value.fix == "pass the fields of the body as keywords"


def test_what_is_given_twice_is_named() -> None:
    with pytest.raises(InvalidBody, match="was given 'id' twice"):
        k8s.ConfigMap(web(), "x", id="y")  # type: ignore[misc]


def test_an_error_in_an_untyped_object_is_reported_alike() -> None:
    with pytest.raises(InvalidBody, match="RawResource: has no field 'manifst'"):
        RawResource(web(), "x", {}, manifst={})  # type: ignore[call-arg]


class Broken(k8s.ConfigMap):
    """A kind of a user with a mistake inside of its constructor."""

    def __init__(self, scope: Any, id: str, *, size: Any) -> None:
        super().__init__(scope, id, data={"half": str(size / 2)})


def test_an_error_inside_of_a_constructor_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="unsupported operand") as caught:
        Broken(web(), "x", size="1")
    assert not isinstance(caught.value, InvalidBody)


def test_a_wrong_call_inside_of_a_constructor_stays_what_it_is() -> None:
    class Wrong(k8s.ConfigMap):
        def __init__(self, scope: Any, id: str) -> None:
            super().__init__(scope, id, dta={})  # type: ignore[call-arg]

    with pytest.raises(TypeError, match="unexpected keyword argument 'dta'") as caught:
        Wrong(web(), "x")
    assert not isinstance(caught.value, InvalidBody)


def test_an_error_in_a_users_kind_is_reported_alike() -> None:
    with pytest.raises(InvalidBody, match=r"Broken: has no field 'sise'\n  fix: write 'size'"):
        Broken(web(), "x", sise=1)  # type: ignore[call-arg]


def test_a_kind_stays_a_separate_class() -> None:
    assert isinstance(k8s.ConfigMap(web(), "x"), Resource)
