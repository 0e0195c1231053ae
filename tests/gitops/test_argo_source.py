from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitops.argo import (
    URL,
    application,
    applied,
    config_map,
    notes,
    told,
    with_sources,
    written,
)

OTHER = "https://git.example.com/vendor/charts"
WEB = "Application.argoproj.io argocd/web"


def _names(top: Path) -> list[str]:
    return [each for several in applied(top).values() for each in several]


def test_every_source_with_a_path_is_applied(tmp_path: Path) -> None:
    sources = [f"repoURL: '{URL}', path: {path}" for path in ("base", "extra")]
    files = {
        "argocd/web.yaml": with_sources("web", *sources, f"repoURL: '{URL}', ref: values"),
        "base/a.yaml": config_map("a"),
        "extra/b.yaml": config_map("b"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/a", "ConfigMap shop/b"]
    assert (told(tmp_path), notes(tmp_path)) == ([], [])


def test_a_chart_among_the_sources_is_not_checked_and_the_others_are(tmp_path: Path) -> None:
    sources = [
        f"repoURL: '{OTHER}', chart: redis, targetRevision: 1.0.0",
        f"repoURL: '{URL}', ref: values, path: extra",
    ]
    files = {"argocd/web.yaml": with_sources("web", *sources), "extra/b.yaml": config_map("b")}
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/b"]
    assert notes(tmp_path) == [f"{WEB}: the chart redis is not rendered"]


def test_sources_count_instead_of_source(tmp_path: Path) -> None:
    text = with_sources("web", f"repoURL: '{URL}', path: base")
    text += f"  source: {{repoURL: '{URL}', path: other}}\n"
    files = {"argocd/web.yaml": text, "base/a.yaml": config_map("a")}
    written(tmp_path, {**files, "other/b.yaml": config_map("b")})
    assert _names(tmp_path) == ["ConfigMap shop/a"]


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/acme/platform",
        "https://git.example.com/Acme/Platform.git/",
        "https://token@git.example.com/acme/platform.git",
        "git@git.example.com:acme/platform.git",
        "ssh://git@git.example.com/acme/platform.git",
        "ssh://git@git.example.com:2222/acme/platform",
        "git://git.example.com/acme/platform.git",
    ],
)
def test_all_spellings_of_a_url_are_one_repository(tmp_path: Path, url: str) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: children"),
        "children/web.yaml": application("web", "path: web", url=url),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/a"]
    assert notes(tmp_path) == []


def test_a_folder_of_the_same_name_in_another_repository_is_not_applied(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: children"),
        "children/web.yaml": application("web", "path: web", url=OTHER),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == []
    assert notes(tmp_path) == [f"{WEB}: git.example.com/vendor/charts is another repository"]


@pytest.mark.parametrize("url", ["{{repo}}", "$REPOSITORY", "<GIT_URL>", ""])
def test_a_folder_of_an_unknown_repository_is_applied_if_it_is_here(
    tmp_path: Path, url: str
) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: children"),
        "children/web.yaml": application("web", "path: web", url=url),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/a"]


def test_the_repository_is_the_one_that_git_cloned(tmp_path: Path) -> None:
    files = {
        "argocd/a.yaml": application("vendor", "path: base", url=OTHER),
        "argocd/web.yaml": application("web", "path: web"),
        "base/a.yaml": config_map("a"),
        "web/b.yaml": config_map("b"),
        ".git/config": f'[remote "origin"]\n\turl = {URL}\n',
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/b"]
    (tmp_path / ".git/config").write_text(f'[remote "origin"]\n\turl = {OTHER}\n')
    assert _names(tmp_path) == ["ConfigMap shop/a"]


def test_a_folder_with_a_chart_is_not_checked(tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", "path: web"),
        "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
        "web/templates/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == []
    assert (told(tmp_path), notes(tmp_path)) == ([], [f"{WEB}: the chart in web is not rendered"])


def test_a_plugin_is_not_checked_and_its_folder_is_no_orphan(tmp_path: Path) -> None:
    plugin = "path: web, plugin: {name: sops}"
    files = {
        "argocd/root.yaml": application("root", "path: apps/children"),
        "apps/children/web.yaml": application("web", plugin.replace("web", "apps/web")),
        "apps/web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert (told(tmp_path), notes(tmp_path)) == ([], [f"{WEB}: a plugin renders it"])


def test_a_path_that_is_filled_in_elsewhere_is_not_checked(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: apps/children"),
        "apps/children/web.yaml": application("web", "path: 'apps/web/${REGION}'"),
        "apps/web/eu/a.yaml": config_map("a"),
        "apps/other/b.yaml": config_map("b"),
    }
    written(tmp_path, files)
    assert notes(tmp_path) == [f"{WEB}: the path apps/web/${{REGION}} is filled in elsewhere"]
    assert told(tmp_path) == []


def test_a_folder_of_this_repository_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: children"),
        "children/web.yaml": application("web", "path: wbe"),
        "children/old.yaml": application("old", "path: gone").replace("HEAD", "v1"),
    }
    written(tmp_path, files)
    assert told(tmp_path) == [f"T01 {WEB} spec.source.path: folder wbe does not exist"]
    assert notes(tmp_path) == ["Application.argoproj.io argocd/old: its folder gone is not here"]


def test_a_source_needs_a_path_or_a_chart_and_has_one_type(tmp_path: Path) -> None:
    both = "path: web, directory: {recurse: true}, kustomize: {namePrefix: a-}"
    files = {
        "argocd/a.yaml": application("web", both),
        "argocd/b.yaml": application("none", "helm: {}"),
        "argocd/c.yaml": application("flat", "path: web, kustomize: {namePrefix: a-}"),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    app = "T01 Application.argoproj.io argocd/"
    assert told(tmp_path) == [
        f"{app}flat spec.source.kustomize: web has no kustomization.yaml",
        f"{app}none spec.source: has neither a path nor a chart",
        f"{app}web spec.source: has both kustomize and directory: at most one is allowed",
    ]


def test_files_in_the_folder_override_the_parameters_of_its_source(tmp_path: Path) -> None:
    files = {
        "argocd/a.yaml": application("blue", "path: web, kustomize: {namePrefix: old-}"),
        "argocd/b.yaml": application("green", "path: web"),
        "web/kustomization.yaml": "resources: [a.yaml]\n",
        "web/a.yaml": config_map("a"),
        "web/.argocd-source.yaml": "kustomize: {nameSuffix: -x}\n",
        "web/.argocd-source-green.yaml": "kustomize: {namePrefix: green-}\n",
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/green-a-x", "ConfigMap shop/old-a-x"]


def test_an_application_may_apply_its_own_folder(tmp_path: Path) -> None:
    files = {
        "argocd/root.yaml": application("root", "path: argocd"),
        "argocd/web.yaml": application("web", "path: web"),
        "web/a.yaml": config_map("a"),
    }
    written(tmp_path, files)
    assert _names(tmp_path) == ["ConfigMap shop/a"]
