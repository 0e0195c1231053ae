from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import rules_of
from tests.gitops.argo import application, applied, config_map, notes, told, written

WEB = ["ConfigMap shop/a"]


def _tree(top: Path, directory: str, files: dict[str, str]) -> Path:
    source = f"path: web, directory: {{{directory}}}" if directory else "path: web"
    return written(top, {"argocd/web.yaml": application("web", source), **files})


@pytest.mark.parametrize(
    ("directory", "names"),
    [
        ("", ["a"]),
        ("recurse: true", ["a", "b", "c", "d"]),
        ("recurse: true, exclude: 'ci/*'", ["a", "c"]),
        ("recurse: true, exclude: '{ci/*,*.draft.yaml}'", ["a"]),
        ("recurse: true, include: '*.draft.yaml'", ["c"]),
        ("recurse: true, include: '{ci/*,a.yaml}', exclude: ci/deep/*", ["a", "b"]),
        ("recurse: true, include: 'ci/[!b]*'", ["d"]),
        ("include: 'z*'", []),
    ],
)
def test_include_and_exclude_choose_files_and_say_nothing_of_the_others(
    tmp_path: Path, directory: str, names: list[str]
) -> None:
    files = {
        "web/a.yaml": config_map("a"),
        "web/ci/b.yml": config_map("b"),
        "web/c.draft.yaml": config_map("c"),
        "web/ci/deep/d.yaml": config_map("d"),
    }
    if not directory:
        del files["web/c.draft.yaml"], files["web/ci/b.yml"], files["web/ci/deep/d.yaml"]
    _tree(tmp_path, directory, files)
    assert applied(tmp_path) == {tmp_path.name: [f"ConfigMap shop/{name}" for name in names]}
    assert told(tmp_path) == []


def test_files_in_json_are_applied(tmp_path: Path) -> None:
    one = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'
    many = f'{{"apiVersion": "v1", "kind": "List", "items": [{one.replace("a", "a", 1)}]}}'
    _tree(tmp_path, "", {"web/a.json": one, "web/b.json": many.replace('"a"}', '"b"}')})
    assert applied(tmp_path) == {tmp_path.name: ["ConfigMap shop/a", "ConfigMap shop/b"]}
    assert told(tmp_path) == []


def test_a_json_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    _tree(tmp_path, "", {"web/a.yaml": config_map("a"), "web/b.json": "[1]", "web/c.json": "{}"})
    assert applied(tmp_path) == {tmp_path.name: WEB}
    assert told(tmp_path) == ["T01 File web/b.json: a document is a list, not an object"]


@pytest.mark.parametrize(
    "unrelated",
    ["site_name: docs\nnav: [a]\n", "- a\n- b\n", "{{ template }}\n", "kind: [\n", "just text\n"],
)
def test_yaml_that_is_no_object_is_passed_over(tmp_path: Path, unrelated: str) -> None:
    _tree(tmp_path, "", {"web/a.yaml": config_map("a"), "web/other.yaml": unrelated})
    assert applied(tmp_path) == {tmp_path.name: WEB}
    assert (told(tmp_path), notes(tmp_path)) == ([], [])


def test_a_file_with_one_object_and_one_that_is_none_is_a_fault(tmp_path: Path) -> None:
    _tree(tmp_path, "", {"web/a.yaml": config_map("a") + "---\nnot: one\n"})
    assert told(tmp_path) == ["T01 File web/a.yaml: has no apiVersion, kind or name that is text"]


def test_a_file_that_looks_like_an_object_must_be_one(tmp_path: Path) -> None:
    broken = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n"
    _tree(tmp_path, "", {"web/a.yaml": config_map("a"), "web/b.yaml": broken})
    assert [line.partition(":")[0] for line in told(tmp_path)] == ["T01 File web/b.yaml"]


def test_jsonnet_is_not_checked(tmp_path: Path) -> None:
    files = {"web/a.yaml": config_map("a"), "web/b.jsonnet": "{}", "web/lib.libsonnet": "{}"}
    _tree(tmp_path, "", files)
    assert applied(tmp_path) == {tmp_path.name: WEB}
    assert notes(tmp_path) == ["web/b.jsonnet: is written in Jsonnet"]


def test_what_jsonnet_may_create_is_not_missing(tmp_path: Path) -> None:
    pod = "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n"
    pod += "    image: example.com/c:1\n    envFrom: [{configMapRef: {name: made}}]\n"
    _tree(tmp_path, "", {"web/a.yaml": pod, "web/b.jsonnet": "{}"})
    assert told(tmp_path) == []
    (tmp_path / "web/b.jsonnet").unlink()
    assert [line.split()[0] for line in told(tmp_path)] == ["R06"]


def test_a_file_with_the_marker_is_left_out(tmp_path: Path) -> None:
    skipped = "# +argocd:skip-file-rendering\n" + config_map("b")
    _tree(tmp_path, "", {"web/a.yaml": config_map("a"), "web/b.yaml": skipped})
    assert applied(tmp_path) == {tmp_path.name: WEB}
    assert told(tmp_path) == []


def test_links_to_files_are_resolved_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    _tree(tmp_path, "recurse: true", {"shared/a.yaml": config_map("a"), "web/.keep": ""})
    (tmp_path / "web/a.yaml").symlink_to("../shared/a.yaml")
    (tmp_path / "web/deep").symlink_to("../shared")
    (tmp_path / "web/gone.yaml").symlink_to("nowhere.yaml")
    assert applied(tmp_path) == {tmp_path.name: WEB}


def test_links_of_a_kustomization_are_resolved(tmp_path: Path) -> None:
    files = {"base/a.yaml": config_map("a"), "base/kustomization.yaml": "resources: [a.yaml]\n"}
    _tree(tmp_path, "", {**files, "web/kustomization.yaml": "resources: [base]\n"})
    (tmp_path / "web/base").symlink_to("../base")
    assert applied(tmp_path) == {tmp_path.name: WEB}
    assert told(tmp_path) == []


def test_kustomize_does_not_run_for_a_directory_source(tmp_path: Path) -> None:
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    files = {"web/a.yaml": config_map("a"), "web/kustomization.yaml": f"{head}namePrefix: x-\n"}
    _tree(tmp_path, "recurse: true", files)
    assert applied(tmp_path) == {tmp_path.name: WEB}
    why = "is read as an object: Argo CD does not run Kustomize below a directory source"
    assert told(tmp_path) == [f"T01 File web/kustomization.yaml: {why}"]
    written(tmp_path, {"web/kustomization.yaml": "namePrefix: x-\n"})
    assert told(tmp_path) == []


def test_the_filter_of_extensions_can_be_switched_off(tmp_path: Path) -> None:
    files = {"web/a.yaml.sealed": config_map("a"), "web/b.yaml": config_map("b")}
    _tree(tmp_path, "disableExtensionFilter: true, include: '*.sealed'", files)
    assert applied(tmp_path) == {tmp_path.name: WEB}


def test_hooks_may_have_generated_names_and_may_be_skipped(tmp_path: Path) -> None:
    hook = """apiVersion: batch/v1
kind: Job
metadata:
  generateName: migrate-
  annotations: {argocd.argoproj.io/hook: %s}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'example.com/a:1'}]}}}
"""
    files = {"web/a.yaml": hook % "PreSync", "web/b.yaml": hook % "PostSync"}
    _tree(tmp_path, "", {**files, "web/c.yaml": hook % "Skip"})
    assert applied(tmp_path) == {tmp_path.name: ["Job.batch shop/", "Job.batch shop/"]}
    assert told(tmp_path) == []


def _generated(top: Path, annotations: str) -> list[str]:
    job = f"""apiVersion: batch/v1
kind: Job
metadata: {{generateName: migrate-, annotations: {annotations}}}
spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: a, image: 'a.io/a:1'}}]}}}}}}
"""
    _tree(top, "", {"web/a.yaml": job})
    (tree,) = from_folder(top)
    (rule,) = (each for each in rules_of("schema") if each.id == "V05")
    return [f"{each.path}: {each.message}" for each in rule.check(tree)]


def test_a_generated_name_is_right_for_what_is_created(tmp_path: Path) -> None:
    created = (
        "{argocd.argoproj.io/hook: Sync}",
        "{helm.sh/hook: pre-install}",
        "{argocd.argoproj.io/sync-options: 'Prune=false, Replace=true'}",
    )
    for number, given in enumerate(created):
        assert _generated(tmp_path / str(number), given) == []
    assert _generated(tmp_path / "applied", "{a: b}") == ["metadata.name: is not set"]


def test_a_folder_beside_the_part_that_is_read_may_exist(tmp_path: Path) -> None:
    top = written(
        tmp_path / "repository",
        {
            "dist/argocd/root.yaml": application("root", "path: dist/argocd"),
            "dist/argocd/own.yaml": application("own", "path: charts/own"),
            "dist/argocd/gone.yaml": application("gone", "path: dist/gone"),
        },
    )
    said = "Application.argoproj.io argocd/own: its folder charts/own is not here"
    assert notes(top / "dist") == [said]
    (gone,) = told(top / "dist")
    assert "folder dist/gone does not exist" in gone
    assert len(told(top)) == 2
