"""Findings of the strictest policy profile in a workload."""

from __future__ import annotations

from typing import Any

from kubestrata import Image, Quantity
from kubestrata.constructs import Availability, Container, Exposure, Scaling, Workload
from kubestrata.testing import findings, new_component, render
from tests.constructs.workload.platform import cluster

DIGEST = f"sha256:{'0' * 64}"


def violations(image: str, **declared: Any) -> list[str]:
    """Return the policy rules of the strictest profile that a workload violates."""
    component = new_component(cluster(), "shop")
    Workload(component, "shop", image=Image(image), **declared)
    found = findings(render(component), profile="restricted")
    return sorted(each.rule for each in found if each.rule.startswith("P"))


def test_the_defaults_leave_only_a_tag_and_a_priority_to_choose() -> None:
    assert violations("registry.example.com/shop:1.4.0") == ["P27", "P50"]


def test_with_a_digest_and_a_priority_nothing_is_left() -> None:
    found = violations(
        f"registry.example.com/shop@{DIGEST}",
        container=Container(config={"A": "1"}, writable={"/tmp": Quantity("1Mi")}),
        scaling=Scaling(min=3),
        availability=Availability(priority="system-cluster-critical"),
        route=Exposure(visibility="public"),
    )
    assert found == []
