"""Releases that charts make are rendered too, to a depth, and without endless repetition."""

from __future__ import annotations

from pathlib import Path

from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.engine import RENDERED
from tests.gitops.chart_repository import CONFIG, chart, charts_tree, made_by_charts, release

INNER = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: "NAME"}
spec:
  chart: {spec: {chart: CHART, version: 1.2.3, sourceRef: {kind: HelmRepository, name: shop}}}
  valuesFrom: [{kind: ConfigMap, name: "{{ .Release.Name }}-values"}]
  values: {level: {{ add1 (.Values.level | default 0) }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-values"}
data: {values.yaml: "colour: blue"}
"""
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: inner, namespace: argocd}
spec:
  project: default
  source: {repoURL: "https://charts.example.org", chart: db, targetRevision: 1.2.3}
  destination: {server: "https://kubernetes.default.svc", namespace: data}
"""


def inner(name: str = "inner", of_chart: str = "db") -> str:
    return INNER.replace("NAME", name).replace("CHART", of_chart)


def reasons(tree: object) -> list[str]:
    return [f"{each.object.name}: {each.message}" for each in RENDERED.check(tree)]  # type: ignore[arg-type]


def test_a_release_of_a_chart_is_rendered_with_values_of_that_chart(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/a.yaml": inner()})
    config = CONFIG + "data: {colour: {{ .Values.colour }}, level: {{ .Values.level | quote }}}\n"
    chart(tmp_path, {"templates/a.yaml": config}, "db")
    tree = charts_tree(tmp_path, release())
    assert made_by_charts(tree) == [
        "ConfigMap shop/inner",
        "ConfigMap shop/web-values",
        "HelmRelease.helm.toolkit.fluxcd.io shop/inner",
    ]
    made = next(each for each in tree.of_kind("", "ConfigMap") if each.identity.name == "inner")
    assert made.manifest["data"] == {"colour": "blue", "level": "1"}
    assert made.chart is not None
    assert (made.chart.release.name, made.chart.chart) == ("inner", "db")
    assert (made.unit, made.place) == (tree.subjects[-1].unit, tree.subjects[-1].place)
    assert not tree.hidden_releases
    assert reasons(tree) == []


def test_an_application_of_a_chart_is_rendered(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/a.yaml": APPLICATION})
    chart(tmp_path, {"templates/a.yaml": CONFIG}, "db")
    tree = charts_tree(tmp_path, release())
    assert made_by_charts(tree) == [
        "Application.argoproj.io argocd/inner",
        "ConfigMap data/inner",
    ]
    (unit,) = (each for each in tree.units.values() if each.identity.name == "inner")
    assert unit.complete


def test_an_application_of_a_chart_for_another_cluster_is_not_followed(tmp_path: Path) -> None:
    away = APPLICATION.replace("https://kubernetes.default.svc", "https://away.example.org")
    chart(tmp_path, {"templates/a.yaml": away})
    chart(tmp_path, {"templates/a.yaml": CONFIG}, "db")
    tree = charts_tree(tmp_path, release())
    assert made_by_charts(tree) == ["Application.argoproj.io argocd/inner"]
    assert reasons(tree) == ["inner: it is installed in another cluster"]


def test_a_release_of_a_chart_that_is_not_at_hand_is_reported(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/a.yaml": inner()})
    tree = charts_tree(tmp_path, release())
    assert reasons(tree) == [
        "inner: its chart is not in the store; run `kubestrata import --charts`"
    ]
    assert [each.identity.name for each in tree.hidden_releases] == ["inner"]


def test_charts_that_make_each_other_end(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/a.yaml": inner("db", "db")})
    chart(tmp_path, {"templates/a.yaml": inner("web", "web")}, "db")
    tree = charts_tree(tmp_path, release())
    (rule,) = (each for each in rules_of("graph") if each.id == "G08")
    names = {each.object.name for each in rule.check(tree)}
    assert reasons(tree) == []
    assert "web" in names


def test_a_chart_that_makes_itself_with_equal_values_is_endless(tmp_path: Path) -> None:
    again = inner("{{ .Release.Name }}-x", "web")
    text = again.replace("  values: {level: {{ add1 (.Values.level | default 0) }}}\n", "")
    chart(tmp_path, {"templates/a.yaml": text})
    assert reasons(charts_tree(tmp_path, release())) == [
        "web-x-x: chart web makes a release of itself with the same values"
    ]


def test_charts_of_charts_are_followed_to_a_depth(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/a.yaml": inner("{{ .Release.Name }}-x", "web")})
    tree = charts_tree(tmp_path, release())
    assert reasons(tree) == [
        "web-x-x-x-x-x: it is made by charts of charts, more than 5 levels deep"
    ]
    assert len(made_by_charts(tree)) == 10
