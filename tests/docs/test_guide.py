"""Each step of the guide runs, and adds what the guide says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Component
from tests.constructs.checking import faults
from tests.constructs.workload.platform import complete
from tests.small_platform import new_component

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "from-image-to-production.md"
STEPS = re.findall(r"```python\n(.*?)```.*?```text\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def scope_of(step: int) -> dict[str, Any]:
    """The names of all steps up to one."""
    scope: dict[str, Any] = {}
    for python, _ in STEPS[: step + 1]:
        exec(compile(python, str(GUIDE), "exec"), scope)
    return scope


def made(step: int) -> Component:
    component = new_component(complete(), "apps")
    scope_of(step)["shop"](component)
    return component


def listed(component: Component) -> set[str]:
    return {f"{item.identity.kind} {item.identity.name}" for item in component.rendered()}


def added(step: int) -> list[str]:
    """Return the objects that a step adds to the one before."""
    before = listed(made(step - 1)) if step else listed(new_component(complete(), "apps"))
    return sorted(listed(made(step)) - before)


def test_there_are_six_steps() -> None:
    assert len(STEPS) == 6


@pytest.mark.parametrize("step", range(6), ids=lambda step: str(step + 1))
def test_a_step_makes_objects_that_the_api_server_takes(step: int) -> None:
    assert faults(made(step)) == []


@pytest.mark.parametrize("step", range(6), ids=lambda step: str(step + 1))
def test_a_step_adds_what_the_guide_says(step: int) -> None:
    assert added(step) == STEPS[step][1].splitlines()
