"""A repository of plain YAML is read, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.core.identity import Identity
from kubestrata.delivery import argo_delivery
from kubestrata.delivery.flux_delivery import ENTRY
from kubestrata.gitops import from_folder, kubectl, roots
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.manifest_index import INDEX_NAME
from tests.gitops.repository import config_map, repository, unit

UNITS = "clusters/home/units.yaml"


def _tree(top: Path, files: dict[str, str]) -> ClusterTree:
    (tree,) = from_folder(repository(top, files))
    return tree


def _names(tree: ClusterTree) -> list[str]:
    return sorted(each.identity.name for each in tree.of_kind("", "ConfigMap"))


def test_a_folder_without_a_list_is_read_as_a_whole(tmp_path: Path) -> None:
    files = {UNITS: unit("apps"), "apps/a.yaml": config_map("a"), "apps/in/b.yml": config_map("b")}
    tree = _tree(tmp_path, files)
    assert _names(tree) == ["a", "b"]
    assert (tree.name, tree.faults, tree.orphans) == ("home", [], [])


def test_each_object_has_its_file_and_line_also_where_kustomize_renders(tmp_path: Path) -> None:
    listed = "resources: [two.yaml]\nnamePrefix: my-\n"
    two = f"# first\n{config_map('a')}---\n---\n# then\n{config_map('b')}"
    plain = {UNITS: unit("apps"), "apps/kustomization.yaml": "resources: [two.yaml]\n"}
    tree = _tree(tmp_path / "plain", {**plain, "apps/two.yaml": two})
    assert [str(one.place) for one in tree.of_kind("", "ConfigMap")] == [
        "apps/two.yaml:2",
        "apps/two.yaml:8",
    ]
    labelled = listed.replace("namePrefix: my-", "labels: [{pairs: {team: shop}}]")
    tree = _tree(tmp_path / "labelled", {**plain, "apps/kustomization.yaml": labelled})
    assert tree.listed != []
    files = {**plain, "apps/kustomization.yaml": labelled, "apps/two.yaml": two}
    tree = _tree(tmp_path / "rendered", files)
    found = tree.of_kind("", "ConfigMap")
    assert sorted(str(one.place) for one in found) == ["apps/two.yaml:2", "apps/two.yaml:8"]
    assert {one.labels.get("team") for one in found} == {"shop"}
    files["apps/kustomization.yaml"] = listed
    tree = _tree(tmp_path / "renamed", files)
    assert _names(tree) == ["my-a", "my-b"]
    assert {one.place.file for one in tree.of_kind("", "ConfigMap")} == {"apps/kustomization.yaml"}


def test_problems_are_reported_with_their_lines(tmp_path: Path) -> None:
    files = {
        UNITS: f"{unit('apps')}---\n{unit('gone')}",
        "apps/a.yaml": f"{config_map('a')}---\nkind: [\n",
        "apps/b.yaml": "just text\n",
        "apps/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n",
    }
    tree = _tree(tmp_path, files)
    told = sorted(f"{one.place} {one.message}" for one in tree.faults)
    assert [line.partition(" ")[0] for line in told] == [
        "apps/a.yaml:6",
        "apps/b.yaml:1",
        "apps/c.yaml:1",
        "clusters/home/units.yaml:9",
    ]
    assert "folder ./gone does not exist" in told[-1]
    assert _names(tree) == ["a"]


def test_folders_in_another_repository_are_skipped(tmp_path: Path) -> None:
    listed = """resources:
- a.yaml
- https://example.com/b.yaml
- github.com/example/base//folder?ref=v1
- git@github.com:example/base.git
labels: [{pairs: {team: shop}}]
"""
    files = {UNITS: unit("apps"), "apps/kustomization.yaml": listed, "apps/a.yaml": config_map("a")}
    tree = _tree(tmp_path, files)
    assert [str(one.place) for one in tree.unchecked] == [
        "apps/kustomization.yaml:3",
        "apps/kustomization.yaml:4",
        "apps/kustomization.yaml:5",
    ]
    assert (_names(tree), tree.faults, tree.listed) == (["a"], [], [])
    assert not tree.units[_kustomization("apps")].complete


def _kustomization(name: str) -> Identity:
    return Identity("kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", name)


def test_a_source_elsewhere_makes_its_unit_incomplete(tmp_path: Path) -> None:
    source = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://example.com/other"}
"""
    files = {UNITS: f"{unit('apps', source='other')}---\n{source}", "apps/a.yaml": config_map("a")}
    tree = _tree(tmp_path, files)
    assert [one.what for one in tree.unchecked] == ["https://example.com/other ./apps"]
    assert _names(tree) == []


def test_an_undeclared_source_is_this_repository_if_the_folder_is(tmp_path: Path) -> None:
    files = {
        UNITS: f"{unit('apps', source='other')}---\n{unit('more', source='other')}",
        "apps/a.yaml": config_map("a"),
        "apps/.sops.yaml": "creation_rules: []\n",
    }
    tree = _tree(tmp_path, files)
    assert _names(tree) == ["a"]
    assert (tree.unchecked, tree.faults) == ([], [])
    assert [one.name for one, unit in tree.units.items() if not unit.complete] == ["more"]


def test_a_patch_that_deletes_matches_what_it_deletes(tmp_path: Path) -> None:
    patch = """  patches:
  - target: {kind: ConfigMap, name: b}
    patch: |
      $patch: delete
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: b, namespace: shop}
"""
    files = {
        UNITS: unit("apps", patch),
        "apps/a.yaml": config_map("a"),
        "apps/b.yaml": config_map("b"),
    }
    tree = _tree(tmp_path, files)
    assert (_names(tree), tree.listed, tree.faults) == (["a"], [], [])


def test_without_kubectl_the_tree_says_what_it_could_not_render(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubectl, "kubectl", lambda: None)
    listed = "resources: [a.yaml]\nnamePrefix: my-\n"
    files = {UNITS: unit("apps"), "apps/kustomization.yaml": listed, "apps/a.yaml": config_map("a")}
    tree = _tree(tmp_path, files)
    assert [one.why for one in tree.unchecked] == [kubectl.ABSENT]
    assert (_names(tree), tree.faults) == ([], [])
    assert tree.exists("", "ConfigMap", "shop", "a")


def test_what_kustomize_refuses_is_a_fault(tmp_path: Path) -> None:
    listed = "resources: [a.yaml]\npatches: [{path: p.yaml}]\n"
    files = {
        UNITS: unit("apps"),
        "apps/kustomization.yaml": listed,
        "apps/a.yaml": config_map("a"),
        "apps/p.yaml": config_map("nobody"),
    }
    (found,) = _tree(tmp_path, files).faults
    assert found.message.startswith("Kustomize refuses it: ")
    assert str(tmp_path) not in found.message
    assert str(found.place) == "apps/kustomization.yaml:1"


def test_files_of_other_folders_are_used_as_flux_uses_them(tmp_path: Path) -> None:
    listed = "resources: [../shared/a.yaml]\nnamePrefix: my-\n"
    files = {
        UNITS: unit("apps"),
        "apps/kustomization.yaml": listed,
        "shared/a.yaml": config_map("a"),
    }
    tree = _tree(tmp_path, files)
    assert (_names(tree), tree.faults) == (["my-a"], [])


@pytest.mark.parametrize(
    "more",
    [
        "configMapGenerator: [{name: b, files: [/etc/hostname]}]\n",
        "configMapGenerator: [{name: b, files: [../../../../../../../../etc/hostname]}]\n",
        "patches: [{path: https://example.com/patch.yaml}]\n",
        "generators: [generator.yaml]\n",
        "helmCharts: [{name: web, repo: https://example.com}]\n",
    ],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, more: str) -> None:
    generator = """apiVersion: builtin
kind: ConfigMapGenerator
metadata: {name: b}
name: b
files: [/etc/hostname]
"""
    files = {
        UNITS: unit("apps"),
        "apps/kustomization.yaml": f"resources: [a.yaml]\n{more}",
        "apps/a.yaml": config_map("a"),
        "apps/generator.yaml": generator,
    }
    tree = _tree(tmp_path, files)
    assert _names(tree) == (["a"] if "https:" in more else [])
    assert tree.exists("", "ConfigMap", "shop", "a")
    assert tree.unchecked or tree.faults or tree.listed


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(config_map("outside"), encoding="utf-8")
    files = {UNITS: unit("apps"), "apps/a.yaml": config_map("a")}
    top = repository(tmp_path / "repo", files)
    (top / "apps/link.yaml").symlink_to(tmp_path / "secret.yaml")
    (top / "apps/up").symlink_to(tmp_path)
    (top / "more").mkdir()
    (top / "more/kustomization.yaml").write_text(
        "resources: [../apps/link.yaml, ../../secret.yaml]\n", encoding="utf-8"
    )
    (top / "clusters/home/more.yaml").write_text(unit("more"), encoding="utf-8")
    (tree,) = from_folder(top)
    assert _names(tree) == ["a"]
    assert [one.problem for one in tree.listed] == ["link", "missing"]


def test_encrypted_objects_keep_their_keys_and_no_values(tmp_path: Path) -> None:
    sealed = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"
    sops = "sops: {mac: x, lastmodified: '2026-01-01T00:00:00Z'}\n"
    known = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n"
    files = {
        UNITS: unit("apps"),
        "apps/a.enc.yaml": f"{known}data: {{password: '{sealed}'}}\n{sops}",
        "apps/hidden.enc.yaml": f"apiVersion: '{sealed}'\nkind: '{sealed}'\n{sops}",
        "apps/kustomization.yaml": "resources: [a.enc.yaml, hidden.enc.yaml]\n"
        "labels: [{pairs: {team: shop}}]\n",
    }
    tree = _tree(tmp_path, files)
    found = {one.identity.name: one for one in tree.of_kind("", "Secret")}
    assert {name: one.encrypted for name, one in found.items()} == {"db": True, "hidden": True}
    assert found["db"].manifest["data"] == {"password": ""}
    assert "sops" not in found["db"].manifest


def test_lists_are_taken_apart_and_a_kustomization_may_have_no_kind(tmp_path: Path) -> None:
    items = "apiVersion: v1\nkind: List\nitems:\n"
    items += "".join(
        f"- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}\n" for name in "abc"
    )
    files = {
        UNITS: unit("apps"),
        "apps/kustomization.yml": "resources: [list.yaml]\n",
        "apps/list.yaml": items,
    }
    assert _names(_tree(tmp_path, files)) == ["a", "b", "c"]


def test_variables_are_known_where_all_their_sources_are(tmp_path: Path) -> None:
    known = "  postBuild: {substitute: {a: x}, substituteFrom: [{kind: ConfigMap, name: facts}]}\n"
    unknown = "  postBuild: {substituteFrom: [{kind: Secret, name: elsewhere}]}\n"
    facts = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: facts, namespace: flux-system}\n"
    files = {
        UNITS: f"{unit('apps', known)}---\n{unit('more', unknown)}---\n{facts}data: {{b: y}}\n",
        "apps/a.yaml": config_map("a"),
        "more/b.yaml": config_map("b"),
    }
    tree = _tree(tmp_path, files)
    assert tree.variables[_kustomization("apps")] == {"a", "b"}
    assert _kustomization("more") not in tree.variables


def test_a_substituted_path_is_followed(tmp_path: Path) -> None:
    sets = "  postBuild: {substitute: {site: north}}\n"
    files = {
        UNITS: unit("all", sets),
        "all/units.yaml": unit("${site}/apps").replace("name: ${site}/apps", "name: apps"),
        "north/apps/a.yaml": config_map("a"),
    }
    assert _names(_tree(tmp_path, files)) == ["a"]


def test_a_repository_without_sync_begins_below_clusters(tmp_path: Path) -> None:
    top = repository(
        tmp_path, {"clusters/away/u.yaml": unit("apps"), "apps/a.yaml": config_map("a")}
    )
    (top / "clusters/home/sync.yaml").write_text(unit("apps"), encoding="utf-8")
    trees = from_folder(top)
    assert [(one.name, _names(one)) for one in trees] == [("away", ["a"]), ("home", ["a"])]
    assert [one.name for one in from_folder(top, ["clusters/away"])] == ["away"]


def test_an_application_of_applications_is_followed(tmp_path: Path) -> None:
    def application(name: str, source: str) -> str:
        meta = f"metadata: {{name: {name}, namespace: argocd}}\n"
        head = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n{meta}"
        return f"{head}spec: {{source: {{repoURL: https://example.com/p, {source}}}}}\n"

    files = {
        "argocd/root.yaml": application("root", "path: children"),
        "children/web.yaml": application("web", "path: web"),
        "children/db.yaml": application("db", "chart: postgresql, targetRevision: 1.0.0"),
        "web/a.yaml": config_map("a"),
        "web/deep/b.yaml": config_map("b"),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tree,) = from_folder(tmp_path)
    assert _names(tree) == ["a"]
    assert sorted(one.name for one in tree.units) == ["db", "root", "web"]
    assert [one.what for one in tree.unchecked] == ["Application.argoproj.io argocd/db"]
    assert [one.path for one in tree.orphans] == ["web/deep"]


def test_an_empty_folder_has_no_cluster(tmp_path: Path) -> None:
    assert from_folder(tmp_path) == []
    assert from_folder(tmp_path / "nothing") == []


def test_a_generated_tree_is_known_by_the_list_that_synth_writes() -> None:
    assert (roots.INDEX, roots.ENTRIES) == (INDEX_NAME, (argo_delivery.ENTRY, ENTRY))


def test_a_cluster_whose_root_is_made_outside_is_found_in_a_generated_tree(tmp_path: Path) -> None:
    """Beside one whose root is in the tree, which alone would end the search."""
    files = {
        "one/flux/root.yaml": unit("one/flux").replace("name: one/flux", "name: root"),
        "one/flux/web.yaml": unit("one/apps").replace("name: one/apps", "name: web"),
        "one/apps/m.yaml": config_map("m"),
        "two/flux/web.yaml": unit("two/apps").replace("name: two/apps", "name: web"),
        "two/apps/m.yaml": config_map("m"),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert [tree.name for tree in from_folder(tmp_path)] == ["one", "two"]
    (tmp_path / ".kubestrata").write_text("")
    assert [tree.name for tree in from_folder(tmp_path)] == ["one", "two"]
