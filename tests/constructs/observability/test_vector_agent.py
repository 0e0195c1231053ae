"""The Vector pipeline: transforms in order, with VictoriaLogs as sink."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kubestrata import KubestrataError
from kubestrata.constructs.observability import VectorAgent, VrlTransform


def config(agent: VectorAgent) -> dict[str, Any]:
    return cast("dict[str, Any]", agent.values()["customConfig"])


def test_steps_are_chained_in_order_and_the_last_feeds_the_sink() -> None:
    steps = [VrlTransform("one", ".a = 1"), VrlTransform("two", ".b = 2")]
    found = config(VectorAgent(transforms=steps))
    inputs = {name: step["inputs"] for name, step in found["transforms"].items()}
    assert inputs == {"parser": ["k8s"], "two": ["parser"]}
    assert found["sinks"]["vlogs"]["inputs"] == ["two"]


def test_the_first_transform_replaces_that_of_the_chart() -> None:
    found = config(VectorAgent(transforms=[VrlTransform("one", ".a = 1")]))
    assert found["transforms"] == {
        "parser": {"type": "remap", "inputs": ["k8s"], "drop_on_error": False, "source": ".a = 1"}
    }


def test_a_later_step_may_not_have_the_name_of_the_charts_own() -> None:
    steps = [VrlTransform("one", ".a = 1"), VrlTransform("parser", ".b = 2")]
    with pytest.raises(KubestrataError, match="transform 'parser': appears twice"):
        VectorAgent(transforms=steps).values()


def test_without_steps_lines_go_straight_to_the_sink() -> None:
    assert config(VectorAgent())["sinks"]["vlogs"]["inputs"] == ["k8s"]


def test_a_line_that_a_program_cannot_read_is_not_lost() -> None:
    found = config(VectorAgent(transforms=[VrlTransform("one", ".a = 1")]))
    assert found["transforms"]["parser"]["drop_on_error"] is False


def test_dollars_of_a_program_are_not_vectors_variables() -> None:
    step = VrlTransform("one", ".a = match(.b, r'^x$')")
    found = config(VectorAgent(transforms=[step]))
    assert found["transforms"]["parser"]["source"] == ".a = match(.b, r'^x$$')"


@pytest.mark.parametrize(
    ("name", "program", "message"),
    [
        ("One", ".a = 1", "transform 'One': is not a valid name"),
        ("one", " ", "transform 'one': does nothing"),
        ("one", '.a = "{{ x }}"', "contains '{{'"),
    ],
)
def test_a_step_that_cannot_run_is_refused(name: str, program: str, message: str) -> None:
    with pytest.raises(KubestrataError) as caught:
        VrlTransform(name, program)
    assert message in str(caught.value)


def test_two_steps_of_one_name_are_refused() -> None:
    agent = VectorAgent(transforms=[VrlTransform("one", ".a = 1")] * 2)
    with pytest.raises(KubestrataError, match="transform 'one': appears twice"):
        agent.values()
