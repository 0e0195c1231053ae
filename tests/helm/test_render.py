"""Releases are rendered as Helm installs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered
from kubestrata.helm.store import chart_at
from tests.helm.chart import CONFIG, HEAD, Charts, archived, config, write_chart

SUB = {
    "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 0.1.0\n",
    "charts/db/values.yaml": "exports: {engine: postgres}\nsize: 1\n",
    "charts/db/crds/db.yaml": "apiVersion: v1\nkind: Crd\nmetadata: {name: of-db}\n",
    "charts/db/templates/db.yaml": CONFIG.replace("shop", "{{ .Chart.Name }}-{{ .Values.size }}"),
}


def dependency(**facts: str) -> str:
    return f"{HEAD}dependencies:\n- {json.dumps({'name': 'db', 'version': '0.1.0', **facts})}\n"


def names(charts: Charts, files: dict[str, str], values: object, head: str) -> list[str]:
    found = charts.rendered(files, values, head)
    return [each.manifest["metadata"]["name"] for each in (*found.crds, *found.objects)]


def test_a_condition_disables_a_sub_chart_and_its_crds(charts: Charts) -> None:
    head = dependency(condition="db.enabled")
    files = {**SUB, "values.yaml": "db: {enabled: false}\n"}
    assert names(charts, files, {}, head) == []
    assert names(charts, files, {"db": {"enabled": True}}, head) == ["of-db", "db-1"]


def test_a_tag_disables_a_sub_chart(charts: Charts) -> None:
    head = f"{HEAD}dependencies:\n- {{name: db, version: 0.1.0, tags: [data]}}\n"
    assert names(charts, SUB, {"tags": {"data": False}}, head) == []
    assert names(charts, SUB, {"tags": {"data": True}}, head) == ["of-db", "db-1"]


def test_a_sub_chart_is_rendered_under_its_alias_with_the_values_of_that(charts: Charts) -> None:
    head = dependency(alias="store")
    assert names(charts, SUB, {"store": {"size": 7}}, head) == ["of-db", "store-7"]


def test_values_are_imported_from_a_sub_chart(charts: Charts) -> None:
    imports = "  import-values: [{child: exports, parent: db-facts}]\n"
    head = f"{HEAD}dependencies:\n- name: db\n  version: 0.1.0\n{imports}"
    files = {**SUB, "templates/a.yaml": config(e='{{ index .Values "db-facts" "engine" }}')}
    found = charts.rendered(files, {}, head).objects[-1]
    assert found.manifest["data"] == {"e": "postgres"}


def test_global_values_reach_a_sub_chart(charts: Charts) -> None:
    files = {**SUB, "charts/db/templates/db.yaml": config(a="{{ .Values.global.zone }}")}
    assert charts.data(files, {"global": {"zone": "eu"}}, dependency()) == {"a": "eu"}


def test_a_packed_sub_chart_is_rendered(charts: Charts, tmp_path: Path) -> None:
    sub = {name.removeprefix("charts/db/"): text for name, text in SUB.items()}
    folder = tmp_path / "packed" / "charts"
    folder.mkdir(parents=True)
    (folder / "db-0.1.0.tgz").write_bytes(archived(sub, "db"))
    (folder.parent / "Chart.yaml").write_text(dependency())

    found = charts.renderer.render_all([Release(chart_at(folder.parent), "web", "prod")])
    assert not isinstance(found[0], NotRendered)
    assert [each.template for each in found[0].objects] == ["shop/charts/db/templates/db.yaml"]


def test_an_archive_is_rendered_like_its_folder(charts: Charts, tmp_path: Path) -> None:

    files = {"templates/a.yaml": config(r="{{ .Release.Name }}-{{ .Release.Namespace }}")}
    path = tmp_path / "shop.tgz"
    path.write_bytes(archived({"Chart.yaml": HEAD, **files}))
    found = charts.renderer.render_all([Release(chart_at(path), "web", "prod")])
    assert found[0] == charts.rendered(files)


def test_hooks_have_events_and_weights_and_notes_are_dropped(charts: Charts) -> None:
    hook = CONFIG.replace(
        "{name: shop}",
        '{name: hook, annotations: {helm.sh/hook: "pre-install, post-upgrade,test-success", '
        'helm.sh/hook-weight: "-5"}}',
    )
    files = {
        "templates/hook.yaml": hook,
        "templates/plain.yaml": f"---\n{CONFIG}---\n# a comment\n",
        "templates/NOTES.txt": "Thank you.",
        "templates/_part.tpl": '{{ define "x" }}a{{ end }}',
        "templates/empty.yaml": "{{ if false }}a{{ end }}\n",
    }
    first, second = charts.rendered(files).objects
    assert (first.template, first.weight) == ("shop/templates/hook.yaml", -5)
    assert first.events == ("pre-install", "post-upgrade", "test")
    assert (second.template, second.is_hook) == ("shop/templates/plain.yaml", False)


def test_an_unknown_hook_is_a_fault_because_helm_drops_the_object(charts: Charts) -> None:
    hook = CONFIG.replace("{name: shop}", "{name: h, annotations: {helm.sh/hook: pre-instal}}")
    found = charts.result({"templates/hook.yaml": hook})
    assert not isinstance(found, NotRendered)
    assert found.objects == ()
    assert [(each.template, each.line) for each in found.faults] == [
        ("shop/templates/hook.yaml", 1)
    ]
    assert "pre-instal: is not an event" in found.faults[0].why


def test_crds_of_the_folder_are_apart_from_those_of_templates(charts: Charts) -> None:
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
    files = {"crds/a.yaml": f"{crd}a}}\n---\n{crd}b}}\n", "templates/c.yaml": f"{crd}c}}\n"}
    found = charts.rendered(files)
    assert [each.template for each in found.crds] == ["shop/crds/a.yaml", "shop/crds/a.yaml"]
    assert [each.manifest["metadata"]["name"] for each in found.objects] == ["c"]


def test_capabilities_are_those_of_the_cluster(charts: Charts) -> None:
    text = config(
        version="{{ .Capabilities.KubeVersion.Version }}",
        minor='"{{ .Capabilities.KubeVersion.Minor }}"',
        group='"{{ .Capabilities.APIVersions.Has "shop.example.com/v1" }}"',
        kind='"{{ .Capabilities.APIVersions.Has "shop.example.com/v1/Cart" }}"',
        other='"{{ .Capabilities.APIVersions.Has "stock.example.com/v1" }}"',
        builtin='"{{ .Capabilities.APIVersions.Has "apps/v1" }}"',
    )
    files = {"templates/a.yaml": text}
    versions = frozenset({"shop.example.com/v1", "shop.example.com/v1/Cart"})
    assert charts.data(files, kubernetes="1.31", api_versions=versions) == {
        "version": "v1.31.0",
        "minor": "31",
        "group": "true",
        "kind": "true",
        "other": "false",
        "builtin": "true",
    }
    found = charts.data(files, kubernetes="v1.33.4")
    assert (found["version"], found["group"]) == ("v1.33.4", "false")


def test_lookup_finds_nothing_and_the_release_is_an_installation(charts: Charts) -> None:
    text = config(
        secret='"{{ empty (lookup "v1" "Secret" "prod" "login") }}"',
        install='"{{ .Release.IsInstall }}{{ .Release.IsUpgrade }}{{ .Release.Revision }}"',
    )
    files = {"templates/a.yaml": text}
    assert charts.data(files) == {"secret": "true", "install": "truefalse1"}
    assert charts.data(files, is_upgrade=True)["install"] == "falsetrue1"


def test_a_chart_that_requires_a_looked_up_secret_is_refused(charts: Charts) -> None:
    text = '{{ (lookup "v1" "Secret" "prod" "login").data.password | b64dec }}'
    found = charts.failure({"templates/a.yaml": config(password=text)})
    assert (found.is_refused, found.template, found.line) == (True, "shop/templates/a.yaml", 5)


def test_tpl_files_and_library_charts_are_available(charts: Charts) -> None:
    files = {
        "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n",
        "charts/lib/templates/_n.tpl": '{{ define "lib.name" }}from-{{ .Chart.Name }}{{ end }}',
        "charts/lib/templates/object.yaml": CONFIG,
        "files/motd.txt": "hello",
        "templates/a.yaml": config(
            tpl="{{ tpl .Values.greeting . }}",
            file='{{ .Files.Get "files/motd.txt" }}',
            lib='{{ include "lib.name" . }}',
        ),
    }
    values = {"greeting": "hi {{ .Release.Name }}"}
    expected = {"tpl": "hi web", "file": "hello", "lib": "from-shop"}
    assert charts.data(files, values) == expected


def test_values_override_defaults_and_null_removes_them(charts: Charts) -> None:
    files = {
        "values.yaml": "a: {b: 1, c: 2}\nlist: [1, 2]\n",
        "templates/a.yaml": config(a="{{ .Values | toJson | quote }}"),
    }
    found = json.loads(charts.data(files, {"a": {"b": 7, "c": None}, "list": [3]})["a"])
    assert found == {"a": {"b": 7}, "list": [3]}


def test_a_library_chart_is_refused(charts: Charts) -> None:
    found = charts.failure({}, {}, f"{HEAD}type: library\n")
    assert found.is_refused
    assert "library chart" in found.why


@pytest.mark.parametrize("version", ["1.34", "1.34.9", "v1.34.1"])
def test_a_chart_for_a_newer_kubernetes_is_refused(charts: Charts, version: str) -> None:
    head = f"{HEAD}kubeVersion: '>=1.35.0-0'\n"
    files = {"templates/a.yaml": CONFIG}
    found = charts.failure(files, {}, head, kubernetes=version)
    assert found.is_refused
    assert "requires Kubernetes >=1.35.0-0, and the cluster has v1.34" in found.why
    charts.rendered(files, {}, head, kubernetes="1.35")


def test_values_that_a_schema_refuses_are_named_without_their_content(charts: Charts) -> None:
    schema = {
        "properties": {
            "replicas": {"type": "integer"},
            "password": {"type": "string", "pattern": "^[a-z]+$"},
        }
    }
    files = {"values.schema.json": json.dumps(schema), "templates/a.yaml": CONFIG}
    found = charts.failure(files, {"replicas": "two", "password": "Hunter22"})
    assert found.is_refused
    assert "at '/replicas': got string, want integer" in found.why
    assert "at '/password'" in found.why
    assert "Hunter22" not in found.why


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: 1\nb: {{ .Values.a.b.c }}\n", 2, "nil pointer"),
        ('a: 1\n\nb: {{ fail "no zone" }}\n', 3, "no zone"),
        ("b: {{ nofunc }}\n", 1, 'function "nofunc" not defined'),
        ('a: 1\nb: {{ required "name the zone" .Values.zone }}\n', 2, "name the zone"),
        ("a: {{ if }}\n", 1, "missing value for if"),
        ('a: {{ include "gone" . }}\n', 1, "gone"),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    charts: Charts, text: str, line: int, why: str
) -> None:
    found = charts.failure({"templates/web/a.yaml": text})
    assert (found.is_refused, found.template) == (True, "shop/templates/web/a.yaml")
    assert found.line == line
    assert why in found.why
    assert len(found.why) < 1000


def test_endless_recursion_is_refused_with_a_short_reason(charts: Charts) -> None:
    text = '{{ define "q" }}{{ include "q" . }}{{ end }}{{ include "q" . }}'
    found = charts.failure({"templates/a.yaml": text})
    assert found.is_refused
    assert "nested reference name" in found.why
    assert len(found.why) < 1000


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (f"{CONFIG}---\na: 1\n  b: 2\n", 6, "not readable as YAML"),
        (f"{CONFIG}---\n\nkind: A\nmetadata: {{}}\n", 6, "has no apiVersion"),
        (f"{CONFIG}---\napiVersion: v1\nmetadata: {{}}\n", 5, "has no kind"),
        (f"{CONFIG}---\napiVersion: v1\nkind: A\n", 5, "has no metadata"),
        (f"{CONFIG}---\n- 1\n", 5, "not readable as YAML"),
    ],
)
def test_output_that_is_no_object_is_a_fault_beside_the_others(
    charts: Charts, text: str, line: int, why: str
) -> None:
    found = charts.result({"templates/a.yaml": text})
    assert not isinstance(found, NotRendered)
    assert len(found.objects) == 1
    (fault,) = found.faults
    assert (fault.template, fault.line) == ("shop/templates/a.yaml", line)
    assert why in fault.why


def test_a_text_at_the_end_of_a_document_loses_its_line_end_as_in_helm(charts: Charts) -> None:
    found = charts.rendered({"templates/a.yaml": f"\n\n{CONFIG}data:\n  a: |\n    b\n\n"})
    assert found.objects[0].manifest["data"] == {"a": "b"}


def test_the_items_of_a_list_are_objects(charts: Charts) -> None:
    item = "- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n"
    text = f"apiVersion: v1\nkind: List\nitems:\n{item}{item.replace('a}', 'b}')}"
    found = charts.rendered({"templates/a.yaml": text})
    assert [each.manifest["metadata"]["name"] for each in found.objects] == ["a", "b"]


def test_numbers_and_words_are_read_as_helm_reads_them(charts: Charts) -> None:
    text = config(a="on", b="0o17", c="1e3", d="2001-01-01", e='"on"')
    expected = {"a": True, "b": 15, "c": 1000, "d": "2001-01-01", "e": "on"}
    assert charts.data({"templates/a.yaml": text}) == expected


def test_a_release_name_that_helm_refuses_is_refused(charts: Charts, tmp_path: Path) -> None:

    chart = chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": CONFIG}))
    (found,) = charts.renderer.render_all([Release(chart, "x" * 54, "prod")])
    assert isinstance(found, NotRendered)
    assert "release name" in found.why


def test_a_missing_sub_chart_comes_from_the_charts_at_hand(charts: Charts, tmp_path: Path) -> None:
    head = dependency(repository="https://charts.example.com", condition="db.enabled")
    files = {"values.yaml": "db: {enabled: true}\n", "templates/a.yaml": CONFIG}
    missing = charts.failure(files, {}, head)
    assert missing.is_refused is False
    assert "the sub-chart db 0.1.0 of shop is not in the store" in missing.why
    assert len(charts.rendered(files, {"db": {"enabled": False}}, head).objects) == 1
    sub = {name.removeprefix("charts/db/"): text for name, text in SUB.items()}
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "db.tgz").write_bytes(archived(sub, "db"))
    other = Charts(tmp_path, shared=True)
    with other.renderer:
        found = other.rendered(files, {}, head)
    assert [each.manifest["metadata"]["name"] for each in found.objects] == ["db-1", "shop"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{CONFIG}data:\n  a: '1'\n  a: '2'\n", 6),
        (f"# first\n---\n{CONFIG}data:\n  a: x\n  'a': y\n", 8),
        (f"{CONFIG}data:\n  b: |\n    a: 1\n    a: 2\n  b: c\n", 8),
        (f"{CONFIG}list:\n- - a: 1\n    a: 2\n", 6),
    ],
)
def test_a_key_that_is_set_twice_is_a_fault_because_flux_refuses_it(
    charts: Charts, text: str, line: int
) -> None:
    found = charts.result({"templates/a.yaml": text})
    assert not isinstance(found, NotRendered)
    assert [(each.line, each.template) for each in found.faults] == [
        (line, "shop/templates/a.yaml")
    ]
    assert found.faults[0].why.endswith("is set twice, which the post-renderer of Flux refuses")


@pytest.mark.parametrize(
    "text",
    [
        f"{CONFIG}data:\n  b: |\n    a: 1\n    a: 2\n",
        f"{CONFIG}list:\n- a: 1\n- a: 2\n-\n  a: 1\n-\n  a: 2\n",
        f"{CONFIG}a:\n  b: {{c: 1}}\nc:\n  b: {{c: 2}}\n",
        f"{CONFIG.rstrip()[:-1]}, annotations: {{helm.sh/hook: pre-install}}}}\na: 1\na: 2\n",
    ],
)
def test_keys_of_texts_of_other_objects_and_of_hooks_are_not_repeated(
    charts: Charts, text: str
) -> None:
    charts.rendered({"templates/a.yaml": text})


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://schemas.example.org/shop.json"},
        {"properties": {"zone": {"$ref": "file:///etc/hostname"}}},
        {"properties": {"zone": {"$ref": "other.json#/$defs/zone"}}},
        {"$id": "https://schemas.example.org/shop.json", "allOf": [{"$ref": "zone.json"}]},
        {"$schema": "https://schemas.example.org/dialect.json", "type": "object"},
    ],
)
def test_a_schema_reads_no_other_document(charts: Charts, schema: object) -> None:
    files = {"values.schema.json": json.dumps(schema), "templates/a.yaml": CONFIG}
    charts.rendered(files, {"zone": "eu"})


def test_references_within_a_schema_are_followed_beside_those_that_lead_out(
    charts: Charts,
) -> None:
    schema = {
        "$id": "https://schemas.example.org/shop.json",
        "$defs": {"port": {"type": "integer"}},
        "properties": {
            "zone": {"$ref": "zone.json"},
            "port": {"$ref": "https://schemas.example.org/shop.json#/$defs/port"},
            "admin": {"$ref": "shop.json#/$defs/port"},
            "debug": {"$ref": "#/$defs/port"},
        },
    }
    files = {"values.schema.json": json.dumps(schema), "templates/a.yaml": CONFIG}
    for key in ("port", "admin", "debug"):
        assert f"at '/{key}'" in charts.failure(files, {"zone": 1, key: "a"}).why


@pytest.mark.parametrize("depth", [101, 500, 5_000])
def test_output_that_is_nested_too_deeply_is_not_read(charts: Charts, depth: int) -> None:
    text = f'{CONFIG}a: {{{{ repeat {depth} "[" }}}}{{{{ repeat {depth} "]" }}}}\n'
    found = charts.failure({"templates/a.yaml": text})
    assert not found.is_refused
    assert found.why == "its output: is not read: nested more than 100 levels deep"
