"""Findings of rules about rendered objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeapis import k8s
from kubestrata import Cluster, waive
from kubestrata.rules.violation import Severity
from kubestrata.testing import (
    assert_finding,
    assert_no_errors,
    assert_no_finding,
    findings,
    full_cluster,
    new_component,
    render,
)
from tests.testing.component import API, Shop


def dangling(cluster: Cluster) -> None:
    component = new_component(cluster, "shop")
    spec = k8s.ServiceSpec(selector={"app": "web"}, ports=[k8s.ServicePort(port=80)])
    k8s.Service(component, "web", spec=spec)


def test_a_finding_is_returned_with_its_path() -> None:
    found = assert_finding(render(Shop), "P27", API)
    assert found.severity is Severity.NOTE
    assert found.finding.path == "spec.template.spec.containers[0].image"


def test_an_error_is_listed_with_line_and_fix() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_no_errors(render(dangling))
    assert str(failed.value).startswith("1 error in the rendered objects\n")
    assert "test_finding.py:" in str(failed.value)
    assert "R04 Service shop/web: " in str(failed.value)


def test_a_missing_finding_names_those_that_there_are() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_finding(render(Shop), "P05", API)
    expected = "P05 has no finding about Deployment.apps shop/api; its findings: P27, P50"
    assert str(failed.value) == expected


def test_an_unknown_rule_is_reported_with_the_nearest() -> None:
    with pytest.raises(AssertionError, match=r"rule 'P055': is not a valid rule id\n  fix: write"):
        assert_finding(render(Shop), "P055", API)


def test_an_unwanted_finding_fails() -> None:
    rendered = render(Shop)
    assert_no_finding(rendered, "R04")
    with pytest.raises(AssertionError, match=r"P27 Deployment\.apps shop/api"):
        assert_no_finding(rendered, "P27", API)


def test_findings_about_the_fake_platform_are_left_out() -> None:
    assert findings(render(full_cluster()), profile="restricted") == []
    kinds = {each.finding.object.namespace for each in findings(render(Shop), profile="restricted")}
    assert kinds == {"shop"}


def test_a_waiver_of_the_component_applies() -> None:
    cluster = full_cluster()
    component = Shop(cluster)
    why = {"reason": "tags are immutable", "owner": "shop", "expires": "2099-01-01"}
    waive("P27", component.api.ready, **why)
    rendered = render(component)
    assert_no_finding(rendered, "P27", API)
    assert_finding(rendered, "P27", "Deployment/web")


def test_settings_of_a_project_apply(tmp_path: Path) -> None:
    config = "language: python\nkubestrata: {check: {severity: {P27: error}}}\n"
    (tmp_path / "cdk8s.yaml").write_text(config)
    with pytest.raises(AssertionError, match="2 errors"):
        assert_no_errors(render(Shop), config=tmp_path)
