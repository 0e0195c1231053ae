"""What the strictest rules say of a workload: nothing that its team did not choose."""

from __future__ import annotations

from typing import Any, cast

from kubestrata import Image, Quantity
from kubestrata.constructs import Availability, Container, Exposure, Scaling, Workload
from kubestrata.rules.settings import Settings
from kubestrata.synth.check import check_delivered
from kubestrata.synth.platform import Platform
from kubestrata.synth.synthesis import synthesize
from tests.constructs.workload.platform import cluster
from tests.small_platform import new_component

DIGEST = f"sha256:{'0' * 64}"


def told(image: str, **declared: Any) -> list[str]:
    """The policy rules of the strictest profile that find something in a workload."""
    component = new_component(cluster(), "shop")
    Workload(component, "shop", image=Image(image), **declared)
    platform = cast("Platform", component.cluster.node.scope)
    return sorted(
        violation.rule
        for report in check_delivered(synthesize(platform), Settings(profile="restricted"))
        for violation in report.violations
        if violation.finding.object.namespace == "shop" and violation.rule.startswith("P")
    )


def test_the_defaults_leave_two_notes_a_tag_and_a_priority_to_choose() -> None:
    assert told("registry.example.com/shop:1.4.0") == ["P27", "P50"]


def test_with_a_digest_and_a_priority_nothing_is_left() -> None:
    found = told(
        f"registry.example.com/shop@{DIGEST}",
        container=Container(config={"A": "1"}, writable={"/tmp": Quantity("1Mi")}),
        scaling=Scaling(min=3),
        availability=Availability(priority="system-cluster-critical"),
        route=Exposure(visibility="public"),
    )
    assert found == []
