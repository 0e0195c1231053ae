from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from tests.gitops.argo import (
    URL,
    application_set,
    applications,
    applied,
    config_map,
    notes,
    told,
    written,
)

SET = "ApplicationSet.argoproj.io argocd/all"
GO = "goTemplate: true"
STRICT = f"{GO}\n  goTemplateOptions: ['missingkey=error']"
OTHER = "https://git.example.com/vendor/other"


def _template(name: str, path: str, more: str = "") -> str:
    return f"""
    metadata: {{name: '{name}'}}
    spec:
      project: default
      destination: {{namespace: shop}}
      syncPolicy: {{syncOptions: [CreateNamespace=true]}}
      source: {{repoURL: '{URL}', path: '{path}'{more}}}
"""


def _git(entries: str, more: str = "") -> str:
    return f"[{{git: {{repoURL: '{URL}', revision: HEAD, {entries}{more}}}}}]"


def _list(*elements: str) -> str:
    return f"{{list: {{elements: [{', '.join(f'{{{each}}}' for each in elements)}]}}}}"


def _tree(top: Path, text: str, *folders: str, **files: str) -> Path:
    maps = {f"{each}/a.yaml": config_map(each.replace("/", "-")) for each in folders}
    return written(top, {"argocd/all.yaml": text, **maps, **files})


def _names(top: Path) -> list[str]:
    return [each.removeprefix("ConfigMap shop/") for each in next(iter(applied(top).values()))]


class TestList:
    def test_elements_fill_in_names_paths_and_namespaces(self, tmp_path: Path) -> None:
        shape = _template("shop-{{env}}", "overlays/{{ env }}")
        text = application_set(f"[{_list('env: dev', 'env: prod')}]", shape)
        _tree(tmp_path, text, "overlays/dev", "overlays/prod")
        assert applications(tmp_path) == ["shop-dev", "shop-prod"]
        assert _names(tmp_path) == ["overlays-dev", "overlays-prod"]
        assert (told(tmp_path), notes(tmp_path)) == ([], [])

    def test_values_are_nested_in_a_go_template_and_dotted_without(self, tmp_path: Path) -> None:
        generators = f"[{_list('env: dev, values: {dir: a}')}]"
        _tree(tmp_path, application_set(generators, _template("{{env}}", "{{values.dir}}")), "a")
        assert _names(tmp_path) == ["a"]
        shape = _template("{{.env}}", "{{.values.dir}}")
        _tree(tmp_path, application_set(generators, shape, more=GO), "a")
        assert _names(tmp_path) == ["a"]

    def test_a_number_needs_a_go_template(self, tmp_path: Path) -> None:
        _tree(tmp_path, application_set(f"[{_list('size: 1')}]", _template("x", "a")), "a")
        at = "spec.generators[0].list.elements[0].size"
        why = f"makes no Applications: {at} must be text: quote it, or use goTemplate"
        assert told(tmp_path) == [f"T01 {SET} spec.generators[0]: {why}"]

    def test_an_unknown_name_stays_as_it_is(self, tmp_path: Path) -> None:
        _tree(tmp_path, application_set(f"[{_list('env: dev')}]", _template("{{nope}}", "a")), "a")
        assert applications(tmp_path) == ["{{nope}}"]

    def test_two_applications_of_one_name_are_refused(self, tmp_path: Path) -> None:
        text = application_set(f"[{_list('env: a', 'env: b')}]", _template("same", "{{env}}"))
        _tree(tmp_path, text, "a", "b")
        at = f"{SET} spec.template.metadata.name"
        assert told(tmp_path) == [f"T01 {at}: two Applications are named same"]


class TestGitDirectories:
    def test_folders_are_matched_as_in_go(self, tmp_path: Path) -> None:
        generators = _git("directories: [{path: apps/*}, {path: apps/old, exclude: true}]")
        text = application_set(generators, _template("{{path.basename}}", "{{path}}"))
        folders = ("apps/web", "apps/old", "apps/web/deep", "apps/.hidden", "other/x")
        _tree(tmp_path, text, *folders)
        assert applications(tmp_path) == ["web"]
        assert told(tmp_path) == ["G07 File apps/web/deep: no Kustomization applies its file"]

    def test_parts_of_the_path_are_known(self, tmp_path: Path) -> None:
        generators = _git("directories: [{path: 'tenants/*/*'}]")
        shape = _template("{{path[1]}}-{{path.basenameNormalized}}", "{{path}}")
        _tree(tmp_path, application_set(generators, shape), "tenants/blue/web_App")
        assert applications(tmp_path) == ["blue-web-app"]
        shape = _template(
            "{{index .path.segments 1}}-{{.path.basenameNormalized}}", "{{.path.path}}"
        )
        _tree(tmp_path, application_set(generators, shape, more=GO), "tenants/blue/web_App")
        assert applications(tmp_path) == ["blue-web-app"]

    def test_a_prefix_and_values_add_parameters(self, tmp_path: Path) -> None:
        more = ", pathParamPrefix: my, values: {full: 'x-{{my.path.basename}}'}"
        generators = _git("directories: [{path: apps/*}]", more)
        shape = _template("{{values.full}}", "{{my.path}}")
        _tree(tmp_path, application_set(generators, shape), "apps/web")
        assert applications(tmp_path) == ["x-web"]

    def test_a_listed_folder_that_does_not_exist_is_reported(self, tmp_path: Path) -> None:
        generators = _git("directories: [{path: apps/*}, {path: infra/gone}]")
        text = application_set(generators, _template("{{path.basename}}", "{{path}}"))
        _tree(tmp_path, text, "apps/web")
        at = "spec.generators[0].git.directories[1].path"
        assert told(tmp_path) == [f"G12 {SET} {at}: no folder matches infra/gone"]

    def test_another_repository_is_not_checked(self, tmp_path: Path) -> None:
        generators = _git("directories: [{path: apps/*}]")[:-1]
        other = generators.replace(URL, OTHER).removeprefix("[")
        shape = _template("{{path.basename}}", "{{path}}")
        _tree(tmp_path, application_set(f"{generators}, {other}]", shape), "apps/web")
        assert applications(tmp_path) == ["web"]
        why = "it reads git.example.com/vendor/other, which is another repository"
        assert notes(tmp_path) == [f"{SET}: {why}"]


class TestGitFiles:
    FILES = "files: [{path: 'apps/*/config.json'}]"
    CONTENT = '{"app": {"name": "shop", "port": 8080, "id": 1000000, "tags": ["a", "b"]}}'

    def test_keys_are_dotted_without_a_go_template(self, tmp_path: Path) -> None:
        shape = _template("{{app.name}}-{{app.port}}-{{app.tags.1}}", "{{path}}/manifests")
        files = {"apps/web/config.json": self.CONTENT}
        _tree(tmp_path, application_set(_git(self.FILES), shape), "apps/web/manifests", **files)
        assert applications(tmp_path) == ["shop-8080-b"]
        assert _names(tmp_path) == ["apps-web-manifests"]
        assert (told(tmp_path), notes(tmp_path)) == ([], [])

    def test_keys_are_nested_in_a_go_template(self, tmp_path: Path) -> None:
        name = "{{.app.name}}-{{.path.filename}}-{{.path.filenameNormalized}}-{{.app.id}}"
        shape = _template(name, "{{.path.path}}/manifests")
        files = {"apps/web/config.json": self.CONTENT}
        text = application_set(_git(self.FILES), shape, more=STRICT)
        _tree(tmp_path, text, "apps/web/manifests", **files)
        assert applications(tmp_path) == ["shop-config.json-config.json-1e+06"]

    def test_a_file_may_be_yaml_with_a_list(self, tmp_path: Path) -> None:
        generators = _git("files: [{path: envs.yaml}]")
        files = {"envs.yaml": "- {name: dev, path: a}\n- {name: prod, path: b}\n"}
        shape = _template("{{name}}", "{{name}}")
        _tree(tmp_path, application_set(generators, shape), "dev", "prod", **files)
        assert applications(tmp_path) == ["dev", "prod"]

    def test_an_asterisk_also_matches_folders_below_as_in_git(self, tmp_path: Path) -> None:
        out = "{path: '*/old/*', exclude: true}"
        generators = _git(f"files: [{{path: 'apps/*/config.json'}}, {out}]")
        names = ("web", "a/b", "old/c")
        files = {f"apps/{each}/config.json": "{}" for each in names}
        shape = _template("{{path.basename}}", "{{path}}")
        _tree(tmp_path, application_set(generators, shape), *(f"apps/{n}" for n in names), **files)
        assert applications(tmp_path) == ["b", "web"]

    def test_a_file_that_is_not_data_is_reported(self, tmp_path: Path) -> None:
        shape = _template("{{path.basename}}", "{{path}}")
        files = {"apps/web/config.json": "{"}
        _tree(tmp_path, application_set(_git(self.FILES), shape), "apps/web", **files)
        (found,) = told(tmp_path)
        assert "makes no Applications: apps/web/config.json:2: not YAML" in found

    def test_a_pattern_without_a_file_is_reported(self, tmp_path: Path) -> None:
        shape = _template("{{path.basename}}", "apps")
        _tree(tmp_path, application_set(_git("files: [{path: 'x/*.json'}]"), shape), "apps")
        at = "spec.generators[0].git.files[0].path"
        assert told(tmp_path) == [f"G12 {SET} {at}: no file matches x/*.json"]


class TestMatrix:
    def test_each_combination_is_an_application(self, tmp_path: Path) -> None:
        inner = f"{_git('directories: [{path: apps/*}]')[1:-1]}, {_list('env: dev', 'env: prod')}"
        shape = _template("{{path.basename}}-{{env}}", "{{path}}")
        text = application_set(f"[{{matrix: {{generators: [{inner}]}}}}]", shape)
        _tree(tmp_path, text, "apps/db", "apps/web")
        assert applications(tmp_path) == ["db-dev", "db-prod", "web-dev", "web-prod"]

    def test_the_second_generator_may_use_parameters_of_the_first(self, tmp_path: Path) -> None:
        inner = f"{_list('env: dev')}, {_git('directories: [{path: envs/{{env}}/*}]')[1:-1]}"
        inner = inner.replace("path: envs", "path: 'envs").replace("/*}", "/*'}")
        shape = _template("{{path.basename}}", "{{path}}")
        text = application_set(f"[{{matrix: {{generators: [{inner}]}}}}]", shape)
        _tree(tmp_path, text, "envs/dev/web", "envs/prod/db")
        assert applications(tmp_path) == ["web"]

    def test_files_may_list_elements(self, tmp_path: Path) -> None:
        inner = _git("files: [{path: apps.yaml}]")[1:-1]
        inner += ", {list: {elementsYaml: '{{ .apps | toJson }}'}}"
        text = application_set(
            f"[{{matrix: {{generators: [{inner}]}}}}]", _template("{{.app}}", "{{.app}}"), more=GO
        )
        _tree(tmp_path, text, "web", **{"apps.yaml": "apps: [{app: web}]\n"})
        assert applications(tmp_path) == ["web"]

    def test_a_conflict_is_an_error(self, tmp_path: Path) -> None:
        inner = f"{_list('env: dev')}, {_list('env: prod')}"
        text = application_set(f"[{{matrix: {{generators: [{inner}]}}}}]", _template("a", "a"))
        _tree(tmp_path, text, "a")
        (found,) = told(tmp_path)
        assert found.endswith("both generators of spec.generators[0].matrix give env, and differ")

    def test_there_must_be_two_generators(self, tmp_path: Path) -> None:
        text = application_set("[{matrix: {generators: []}}]", _template("a", "a"))
        _tree(tmp_path, text, "a")
        (found,) = told(tmp_path)
        assert found.endswith("spec.generators[0].matrix must have two generators, not 0")


class TestMerge:
    BASE = _list("env: dev, dir: a", "env: prod, dir: a")

    def test_later_generators_override_by_key(self, tmp_path: Path) -> None:
        inner = f"{self.BASE}, {_list('env: prod, dir: b', 'env: other, dir: c')}"
        text = application_set(
            f"[{{merge: {{mergeKeys: [env], generators: [{inner}]}}}}]",
            _template("{{env}}", "{{dir}}"),
        )
        _tree(tmp_path, text, "a", "b", "c")
        assert applications(tmp_path) == ["dev", "prod"]
        assert _names(tmp_path) == ["a", "b"]

    def test_keys_must_be_unique(self, tmp_path: Path) -> None:
        inner = f"{self.BASE}, {_list('env: dev', 'env: dev')}"
        text = application_set(
            f"[{{merge: {{mergeKeys: [env], generators: [{inner}]}}}}]",
            _template("{{env}}", "{{dir}}"),
        )
        _tree(tmp_path, text, "a")
        (found,) = told(tmp_path)
        assert found.endswith("mergeKeys are not unique: env dev")


class TestNotKnown:
    @pytest.mark.parametrize(
        "generator",
        ["clusters: {}", "scmProvider: {}", "pullRequest: {}", "plugin: {}", "other: {}"],
    )
    def test_what_only_the_cluster_knows_is_not_checked_once(
        self, tmp_path: Path, generator: str
    ) -> None:
        text = application_set(f"[{{{generator}}}]", _template("{{name}}", "apps/{{name}}"))
        _tree(tmp_path, text, "apps/web", "argocd/more")
        kind = generator.partition(":")[0]
        why = f"the generator {kind} is known only in the cluster"
        assert (told(tmp_path), notes(tmp_path)) == ([], [f"{SET}: {why}"])

    def test_it_hides_the_files_that_it_may_apply_and_no_others(self, tmp_path: Path) -> None:
        inner = "{clusters: {values: {root: apps, env: dev}}}, "
        inner += _list("name: eu, values.env: prod")
        text = application_set(
            f"[{{merge: {{mergeKeys: [name], generators: [{inner}]}}}}]",
            _template("{{name}}", "{{values.root}}/{{values.env}}").replace(
                "namespace: shop", "namespace: shop, server: '{{server}}'"
            ),
        )
        files = {
            "apps/dev/kustomization.yaml": "resources: [../base]\n",
            "apps/base/kustomization.yaml": "resources: [a.yaml]\n",
        }
        folders = ("apps/dev", "apps/prod", "apps/base", "apps/gone")
        _tree(tmp_path, text, *folders, **files)
        written(tmp_path, {"argocd/more.yaml": _own("own"), "apps/own/a.yaml": config_map("own")})
        orphans = [line.partition(":")[0] for line in told(tmp_path)]
        assert orphans == []

    def test_it_makes_no_reference_false(self, tmp_path: Path) -> None:
        shape = _template("{{name}}", "x").replace("namespace: shop", "namespace: '{{name}}'")
        pod = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: far}\nspec:\n  containers:\n"
        )
        pod += "  - {name: c, image: 'example.com/c:1', envFrom: [{configMapRef: {name: made}}]}\n"
        text = application_set("[{clusters: {}}]", shape)
        _tree(tmp_path, text, **{"argocd/pod.yaml": pod})
        assert told(tmp_path) == []

    def test_a_function_that_is_not_known_here_hides_one_application(self, tmp_path: Path) -> None:
        name = '{{ if eq .env "dev" }}dev{{ else }}{{ .env | snakecase }}{{ end }}'
        elements = _list("env: dev", "env: prod", "env: test")
        text = application_set(f"[{elements}]", _template(name, "{{.env}}"), more=GO)
        _tree(
            tmp_path,
            text.replace("'{{ if", '"{{ if')
            .replace("end }}'", 'end }}"')
            .replace('eq .env "dev"', "eq .env `dev`"),
            "dev",
            "prod",
            "test",
        )
        assert applications(tmp_path) == ["dev"]
        why = "the function snakecase is not evaluated here"
        assert (told(tmp_path), notes(tmp_path)) == ([], [f"{SET}: {why}"])


class TestGoTemplate:
    def test_an_undefined_key_is_an_error_if_it_must_be(self, tmp_path: Path) -> None:
        shape = _template("a{{.nope}}", "a")
        _tree(tmp_path, application_set(f"[{_list('env: a')}]", shape, more=STRICT), "a")
        why = 'an Application cannot be made: the parameters have no key "nope"'
        assert told(tmp_path) == [f"T01 {SET} spec.template: {why}"]
        _tree(tmp_path, application_set(f"[{_list('env: a')}]", shape, more=GO), "a")
        assert applications(tmp_path) == ["a<no value>"]

    def test_a_name_without_a_dot_is_an_error(self, tmp_path: Path) -> None:
        shape = _template("{{env}}", "a")
        _tree(tmp_path, application_set(f"[{_list('env: a')}]", shape, more=GO), "a")
        why = 'an Application cannot be made: function "env" not defined'
        assert told(tmp_path) == [f"T01 {SET} spec.template: {why}"]

    def test_functions_are_evaluated(self, tmp_path: Path) -> None:
        name = "{{ .env | lower | replace `_` `-` | trimPrefix `x-` }}-{{ default `d` .none }}"
        shape = _template(name, "{{ printf `%s/%s` .env .sub }}")
        text = application_set(f"[{_list('env: X_Dev, sub: web')}]", shape, more=GO)
        _tree(tmp_path, text, "X_Dev/web")
        assert applications(tmp_path) == ["dev-d"]
        assert _names(tmp_path) == ["X_Dev-web"]

    def test_a_patch_of_the_template_may_have_conditions(self, tmp_path: Path) -> None:
        patch = """templatePatch: |
    spec:
      project: other
      {{- if .recurse }}
      source:
        directory: {recurse: true}
      {{- end }}
"""
        elements = _list("env: a, recurse: true", "env: b, recurse: false")
        shape = _template("{{.env}}", "{{.env}}")
        text = application_set(f"[{elements}]", shape, more=f"{GO}\n  {patch}")
        _tree(tmp_path, text, "a", "a/deep", "b", "b/deep")
        assert _names(tmp_path) == ["a", "a-deep", "b"]
        (tree,) = from_folder(tmp_path)
        projects = {each.subject.spec["project"] for each in tree.units.values()}
        assert projects == {"default"}

    def test_a_generator_overrides_the_template(self, tmp_path: Path) -> None:
        generator = "{list: {elements: [{env: a}], template: {spec: {source: {path: 'b'}}}}}"
        text = application_set(f"[{generator}]", _template("{{env}}", "{{env}}"))
        _tree(tmp_path, text, "a", "b")
        assert _names(tmp_path) == ["b"]

    def test_a_selector_chooses_parameters(self, tmp_path: Path) -> None:
        generator = _list("env: a", "env: b")[:-1] + ", selector: {matchLabels: {env: b}}}"
        text = application_set(f"[{generator}]", _template("{{env}}", "{{env}}"))
        _tree(tmp_path, text, "a", "b")
        assert applications(tmp_path) == ["b"]


def test_applications_are_on_the_clusters_that_parameters_name(tmp_path: Path) -> None:
    shape = _template("{{env}}", "web").replace(
        "namespace: shop", "namespace: shop, name: '{{env}}'"
    )
    _tree(tmp_path, application_set(f"[{_list('env: eu', 'env: us')}]", shape), "web")
    one = ["ConfigMap shop/web"]
    assert applied(tmp_path) == {tmp_path.name: [], "eu": one, "us": one}
    assert told(tmp_path) == []


def test_a_set_of_sets_is_followed(tmp_path: Path) -> None:
    outer = application_set(f"[{_list('env: sets')}]", _template("{{env}}", "{{env}}"))
    inner = application_set(f"[{_list('env: web')}]", _template("{{env}}", "{{env}}"))
    inner = inner.replace("name: all", "name: inner")
    written(tmp_path, {"argocd/a.yaml": outer, "sets/a.yaml": inner, "web/a.yaml": config_map("a")})
    assert applications(tmp_path, "argocd") == ["sets", "web"]


def _own(name: str) -> str:
    return f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec: {{destination: {{namespace: shop}}, source: {{repoURL: '{URL}', path: apps/{name}}}}}
"""
