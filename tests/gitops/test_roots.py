"""The clusters of a repository, whatever its layout."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, unit

OTHER = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://example.com/other"}
---
"""
INSTANCE = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  sync: {kind: GitRepository, url: "https://example.com/platform.git", path: %s}
"""


def _written(top: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top


def _trees(top: Path, files: dict[str, str]) -> list[ClusterTree]:
    return from_folder(_written(top / "platform", files))


def _seen(trees: list[ClusterTree]) -> dict[str, list[str]]:
    """Return the names of the ConfigMaps of each cluster."""
    return {
        tree.name: sorted(each.identity.name for each in tree.of_kind("", "ConfigMap"))
        for tree in trees
    }


def _self(folder: str, name: str = "flux-system") -> str:
    return unit("x").replace("name: x", f"name: {name}").replace("path: ./x", f"path: ./{folder}")


def test_a_kustomization_in_the_folder_that_it_applies_is_no_cluster(tmp_path: Path) -> None:
    """Its list does not name it, so nothing applies it."""
    files = {
        "clusters/a/sync.yaml": _self("clusters/a"),
        "apps/foo/ks.yaml": unit("apps/foo").replace("name: apps/foo", "name: foo"),
        "apps/foo/kustomization.yaml": "resources: [c.yaml]\n",
        "apps/foo/c.yaml": config_map("c"),
    }
    assert _seen(_trees(tmp_path, files)) == {"a": []}


def test_the_root_of_another_source_is_no_cluster(tmp_path: Path) -> None:
    files = {
        "clusters/a/sync.yaml": _self("clusters/a"),
        "clusters/a/apps.yaml": unit("apps"),
        "apps/team.yaml": OTHER + unit("x", source="other").replace("path: ./x", "path: ./"),
        "apps/c.yaml": config_map("c"),
    }
    (tree,) = _trees(tmp_path, files)
    assert _seen([tree]) == {"a": ["c"]}
    assert [each.what for each in tree.unchecked] == ["https://example.com/other ./"]


def test_templates_patches_examples_and_charts_hold_no_clusters(tmp_path: Path) -> None:
    files = {"clusters/a/sync.yaml": _self("clusters/a")}
    for folder in ("templates", "examples/b", "tests", "_archive/x", "patches", "charts/web/crds"):
        files[f"{folder}/ks.yaml"] = unit("apps")
    files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
    files["apps/c.yaml"] = config_map("c")
    files["clusters/a/kustomization.yaml"] = (
        "resources: [sync.yaml]\npatches: [{path: patch.yaml}]\n"
    )
    files["clusters/a/patch.yaml"] = _self("clusters/a")
    assert _seen(_trees(tmp_path, files)) == {"a": []}


def test_clusters_without_a_sync_are_named_after_their_folder(tmp_path: Path) -> None:
    files = {
        "env/staging/flux/apps.yaml": unit("one").replace("name: one", "name: apps"),
        "env/production/flux/apps.yaml": unit("two").replace("name: two", "name: apps"),
        "one/c.yaml": config_map("c"),
        "two/d.yaml": config_map("d"),
    }
    assert _seen(_trees(tmp_path, files)) == {"production": ["d"], "staging": ["c"]}


def test_one_cluster_without_a_sync_has_the_name_of_the_repository(tmp_path: Path) -> None:
    files = {
        "flux/infra.yaml": unit("infra"),
        "flux/more/apps.yaml": unit("apps"),
        "infra/c.yaml": config_map("c"),
        "apps/d.yaml": config_map("d"),
    }
    assert _seen(_trees(tmp_path, files)) == {"platform": ["c", "d"]}


def test_an_instance_begins_a_cluster_even_if_its_own_tree_applies_it(tmp_path: Path) -> None:
    release = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: flux-instance, namespace: flux-system}
spec:
  chart: {spec: {chart: flux-instance, sourceRef: {kind: HelmRepository, name: x}}}
  values:
    instance: {sync: {kind: GitRepository, url: "https://example.com/platform.git", path: flux}}
"""
    files = {
        "flux/ks.yaml": unit("apps"),
        "apps/c.yaml": config_map("c"),
        "apps/instance.yaml": release,
        "apps/disabled/ks.yaml": unit("nothing"),
        "apps/kustomization.yaml": "resources: [c.yaml, instance.yaml]\n",
    }
    (tree,) = _trees(tmp_path, files)
    assert _seen([tree]) == {"platform": ["c"]}
    assert sorted(each.name for each in tree.units) == ["apps", "flux-system"]


def test_each_instance_is_a_cluster(tmp_path: Path) -> None:
    files = {
        "clusters/eu/instance.yaml": INSTANCE % "clusters/eu",
        "clusters/us/instance.yaml": INSTANCE % "clusters/us",
        "clusters/eu/c.yaml": config_map("c"),
        "clusters/us/d.yaml": config_map("d"),
    }
    assert _seen(_trees(tmp_path, files)) == {"eu": ["c"], "us": ["d"]}


def test_objects_for_another_cluster_are_in_a_tree_of_its_name(tmp_path: Path) -> None:
    remote = "  kubeConfig: {secretRef: {name: edge-kubeconfig}}\n"
    files = {
        "clusters/hub/sync.yaml": _self("clusters/hub"),
        "clusters/hub/apps.yaml": f"{unit('apps')}---\n{unit('apps', remote)}".replace(
            "name: apps", "name: edge", 2
        ).replace("name: edge", "name: apps", 1),
        "apps/c.yaml": config_map("c"),
    }
    trees = _trees(tmp_path, files)
    assert _seen(trees) == {"edge": ["c"], "hub": ["c"]}


def test_a_kustomization_of_another_branch_of_the_repository_is_not_followed(
    tmp_path: Path,
) -> None:
    source = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: %s, namespace: flux-system}\n"
        'spec: {url: "%s", ref: {branch: %s}}\n---\n'
    )
    files = {
        "clusters/a/sync.yaml": source % ("flux-system", "ssh://git@example.com/p", "main")
        + _self("clusters/a"),
        "clusters/a/tenant.yaml": source % ("tenant", "https://example.com/p.git", "tenant")
        + unit("apps", source="tenant"),
        "clusters/a/same.yaml": source % ("same", "git@example.com:p.git", "main")
        + unit("more", source="same"),
        "apps/c.yaml": config_map("c"),
        "more/d.yaml": config_map("d"),
    }
    assert _seen(_trees(tmp_path, files)) == {"a": ["d"]}


def test_several_roots_can_be_named(tmp_path: Path) -> None:
    files = {
        "one/apps.yaml": unit("apps"),
        "two/apps.yaml": unit("apps"),
        "apps/c.yaml": config_map("c"),
    }
    top = _written(tmp_path / "platform", files)
    assert _seen(from_folder(top, ["one", "two"])) == {"one": ["c"], "two": ["c"]}


def test_variables_are_replaced_before_names_are_compared(tmp_path: Path) -> None:
    """The values come from a ConfigMap that a later Kustomization applies."""
    files = {
        "clusters/a/sync.yaml": _self("clusters/a"),
        "clusters/a/apps.yaml": unit(
            "apps", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: facts}]}\n"
        ),
        "clusters/a/vars.yaml": unit("vars"),
        "apps/c.yaml": config_map("'${NAME}-${TIER:=small}'"),
        "apps/more.yaml": unit("${NAME}/more").replace("name: ${NAME}/more", "name: more"),
        "shop/more/d.yaml": config_map("d"),
        "vars/facts.yaml": "apiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: facts, namespace: flux-system}\ndata: {NAME: shop}\n",
    }
    assert _seen(_trees(tmp_path, files)) == {"a": ["d", "facts", "shop-small"]}


def test_a_path_with_unknown_variables_is_not_checked(tmp_path: Path) -> None:
    files = {
        "clusters/a/sync.yaml": _self("clusters/a"),
        "clusters/a/apps.yaml": unit("apps/${TIER}").replace("name: apps/${TIER}", "name: apps"),
    }
    (tree,) = _trees(tmp_path, files)
    assert [each.why for each in tree.unchecked] == ["has variables whose values are not known"]


def test_files_that_are_not_in_the_artifact_are_missing(tmp_path: Path) -> None:
    source = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: flux-system, namespace: flux-system}\n"
        "spec: {url: 'https://example.com/p', ignore: /apps/b.yaml}\n---\n"
    )
    files = {
        "clusters/a/sync.yaml": source + _self("clusters/a"),
        "clusters/a/apps.yaml": unit("apps"),
        "apps/kustomization.yaml": "resources: [a.yaml, b.yaml, c.yaml, d.yaml]\n",
        "apps/a.yaml": config_map("a"),
        "apps/b.yaml": config_map("b"),
        "apps/c.yaml": config_map("c"),
        "apps/.sourceignore": "/c.yaml\n# comment\n",
    }
    top = _written(tmp_path / "platform", files)
    (top / "apps/d.yaml").symlink_to("a.yaml")
    (tree,) = from_folder(top)
    assert _seen([tree]) == {"a": ["a"]}
    assert [(each.entry, each.problem) for each in tree.listed] == [
        ("b.yaml", "ignored"),
        ("c.yaml", "ignored"),
        ("d.yaml", "link"),
    ]


def test_a_kustomization_that_no_list_names_is_unused(tmp_path: Path) -> None:
    """Another one applies the folder above it, so nobody applies it by hand."""
    files = {
        "flux/cluster/ks.yaml": unit("apps"),
        "apps/kustomization.yaml": "resources: [a.yaml]\n",
        "apps/a.yaml": config_map("a"),
        "apps/old/ks.yaml": unit("apps/old/app").replace("name: apps/old/app", "name: old"),
        "apps/old/app/b.yaml": config_map("b"),
    }
    (tree,) = _trees(tmp_path, files)
    assert _seen([tree]) == {"platform": ["a"]}
    assert [each.path for each in tree.orphans] == ["apps/old"]


def test_a_file_that_another_tool_fills_in_is_no_cluster(tmp_path: Path) -> None:
    app = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: '${namespace}'}
spec: {project: default, source: {repoURL: 'https://example.com/a', path: apps}}
"""
    files = {"terraform/root.yaml": app, "clusters/a/sync.yaml": _self("clusters/a")}
    assert _seen(_trees(tmp_path, files)) == {"a": []}


def test_files_without_objects_and_missing_folders_hide_nothing(tmp_path: Path) -> None:
    files = {
        "clusters/a/sync.yaml": _self("clusters/a"),
        "clusters/a/apps.yaml": unit("apps"),
        "clusters/a/gone.yaml": unit("gone"),
        "apps/kustomization.yaml": "resources: [a.yaml, off.yaml]\n",
        "apps/a.yaml": config_map("a"),
        "apps/off.yaml": "# kind: ConfigMap\n",
    }
    (tree,) = _trees(tmp_path, files)
    assert all(each.complete for each in tree.units.values())
    assert [(each.what, each.hides) for each in tree.unchecked] == [("off.yaml", False)]
    assert [each.message for each in tree.faults] == ["folder ./gone does not exist"]


def test_a_list_beside_applications_that_are_applied_by_hand_is_none_of_them(
    tmp_path: Path,
) -> None:
    app = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  project: default
  destination: {server: 'https://kubernetes.default.svc', namespace: shop}
  source: {repoURL: 'https://example.com/a', path: apps}
"""
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    files = {
        "apps/application.yaml": app,
        "apps/kustomization.yaml": f"{head}resources: [a.yaml]\n",
        "apps/a.yaml": config_map("a"),
    }
    (tree,) = _trees(tmp_path, files)
    assert tree.faults == []
