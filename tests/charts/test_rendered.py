"""Charts of all platforms, rendered: every release renders, and what they make has no errors.

The charts are not part of this repository. KUBESTRATA_CHARTS names folders that have them,
joined as in PATH; without it, these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.engine import check_tree
from kubestrata.rules.formats import as_text
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.workload.pod import pods_of
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.project import Project, build, load_project
from kubestrata.synth.synthesis import synthesize

ROOT = Path(__file__).resolve().parents[2]
_VARIABLE = "KUBESTRATA_CHARTS"
# Of the pods of workloads; what operators make of custom resources is in no tree.
_SHARE, _CHARTED = 0.95, 0.55
_RELEASES = {
    "apps": 21,
    "cloudlab": 16,
    "goingdark": 15,
    "infra": 20,
    "mycluster-0": 33,
    "talos": 25,
}


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(ROOT)


@pytest.fixture(scope="module")
def trees(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Sequence[ClusterTree]:
    folders = os.environ.get(_VARIABLE, "")
    if not folders:
        pytest.skip(f"{_VARIABLE} names no folder with charts")
    store = ChartStore(
        tmp_path_factory.mktemp("store"), [Path(each) for each in folders.split(os.pathsep)]
    )
    store.open()
    assert store.problems == []
    plain = [project.settings.settle(tree) for tree in trees_of(synthesize(build(project)))]
    return with_charts(plain, store)


def releases(tree: ClusterTree) -> list[Subject]:
    applications = tree.of_kind(ARGO, "Application")
    return [*tree.of_kind(HELM, "HelmRelease"), *filter(has_chart, applications)]


def has_chart(application: Subject) -> bool:
    """Return True for an Application of Argo CD with a chart among its sources."""
    spec = application.spec
    return any(
        "chart" in mapping(each) for each in (spec.get("source"), *sequence(spec.get("sources")))
    )


def test_every_release_renders(trees: Sequence[ClusterTree]) -> None:
    assert {tree.name: len(releases(tree)) for tree in trees} == _RELEASES
    for tree in trees:
        assert [each.message for each in (*tree.charts.unrendered, *tree.charts.refused)] == []
        assert {each.identity for each in releases(tree)} == tree.charts.rendered


def test_no_object_of_a_chart_has_an_error(trees: Sequence[ClusterTree], project: Project) -> None:
    components = [part for cluster in build(project).clusters for part in cluster.components]
    waivers = [waiver for component in components for waiver in component.waivers]
    rules, today = project.settings.rules(), datetime.now(UTC).date()
    reports = [check_tree(tree, rules, waivers, today) for tree in trees]
    assert sum(each.errors for each in reports) == 0, as_text.render(reports)


def runs_pods(subject: Subject) -> bool:
    """Return True for a Pod, and for an object with a template of one."""
    spec = subject.spec
    if subject.identity.kind == "Pod":
        return True
    job = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    template = mapping(job.get("template") or spec.get("template"))
    return bool(sequence(mapping(template.get("spec")).get("containers")))


def test_rules_see_the_pods_of_charts(trees: Sequence[ClusterTree]) -> None:
    for tree in trees:
        checked = {each.workload.identity for each in pods_of(tree)}
        running = {each.identity for each in tree.subjects if runs_pods(each)} | checked
        hidden = len(tree.hidden_releases)
        assert len(checked) >= _SHARE * (len(running) + hidden)
        # Most of them come out of charts: the check would see few without.
        charted = [each for each in pods_of(tree) if each.workload.chart is not None]
        assert len(charted) >= _CHARTED * len(checked)
