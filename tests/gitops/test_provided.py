"""Providers of CRDs in a plain tree; unclear ones are left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.checking import told
from tests.gitops.repository import repository, unit

PROMETHEUS = "monitoring.coreos.com"
MONITOR = f"""apiVersion: {PROMETHEUS}/v1
kind: ServiceMonitor
metadata: {{name: web, namespace: monitoring}}
"""


def release(name: str, chart: str, more: str = "") -> str:
    """A HelmRelease of a chart."""
    return f"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: monitoring}}
spec:
  chart: {{spec: {{chart: {chart}, version: 1.0.0}}}}
{more}"""


def _tree(top: Path, *releases: str) -> ClusterTree:
    text = "---\n".join([*releases, MONITOR])
    files = {"clusters/home/units.yaml": unit("apps"), "apps/all.yaml": text}
    (tree,) = from_folder(repository(top, files))
    return tree


def test_a_chart_of_crds_comes_before_the_operator(tmp_path: Path) -> None:
    stack = release("stack", "kube-prometheus-stack")
    crds = release("crds", "prometheus-operator-crds")
    assert _tree(tmp_path, stack, crds).provides[PROMETHEUS].name == "crds"


@pytest.mark.parametrize(
    "more",
    ["  install: {crds: Skip}\n", "  values: {crds: {enabled: false}}\n"],
)
def test_a_release_that_skips_its_crds_installs_none(tmp_path: Path, more: str) -> None:
    tree = _tree(tmp_path, release("stack", "kube-prometheus-stack", more))
    assert PROMETHEUS not in tree.provides
    assert [line.partition(" ")[0] for line in told(tree)] == ["G05"]


def test_of_two_that_might_none_is_taken(tmp_path: Path) -> None:
    chart = "kube-prometheus-stack"
    tree = _tree(tmp_path, release("one", chart), release("two", chart))
    assert PROMETHEUS not in tree.provides
    assert told(tree) == []


def test_values_from_elsewhere_leave_it_open(tmp_path: Path) -> None:
    more = "  valuesFrom: [{kind: ConfigMap, name: values}]\n"
    tree = _tree(tmp_path, release("cert-manager", "cert-manager", more))
    assert "cert-manager.io" in tree.given_groups
