"""Releases are rendered as Helm and Flux do it, and their objects are in the tree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kubestrata.core.identity import Identity
from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.rules.subject import ClusterTree
from tests.gitops.chart_repository import (
    CONFIG,
    SOURCE,
    chart,
    charts_tree,
    made_by_charts,
    manifest,
    release,
    store,
)
from tests.gitops.repository import repository

CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: queues.example.org}
spec:
  group: example.org
  scope: SCOPE
  names: {plural: queues, singular: queue, kind: Queue, listKind: QueueList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""
QUEUE = "apiVersion: example.org/v1\nkind: Queue\nmetadata: {name: orders}\n"
HOOKED = """apiVersion: batch/v1
kind: Job
metadata: {name: NAME, annotations: {helm.sh/hook: "EVENTS"}}
"""


def unrendered(tree: ClusterTree) -> list[str]:
    return [f"{each.object.name}: {each.message}" for each in tree.charts.unrendered]


def refused(tree: ClusterTree) -> list[str]:
    return [f"{each.object.name} {each.path}: {each.message}" for each in tree.charts.refused]


def test_objects_have_the_namespace_and_the_place_of_their_release(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/config.yaml": CONFIG})
    tree = charts_tree(tmp_path, release("  targetNamespace: apps\n"))
    assert made_by_charts(tree) == ["ConfigMap apps/apps-web"]
    (made,) = tree.of_kind("", "ConfigMap")
    (of_release,) = tree.of_kind("helm.toolkit.fluxcd.io", "HelmRelease")
    assert (made.place, made.unit) == (of_release.place, of_release.unit)
    assert made.chart is not None
    assert made.chart == (of_release.identity, "web", "1.2.3", "web/templates/config.yaml", (), "")
    assert tree.charts.rendered == {of_release.identity}
    assert not tree.hidden_releases
    assert not tree.release_namespaces


def test_values_of_the_tree_reach_the_templates(tmp_path: Path) -> None:
    files = {
        "values.yaml": "size: 1\ncolour: red\nport: 80\n",
        "templates/config.yaml": CONFIG + "data: {all: {{ toJson .Values | quote }}}\n",
    }
    chart(tmp_path, files)
    settings = """apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {values.yaml: "size: 2\\ncolour: blue"}
"""
    of_settings = (
        "  valuesFrom: [{kind: ConfigMap, name: settings}]\n  values: {size: 3, port: null}\n"
    )
    tree = charts_tree(tmp_path, settings, release(of_settings))
    assert manifest(tree, "ConfigMap shop/web")["data"] == {"all": '{"colour":"blue","size":3}'}


def test_a_null_among_the_values_removes_a_default(tmp_path: Path) -> None:
    chart(
        tmp_path,
        {
            "values.yaml": "labels: {a: b, c: d}\n",
            "templates/config.yaml": CONFIG + "data: {{ toJson .Values.labels }}\n",
        },
    )
    tree = charts_tree(tmp_path, release("  values: {labels: {c: null}}\n"))
    assert manifest(tree, "ConfigMap shop/web")["data"] == {"a": "b"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("[values.yaml, more.yaml]", {"size": "3", "colour": "blue", "port": "80"}),
        ("[values.yaml]", {"size": "3", "colour": "red", "port": "80"}),
        ("[./values.yaml, web/more.yaml]", {"size": "3", "colour": "blue", "port": "80"}),
        ("[more.yaml]", "do not begin with values.yaml"),
        ("[values.yaml, gone.yaml]", "name gone.yaml, which is not in the chart"),
        ("[values.yaml, broken.yaml]", "broken.yaml of its chart is not valid YAML"),
    ],
)
def test_values_files_of_the_chart_are_read(
    tmp_path: Path, files: str, expected: dict[str, str] | str
) -> None:
    values = "".join(
        f"  {key}: {{{{ .Values.{key} | quote }}}}\n" for key in ("size", "colour", "port")
    )
    chart(
        tmp_path,
        {
            "values.yaml": "size: 1\ncolour: red\nport: 80\n",
            "more.yaml": "size: 2\ncolour: blue\n",
            "broken.yaml": "a: [",
            "templates/config.yaml": f"{CONFIG}data:\n{values}",
        },
    )
    text = release("  values: {size: 3}\n")
    listed = text.replace("      version", f"      valuesFiles: {files}\n      version")
    tree = charts_tree(tmp_path, listed)
    if isinstance(expected, str):
        (message,) = unrendered(tree)
        assert expected in message
    else:
        assert manifest(tree, "ConfigMap shop/web")["data"] == expected


def test_a_values_file_that_may_be_missing_is_passed_over(tmp_path: Path) -> None:
    chart(tmp_path, {"values.yaml": "size: 1\n", "templates/config.yaml": CONFIG})
    files = "valuesFiles: [values.yaml, gone.yaml]\n      ignoreMissingValuesFiles: true"
    tree = charts_tree(
        tmp_path, release().replace("      version", f"      {files}\n      version")
    )
    assert made_by_charts(tree) == ["ConfigMap shop/web"]


def test_values_of_a_document_that_is_no_object_count_as_read(tmp_path: Path) -> None:
    broken = "a: b: {{ toJson .Values }}\n"
    chart(tmp_path, {"templates/config.yaml": CONFIG, "templates/broken.yaml": broken})
    tree = charts_tree(tmp_path, release("  values: {theme: dark}\n"))
    assert len(refused(tree)) == 1
    assert not tree.charts.unread


def test_namespaces_follow_the_scope_of_kinds(tmp_path: Path) -> None:
    text = """apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: apart, namespace: other}
"""
    chart(tmp_path, {"templates/all.yaml": text})
    assert made_by_charts(charts_tree(tmp_path, release())) == [
        "ClusterRole.rbac.authorization.k8s.io web",
        "ConfigMap other/apart",
        "Namespace other",
    ]


def test_definitions_say_the_scope_of_custom_kinds(tmp_path: Path) -> None:
    queue = {"templates/queue.yaml": QUEUE}
    chart(tmp_path, {"crds/queue.yaml": CRD.replace("SCOPE", "Cluster"), **queue})
    tree = charts_tree(tmp_path, release())
    assert "Queue.example.org orders" in made_by_charts(tree)
    assert tree.provides["example.org"].name == "web"
    chart(tmp_path, {"crds/queue.yaml": CRD.replace("SCOPE", "Namespaced")})
    assert "Queue.example.org shop/orders" in made_by_charts(charts_tree(tmp_path, release()))


def test_the_folder_crds_is_left_out_where_flux_skips_it(tmp_path: Path) -> None:
    chart(tmp_path, {"crds/queue.yaml": CRD, "templates/config.yaml": CONFIG})
    definition = "CustomResourceDefinition.apiextensions.k8s.io queues.example.org"
    assert definition in made_by_charts(charts_tree(tmp_path, release()))
    skipped = charts_tree(tmp_path, release("  install: {crds: Skip}\n"))
    assert made_by_charts(skipped) == ["ConfigMap shop/web"]
    assert "example.org" not in skipped.provides


def test_a_chart_sees_the_definitions_of_other_charts(tmp_path: Path) -> None:
    asked = (
        '{{ if .Capabilities.APIVersions.Has "example.org/v1/Queue" }}\n' + QUEUE + "{{ end }}\n"
    )
    chart(tmp_path, {"templates/queue.yaml": asked})
    chart(tmp_path, {"templates/crd.yaml": CRD.replace("SCOPE", "Namespaced")}, "queues")
    assert made_by_charts(charts_tree(tmp_path, release())) == []
    both = charts_tree(tmp_path, release(), release(name="queues", chart="queues"))
    assert "Queue.example.org shop/orders" in made_by_charts(both)


def test_a_chart_sees_the_definitions_of_the_tree(tmp_path: Path) -> None:
    asked = '{{ if .Capabilities.APIVersions.Has "example.org/v1" }}\n' + QUEUE + "{{ end }}\n"
    chart(tmp_path, {"templates/queue.yaml": asked})
    tree = charts_tree(tmp_path, CRD.replace("SCOPE", "Namespaced"), release())
    assert made_by_charts(tree) == ["Queue.example.org shop/orders"]


def test_a_chart_sees_the_aggregation_of_apis(tmp_path: Path) -> None:
    asked = '{{ if .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1" }}\n'
    chart(tmp_path, {"templates/config.yaml": asked + CONFIG + "{{ end }}\n"})
    assert made_by_charts(charts_tree(tmp_path, release())) == ["ConfigMap shop/web"]


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("policy/v1/PodDisruptionBudget", True),
        ("v1/Pod", True),
        ("policy/v1beta1/PodDisruptionBudget", False),
        ("admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", False),
    ],
)
def test_a_chart_sees_the_stable_kinds_of_kubernetes(
    asked: str, *, seen: bool, tmp_path: Path
) -> None:
    text = f'{{{{ if .Capabilities.APIVersions.Has "{asked}" }}}}\n'
    chart(tmp_path, {"templates/config.yaml": text + CONFIG + "{{ end }}\n"})
    found = made_by_charts(charts_tree(tmp_path, release(), kubernetes="1.29"))
    assert found == (["ConfigMap shop/web"] if seen else [])


def test_a_chart_sees_the_version_of_kubernetes(tmp_path: Path) -> None:
    version = "data: {version: {{ .Capabilities.KubeVersion.Version | quote }}}\n"
    chart(tmp_path, {"templates/config.yaml": CONFIG + version}, facts='kubeVersion: ">=1.31"\n')
    tree = charts_tree(tmp_path, release(), kubernetes="1.33")
    assert manifest(tree, "ConfigMap shop/web")["data"] == {"version": "v1.33.0"}
    older = charts_tree(tmp_path, release(), kubernetes="1.30")
    assert refused(older) == [
        "web spec.values: the chart requires Kubernetes >=1.31, and the cluster has v1.30.0"
    ]


def test_hooks_are_objects_with_their_events(tmp_path: Path) -> None:
    hook = HOOKED.replace("NAME", "setup").replace("EVENTS", "pre-install,pre-upgrade")
    chart(tmp_path, {"templates/setup.yaml": hook})
    (job,) = charts_tree(tmp_path, release()).of_kind("batch", "Job")
    assert job.chart is not None
    assert job.chart.hooks == ("pre-install", "pre-upgrade")


def test_tests_are_left_out_unless_flux_runs_them(tmp_path: Path) -> None:
    hooks = "---\n".join(
        HOOKED.replace("NAME", name).replace("EVENTS", events)
        for name, events in (
            ("test", "test"),
            ("old", "test-success"),
            ("both", "test,post-install"),
        )
    )
    chart(tmp_path, {"templates/tests.yaml": hooks})
    assert made_by_charts(charts_tree(tmp_path, release())) == ["Job.batch shop/both"]
    enabled = charts_tree(tmp_path, release("  test: {enable: true}\n"))
    assert made_by_charts(enabled) == [
        "Job.batch shop/both",
        "Job.batch shop/old",
        "Job.batch shop/test",
    ]


def test_the_items_of_a_list_are_objects(tmp_path: Path) -> None:
    text = """apiVersion: v1
kind: ConfigMapList
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: other}}
"""
    chart(tmp_path, {"templates/list.yaml": text})
    assert made_by_charts(charts_tree(tmp_path, release())) == [
        "ConfigMap other/two",
        "ConfigMap shop/one",
    ]


def test_a_release_without_its_chart_is_not_rendered(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/config.yaml": CONFIG})
    tree = charts_tree(tmp_path, release(), release(name="other", version="1.2.4"))
    assert unrendered(tree) == [
        "other: its chart is not in the store; run `kubestrata import --charts`"
    ]
    assert [each.identity.name for each in tree.hidden_releases] == ["other"]
    assert tree.release_namespaces == {"shop"}
    assert made_by_charts(tree) == ["ConfigMap shop/web"]


def test_a_release_whose_sub_chart_is_missing_is_not_rendered(tmp_path: Path) -> None:
    needs = "dependencies: [{name: db, version: 1.0.0, repository: https://charts.example.org}]\n"
    chart(tmp_path, {"templates/config.yaml": CONFIG}, facts=needs)
    (message,) = unrendered(charts_tree(tmp_path, release()))
    assert "db" in message
    assert not refused(charts_tree(tmp_path, release()))


def test_a_release_in_another_cluster_or_with_unknown_values_is_not_rendered(
    tmp_path: Path,
) -> None:
    chart(tmp_path, {"templates/config.yaml": CONFIG})
    away = release("  kubeConfig: {secretRef: {name: away}}\n", name="away")
    lacking = release("  valuesFrom: [{kind: ConfigMap, name: settings}]\n", name="lacking")
    by_reference = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: referring, namespace: shop}
spec: {interval: 10m, chartRef: {kind: OCIRepository, name: gone}}
"""
    tree = charts_tree(tmp_path, away, lacking, by_reference)
    assert unrendered(tree) == [
        "away: it is installed in another cluster",
        "lacking: it takes values from ConfigMap shop/settings, which is not in the tree",
        "referring: its source is not in the tree",
    ]
    assert not made_by_charts(tree)


def test_what_helm_refuses_is_an_error_with_the_template(tmp_path: Path) -> None:
    config = CONFIG + 'data: {host: {{ required "host is required" .Values.host }}}\n'
    chart(tmp_path, {"templates/config.yaml": config})
    tree = charts_tree(tmp_path, release())
    (message,) = refused(tree)
    assert message.startswith("web spec.values: execution error at (web/templates/config.yaml:4:")
    assert message.endswith("host is required")
    assert not tree.charts.rendered
    assert not unrendered(tree)


def test_a_document_that_is_no_object_leaves_the_others(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/config.yaml": f"{CONFIG}---\nkind: ConfigMap\n"})
    tree = charts_tree(tmp_path, release())
    assert refused(tree) == ["web : web/templates/config.yaml: has no apiVersion"]
    assert made_by_charts(tree) == ["ConfigMap shop/web"]


def test_variables_that_only_the_cluster_knows_do_not_make_a_release_wrong(tmp_path: Path) -> None:
    config = (
        CONFIG
        + "data: {port: {{ .Values.port | int | quote }}, host: {{ .Values.host | quote }}}\n"
    )
    guard = '{{ if ne .Values.mode "ha" }}{{ fail (printf "mode %s" .Values.mode) }}{{ end }}\n'
    chart(tmp_path, {"values.yaml": "mode: ha\n", "templates/config.yaml": guard + config})
    build = "  postBuild: {substituteFrom: [{kind: Secret, name: gone}]}\n"
    unit = f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps, namespace: flux-system}}
spec:
  path: ./apps
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
{build}"""

    def rendered(values: str) -> ClusterTree:
        files = {
            "clusters/home/apps.yaml": unit,
            "apps/web.yaml": f"{SOURCE}---\n{release(values)}",
        }
        (tree,) = from_folder(repository(tmp_path / "open", files))
        return with_charts([tree], store(tmp_path))[0]

    filled = rendered('  values: {host: "${host}"}\n')
    assert manifest(filled, "ConfigMap shop/web")["data"]["host"] == "${host}"
    chart(tmp_path, {"templates/other.yaml": CONFIG + "data: {host: {{ .Values.host }}}\n"})
    (message,) = unrendered(rendered('  values: {host: "${host}"}\n'))
    assert "web/templates/other.yaml: not readable as YAML" in message
    unknown = rendered('  values: {mode: "${mode}"}\n')
    (message,) = unrendered(unknown)
    assert message.startswith("web: its values have variables that only the cluster knows: ")
    assert not refused(unknown)


def test_a_chart_looks_up_what_the_tree_makes_and_nothing_else(tmp_path: Path) -> None:
    found = '(lookup "v1" "Secret" .Release.Namespace "NAME").data | toJson | quote'
    data = "".join(
        f"  {name}: {{{{ {found.replace('NAME', name)} }}}}\n" for name in ("login", "gone")
    )
    chart(tmp_path, {"templates/config.yaml": f"{CONFIG}data:\n{data}"})
    secret = SECRET.replace("PASSWORD", "hunter2")
    made = manifest(charts_tree(tmp_path, secret, release()), "ConfigMap shop/web")
    assert made["data"] == {"login": '{"password":"dmFsdWUtb2YtYS1zZWNyZXQ="}', "gone": "null"}


SECRET = """apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
stringData: {password: PASSWORD}
"""


def test_each_cluster_renders_for_itself(tmp_path: Path) -> None:
    version = "data: {version: {{ .Capabilities.KubeVersion.Minor | quote }}}\n"
    chart(tmp_path, {"templates/config.yaml": CONFIG + version})
    (tree,) = from_folder(
        repository(tmp_path / "two", {"clusters/home/all.yaml": f"{SOURCE}---\n{release()}"})
    )
    clusters = [replace(tree, kubernetes=each) for each in ("1.30", "1.33")]
    made = with_charts(clusters, store(tmp_path))
    data = [manifest(each, "ConfigMap shop/web")["data"] for each in made]
    assert data == [{"version": "30"}, {"version": "33"}]
    assert Identity("", "ConfigMap", "shop", "web") not in tree.by_identity
