"""Objects of a vendor's YAML are checked like all others, and waived in groups."""

from __future__ import annotations

from pathlib import Path

from kubestrata import Cluster, Component, JsonObject, Platform, RawResource, synthesize, waive
from kubestrata.constructs import Manifests, ObjectSelector
from kubestrata.rules.engine import Report
from kubestrata.rules.settings import Settings
from kubestrata.synth.check import check_delivered
from tests.small_platform import new_cluster, new_component

INSTALL = Path(__file__).with_name("install.yaml")
QUEUE: JsonObject = {
    "apiVersion": "messages.example.com/v1",
    "kind": "Queue",
    "metadata": {"name": "a"},
}


def platform() -> tuple[Platform, Cluster, Component]:
    made = Platform()
    cluster = new_cluster(platform=made)
    return made, cluster, new_component(cluster, "queues")


def report(made: Platform) -> Report:
    (found,) = check_delivered(synthesize(made), Settings(profile="restricted"))
    return found


def lines(found: Report, rule: str) -> list[str]:
    return [
        f"{each.finding.object.name}: {each.finding.message}"
        for each in found.violations
        if each.rule == rule
    ]


def test_custom_resources_are_checked_with_the_schemas_of_the_file() -> None:
    made, cluster, component = platform()
    Manifests(component, "operator", INSTALL)
    RawResource(new_component(cluster, "shop"), "queue", {**QUEUE, "spec": {"partitions": 0}})
    assert lines(report(made), "V01") == ["a: 0 is less than 1"]


def test_a_violation_names_the_line_of_the_file_and_that_of_the_program() -> None:
    made, _, component = platform()
    Manifests(component, "operator", INSTALL)
    found = next(each for each in report(made).violations if each.rule == "P01")
    place = found.finding.place
    assert place.file.endswith("tests/constructs/manifest/install.yaml")
    assert place.line == 78
    assert place.called_from is not None
    assert place.called_from.file.endswith("test_check.py")


def waived(*rules: str) -> Report:
    made, _, component = platform()
    operator = Manifests(component, "operator", INSTALL)
    pods = operator.select(ObjectSelector("Deployment", "queue-.*"))
    everything = [*pods, *operator.select(ObjectSelector("ConfigMap"))]
    for rule in rules:
        waive(rule, everything, reason="by the vendor", owner="team", expires="2999-01-01")
    return report(made)


def test_one_waiver_covers_a_group_of_which_one_object_needs_it() -> None:
    assert lines(waived(), "P01") != []
    found = waived("P01")
    assert lines(found, "P01") == []
    assert lines(found, "W01") == []


def test_a_waiver_that_no_object_of_its_group_needs_is_reported_once() -> None:
    assert lines(waived("P05"), "W01") == ["queue-operator: waiver of P05 is not needed"]


def test_an_expired_waiver_of_a_group_is_reported_once() -> None:
    made, _, component = platform()
    operator = Manifests(component, "operator", INSTALL)
    targets = [
        *operator.select(ObjectSelector("Deployment")),
        operator.reference("Service", "queue-webhook"),
    ]
    waive("P01", targets, reason="by the vendor", owner="team", expires="2020-01-01")
    (line,) = lines(report(made), "W01")
    assert "expired on 2020-01-01" in line
