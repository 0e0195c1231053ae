"""A release may name a chart in the repository itself, by its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.chart_import import wanted_charts
from tests.gitops.chart_repository import CONFIG, chart, made_by_charts
from tests.gitops.repository import repository

SOURCES = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: again, namespace: flux-system}
spec: {url: "https://example.com/platform.git"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://example.com/other"}
---
"""
NOT_AT_HAND = "its chart is not in the store; run `kubestrata import --charts`"


def own(top: Path, path: str, source: str = "flux-system", files: str = CONFIG) -> ClusterTree:
    """Return the cluster of a release whose chart is a folder of a source."""
    release = f"""{SOURCES}apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: web, namespace: shop}}
spec:
  chart:
    spec:
      chart: {path}
      version: 9.9.9
      sourceRef: {{kind: GitRepository, name: {source}, namespace: flux-system}}
"""
    place = repository(top / "repository", {"clusters/home/web.yaml": release})
    chart(place, {"templates/config.yaml": files})
    (tree,) = from_folder(place)
    return tree


def checked(tree: ClusterTree, top: Path) -> ClusterTree:
    (made,) = with_charts([tree], ChartStore(top / "store", repository=top / "repository"))
    return made


@pytest.mark.parametrize("source", ["flux-system", "again"])
@pytest.mark.parametrize("path", ["./charts/web", "charts/web/", "/charts/web"])
def test_a_chart_in_the_repository_needs_no_store(tmp_path: Path, path: str, source: str) -> None:
    tree = own(tmp_path, path, source)
    made = checked(tree, tmp_path)
    assert made_by_charts(made) == ["ConfigMap shop/web"]
    assert not made.charts.unrendered
    assert wanted_charts([tree], tmp_path / "repository") == []


@pytest.mark.parametrize(
    ("path", "source"),
    [("charts/web", "other"), ("charts/gone", "again"), ("../repository/charts/web", "again")],
)
def test_a_chart_of_another_repository_is_not_taken_from_this_one(
    tmp_path: Path, path: str, source: str
) -> None:
    made = checked(own(tmp_path, path, source), tmp_path)
    assert made_by_charts(made) == []
    assert [each.message for each in made.charts.unrendered] == [NOT_AT_HAND]


def test_a_chart_behind_a_link_is_not_read(tmp_path: Path) -> None:
    tree = own(tmp_path, "charts/web", "again")
    (tmp_path / "repository" / "charts").rename(tmp_path / "elsewhere")
    (tmp_path / "repository" / "charts").symlink_to(tmp_path / "elsewhere")
    assert made_by_charts(checked(tree, tmp_path)) == []


def test_a_broken_chart_in_the_repository_is_named(tmp_path: Path) -> None:
    tree = own(tmp_path, "charts/web", "again")
    (tmp_path / "repository/charts/web/Chart.yaml").write_text("name: web\n", encoding="utf-8")
    (found,) = checked(tree, tmp_path).charts.unrendered
    assert found.message == "its chart is not a valid chart: its version is not valid"
