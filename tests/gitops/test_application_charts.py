"""Charts that Applications of Argo CD install, and charts in the repository itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.yaml_text import dump
from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.rules.subject import ClusterTree
from tests.gitops.chart_repository import chart, made_by_charts, store
from tests.gitops.repository import repository

CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {port: "{{ .Values.port }}", host: "{{ .Values.host }}"}
"""
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, names: {kind: Thing, plural: things}, scope: Namespaced, versions: []}
"""
PROJECT = """apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec: {}
"""


def application(source: dict[str, Any], name: str = "web") -> str:
    """Return an Application with a chart."""
    facts = {"repoURL": "https://charts.example.org", "chart": "web", "targetRevision": "1.2.3"}
    return dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {**facts, **source},
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            },
        }
    )


def rendered(top: Path, *objects: str) -> ClusterTree:
    defaults = "port: 80\nhost: a\n"
    files = {
        "values.yaml": defaults,
        "more.yaml": "port: 90\nhost: c\n",
        "files/host.txt": "from a file",
        "templates/a.yaml": CONFIG_MAP,
        "crds/a.yaml": CRD,
    }
    chart(top, files)
    written = {"apps/all.yaml": "---\n".join((PROJECT, *objects))}
    (tree,) = from_folder(repository(top / "repository", written), ["apps"])
    return with_charts([tree], store(top))[0]


def data(tree: ClusterTree) -> dict[str, str]:
    (found,) = (each for each in tree.of_kind("", "ConfigMap") if each.chart is not None)
    values: dict[str, str] = found.manifest["data"]
    return values


def test_the_objects_belong_to_the_application(tmp_path: Path) -> None:
    tree = rendered(tmp_path, application({}))
    assert made_by_charts(tree) == [
        "ConfigMap shop/web",
        "CustomResourceDefinition.apiextensions.k8s.io things.example.org",
    ]
    (found,) = (each for each in tree.of_kind("", "ConfigMap") if each.chart is not None)
    assert str(found.unit) == "Application.argoproj.io argocd/web"
    assert tree.charts.rendered == {found.unit}
    assert tree.charts.unrendered == []


@pytest.mark.parametrize(
    ("helm", "expected"),
    [
        ({}, {"port": "80", "host": "a"}),
        ({"values": "port: 81\n"}, {"port": "81", "host": "a"}),
        ({"valuesObject": {"port": 82}, "values": "port: 81\n"}, {"port": "82", "host": "a"}),
        (
            {"values": "port: 81\n", "parameters": [{"name": "host", "value": "b"}]},
            {"port": "81", "host": "b"},
        ),
        ({"valueFiles": ["more.yaml"]}, {"port": "90", "host": "c"}),
        (
            {"valueFiles": ["more.yaml", "gone.yaml"], "ignoreMissingValueFiles": True},
            {"port": "90", "host": "c"},
        ),
        ({"valueFiles": ["/more.yaml"], "values": "port: 91\n"}, {"port": "91", "host": "c"}),
        (
            {"parameters": [{"name": "host", "value": "a,b"}]},
            {"port": "80", "host": "a,b"},
        ),
        (
            {"parameters": [{"name": "host", "value": "${ARGOCD_APP_NAME}.$ARGOCD_APP_NAMESPACE"}]},
            {"port": "80", "host": "web.shop"},
        ),
        ({"parameters": [{"name": "host", "value": "$$x$unknown"}]}, {"port": "80", "host": "$x"}),
        (
            {"fileParameters": [{"name": "host", "path": "files/host.txt"}]},
            {"port": "80", "host": "from a file"},
        ),
    ],
)
def test_values_are_merged_as_argo_cd_does(
    tmp_path: Path, helm: dict[str, Any], expected: dict[str, str]
) -> None:
    assert data(rendered(tmp_path, application({"helm": helm}))) == expected


def test_names_and_definitions_follow_the_source(tmp_path: Path) -> None:
    tree = rendered(tmp_path, application({"helm": {"releaseName": "other", "skipCrds": True}}))
    assert made_by_charts(tree) == ["ConfigMap shop/other"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"targetRevision": "9.9.9"}, "its chart is not in the store"),
        ({"helm": {"valueFiles": ["gone.yaml"]}}, "its valueFiles name gone.yaml, which does not"),
        ({"helm": {"valueFiles": ["$other/a.yaml"]}}, "its valueFiles name $other/a.yaml, which"),
        ({"helm": {"valueFiles": ["https://example.org/a.yaml"]}}, "it takes values from https"),
        (
            {"helm": {"fileParameters": [{"name": "host", "path": "gone"}]}},
            "its fileParameters name gone, which does not exist",
        ),
        (
            {"helm": {"parameters": [{"name": "host", "value": "$ARGOCD_APP_REVISION"}]}},
            "parameter host has $ARGOCD_APP_REVISION, which only Argo CD knows",
        ),
        ({"helm": {"values": "a: [\n"}}, "its values is not valid YAML"),
    ],
)
def test_what_is_not_rendered_is_counted(tmp_path: Path, source: dict[str, Any], why: str) -> None:
    tree = rendered(tmp_path, application(source))
    assert made_by_charts(tree) == []
    (found,) = tree.charts.unrendered
    assert found.message.startswith(why)
    assert tree.charts.rendered == frozenset()


def test_a_value_without_an_effect_is_named_at_its_place(tmp_path: Path) -> None:
    tree = rendered(tmp_path, application({"helm": {"valuesObject": {"prot": 1}}}))
    (found,) = tree.charts.unread
    assert found.path == "spec.source.helm.valuesObject.prot"
