from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitops.argo import application, applied, config_map, told, written

RBAC = """apiVersion: v1
kind: ServiceAccount
metadata: {name: deck}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deck}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deck}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deck}
subjects: [{kind: ServiceAccount, name: deck, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deck}
rules: []
"""


def _to(destination: str) -> str:
    return f"destination: {{{destination}}}"


def _two(top: Path, one: str, two: str, more: str = "") -> Path:
    files = {
        "argocd/one.yaml": application("one", "path: web", to=_to(one)),
        "argocd/two.yaml": application("two", "path: web", to=_to(two)),
        "web/a.yaml": config_map("a"),
        "argocd/more.yaml": more or config_map("more").replace("more}", "more, namespace: argocd}"),
    }
    return written(top, files)


MORE = "ConfigMap argocd/more"


def test_objects_get_the_namespace_of_the_destination(tmp_path: Path) -> None:
    _two(tmp_path, "namespace: blue", "namespace: green")
    objects = [MORE, "ConfigMap blue/a", "ConfigMap green/a"]
    assert applied(tmp_path) == {tmp_path.name: objects}
    assert told(tmp_path) == []


def test_the_same_namespace_of_the_same_cluster_is_a_conflict(tmp_path: Path) -> None:
    home = "server: 'https://kubernetes.default.svc', namespace: blue"
    _two(tmp_path, "name: in-cluster, namespace: blue", home)
    why = "two applies it, and so does one"
    assert told(tmp_path) == [f"G08 ConfigMap blue/a: {why}"]


@pytest.mark.parametrize(
    ("one", "two", "names"),
    [
        ("name: eu", "name: us", ["eu", "us"]),
        ("server: 'https://eu.example.com:6443'", "server: 'https://us.example.com'", None),
        ("name: eu", "server: 'https://us.example.com/'", ["eu", "us.example.com"]),
    ],
)
def test_clusters_do_not_conflict_and_are_named_as_people_name_them(
    tmp_path: Path, one: str, two: str, names: list[str] | None
) -> None:
    _two(tmp_path, f"{one}, namespace: shop", f"{two}, namespace: shop")
    found = names or ["eu.example.com", "us.example.com"]
    assert applied(tmp_path) == {
        tmp_path.name: [MORE],
        **{name: ["ConfigMap shop/a"] for name in found},
    }
    assert told(tmp_path) == []


def test_a_secret_of_argo_cd_names_the_cluster_of_a_server(tmp_path: Path) -> None:
    secret = """apiVersion: v1
kind: Secret
metadata:
  name: eu
  namespace: argocd
  labels: {argocd.argoproj.io/secret-type: cluster}
stringData: {name: europe, server: 'https://eu.example.com'}
"""
    server = "server: 'https://eu.example.com', namespace: shop"
    _two(tmp_path, server, "name: europe, namespace: other", secret)
    assert applied(tmp_path)["europe"] == ["ConfigMap other/a", "ConfigMap shop/a"]


def test_an_application_is_in_the_cluster_of_argo_cd(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: children", to=_to("namespace: argocd")),
        "children/web.yaml": application("web", "path: web", to=_to("name: eu, namespace: shop")),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert applied(tmp_path) == {tmp_path.name: [], "eu": ["ConfigMap shop/a"]}
    assert told(tmp_path) == []


def test_clusters_may_refer_to_each_other(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: argocd", to=_to("name: eu")),
        "argocd/web.yaml": application("web", "path: web", to=_to("namespace: shop")),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert applied(tmp_path) == {tmp_path.name: ["ConfigMap shop/a"], "eu": ["ConfigMap shop/a"]}


def test_only_kinds_with_a_namespace_get_one(tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", "path: web"),
        "web/a.yaml": RBAC,
    }
    written(tmp_path, files)
    (objects,) = applied(tmp_path).values()
    group = "rbac.authorization.k8s.io"
    assert objects == [
        f"ClusterRole.{group} deck",
        f"Role.{group} shop/deck",
        f"RoleBinding.{group} shop/deck",
        "ServiceAccount shop/deck",
    ]
    assert told(tmp_path) == []


def test_a_definition_in_the_tree_tells_the_scope_of_its_kind(tmp_path: Path) -> None:
    definition = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %ss.example.com}
spec: {group: example.com, scope: %s, names: {kind: %s, plural: %ss}}
"""
    one = "apiVersion: example.com/v1\nkind: %s\nmetadata: {name: x}\n"
    files = {
        "argocd/web.yaml": application("web", "path: web"),
        "argocd/z.yaml": application("z", "path: z"),
        "web/a.yaml": f"{one % 'Wide'}---\n{one % 'Narrow'}",
        "z/a.yaml": definition % ("wide", "Cluster", "Wide", "wide"),
        "z/b.yaml": definition % ("narrow", "Namespaced", "Narrow", "narrow"),
    }
    written(tmp_path, files)
    (objects,) = applied(tmp_path).values()
    assert objects[2:] == ["Narrow.example.com shop/x", "Wide.example.com x"]


def test_the_namespace_is_also_that_of_objects_that_kustomize_builds(tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", "path: web"),
        "web/kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\n",
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert applied(tmp_path) == {tmp_path.name: ["ConfigMap shop/x-a"]}
