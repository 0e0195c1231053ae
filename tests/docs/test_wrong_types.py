"""A keyword of a construct with a value of a wrong type is refused with its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Component, KubestrataError
from kubestrata.testing import bare_cluster, new_component
from tests.constructs.data.world import offer_operators
from tests.docs.test_construct_pages import MONITORING, PAGES, construct_names
from tests.small_platform import flux

WRONG = 5
CONSTRUCTS = construct_names()


def shop() -> Component:
    cluster = bare_cluster("home", delivery=flux(), offers=[MONITORING])
    component = new_component(cluster, "shop")
    offer_operators(cluster)
    return component


def changed(page: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the called class, the keyword, and the example with a wrong value for it."""
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[:1]
    tree = ast.parse(block)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and re.match("[A-Z]", ast.unparse(call.func)):
            for keyword in call.keywords:
                right, keyword.value = keyword.value, ast.Constant(WRONG)
                yield ast.unparse(call.func), str(keyword.arg), ast.unparse(tree)
                keyword.value = right


def raised(code: str, page: Path) -> Exception | None:
    scope: dict[str, Any] = {"__file__": str(page)}
    component = shop()
    try:
        exec(code, scope)
        scope["example"](component)
    except Exception as error:  # noqa: BLE001  # which one it is, is what is tested
        return error
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_value_of_a_wrong_type_never_fails_inside_the_library(page: Path) -> None:
    found = {
        f"{called}({keyword}=): {type(error).__name__}: {error}"
        for called, keyword, code in changed(page)
        if called in CONSTRUCTS
        and (error := raised(code, page)) is not None
        and not isinstance(error, KubestrataError | AssertionError)
    }
    assert found == set()
