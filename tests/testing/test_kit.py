"""Refusals, snapshots, strategies, the mutation score, and packages that are missing."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubeapis import k8s
from kubestrata import Host, Image, Quantity, constructs
from kubestrata.constructs import Container, Scaling, Workload, WorkloadDeclaration
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import DuplicateObject
from kubestrata.testing import (
    MissingExtra,
    RenderedTree,
    assert_open,
    full_cluster,
    mutation_score,
    new_component,
    refused,
    render,
    schema_problems,
)
from kubestrata.testing.snapshot import YamlSnapshot
from kubestrata.testing.strategies import declarations, hosts, images
from tests.testing.component import API, WEB, Shop


def test_an_expected_error_is_kept() -> None:
    with refused("Scaling.min", why="swap them") as refusal:
        Scaling(min=5, max=2)
    assert "test_kit.py:" in refusal.error.where


def test_a_value_that_is_accepted_fails() -> None:
    accepted = pytest.raises(AssertionError, match="Quantity: is accepted; expected InvalidValue")
    with accepted, refused("Quantity"):
        Quantity("5Gi")


def test_another_field_or_reason_fails() -> None:
    other_field = pytest.raises(AssertionError, match="is refused, not 'Scaling_max'")
    with other_field, refused("Scaling_max"):
        Scaling(min=5, max=2)
    other_reason = pytest.raises(AssertionError, match="for another reason than 'too many'")
    with other_reason, refused("Scaling.min", why="too many"):
        Scaling(min=5, max=2)


def test_another_error_is_raised_on() -> None:
    cluster = full_cluster()
    Shop(cluster)
    with pytest.raises(DuplicateObject), refused("id"):
        Shop(cluster)


def test_trees_objects_and_texts_are_written_as_yaml() -> None:
    extension = YamlSnapshot()
    rendered = render(Shop)
    assert extension.serialize(rendered) == rendered.yaml
    assert (
        extension.serialize(rendered.one("Service", "web")) == rendered.one("Service", "web").yaml
    )
    assert extension.serialize("a: b\n") == "a: b\n"


def declared() -> list[type[Declaration]]:
    """Return every declaration that packages of constructs export."""
    found: dict[str, type[Declaration]] = {}
    for package in pkgutil.iter_modules(constructs.__path__, f"{constructs.__name__}."):
        module = importlib.import_module(package.name)
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, type) and issubclass(value, Declaration):
                found[name] = value
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("kind", declared(), ids=lambda kind: kind.__name__)
def test_every_declaration_can_be_drawn(kind: type[Declaration]) -> None:
    drawn: list[object] = []

    @settings(max_examples=5, database=None, suppress_health_check=list(HealthCheck))
    @given(declarations(kind))
    def draw(value: Declaration) -> None:
        drawn.append(value)

    draw()
    assert drawn
    assert all(type(each) is kind for each in drawn)


def test_a_dataclass_of_declarations_can_be_drawn() -> None:
    found: list[WorkloadDeclaration] = []

    @settings(max_examples=20, database=None)
    @given(declarations(WorkloadDeclaration))
    def draw(value: WorkloadDeclaration) -> None:
        found.append(value)

    draw()
    assert any(each.container != Container() for each in found)


def test_a_field_can_be_left_out() -> None:
    @settings(max_examples=20, database=None)
    @given(declarations(Scaling, without={Scaling: {"pods", "external"}}))
    def draw(value: Scaling) -> None:
        assert (tuple(value.pods), tuple(value.external)) == ((), ())

    draw()


def test_a_type_without_a_strategy_is_named() -> None:
    with pytest.raises(TypeError, match="dataclass"):
        declarations(Shop)


@settings(max_examples=25, deadline=None)
@given(image=images(), host=hosts(), data=st.data())
def test_drawn_texts_are_valid(image: Image, host: Host, data: st.DataObject) -> None:
    assert Image(image) == image
    assert Host(host) == host
    scaling = data.draw(declarations(Scaling))
    component = new_component(full_cluster(), "shop")
    Workload(component, "web", image=image, scaling=scaling)
    assert schema_problems(component) == []


def runs_and_connects(rendered: RenderedTree) -> None:
    assert rendered.one(k8s.Deployment, "api").at("spec.replicas") == 2
    assert_open(rendered, WEB, API, 8080)


def test_the_score_says_who_noticed_what() -> None:
    score = mutation_score(render(Shop), runs_and_connects, count=60)
    assert score.total == len(score.by_assertions) + len(score.by_rules) + len(score.missed)
    assert score.by_assertions
    assert score.by_rules
    assert score.share > 0.7
    assert f"({score.share:.0%})" in str(score)


def test_more_assertions_notice_more() -> None:
    rendered = render(Shop)
    without = mutation_score(rendered, count=60)
    everything = render(Shop).yaml

    def unchanged(tree: RenderedTree) -> None:
        assert tree.yaml == everything

    assert without.by_assertions == []
    assert without.missed
    assert mutation_score(rendered, unchanged, count=60).missed == []


def test_an_assertion_that_fails_before_any_mutation_is_raised() -> None:
    def never(tree: RenderedTree) -> None:
        raise AssertionError(f"{len(tree.objects)} objects")

    with pytest.raises(AssertionError, match="objects"):
        mutation_score(render(Shop), never)


def test_a_tree_of_nothing_has_no_score() -> None:
    with pytest.raises(AssertionError, match="no object that can be changed"):
        mutation_score(render(full_cluster()))


@pytest.mark.parametrize(
    ("package", "module"), [("syrupy", "snapshot"), ("hypothesis", "strategies")]
)
def test_a_missing_package_is_named_with_the_extra(
    package: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"kubestrata.testing.{module}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    for each in [each for each in sys.modules if each.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, each, None)
    with pytest.raises(MissingExtra, match=f"{name} requires {package}") as missing:
        importlib.import_module(name)
    assert "pip install 'kubestrata[testing]'" in str(missing.value)
