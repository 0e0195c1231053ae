"""A problem of a source is reported with its line; everything else is imported."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from kubestrata.bindings.emit.guard import require_declarations
from kubestrata.bindings.kind.definition import OBJECT_META, Definitions
from kubestrata.bindings.source.document import (
    ReadingBudget,
    SourceDocument,
    SourceProblem,
    read_documents,
)
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import MIRROR, Project, crd, needs_mirror, version

MALFORMED: dict[str, tuple[Any, str]] = {
    "required": ({"required": "a"}, "required of .spec.a is not a list of names"),
    "names": ({"required": ["a", 1]}, "required of .spec.a is not a list of names"),
    "properties": ({"properties": ["b"]}, "properties of .spec.a is not a mapping"),
    "property": ({"properties": {"b": True}}, ".spec.a.b is not a schema"),
    "items": ({"type": "array", "items": [{}]}, ".spec.a[] is not a schema"),
    "values": ({"additionalProperties": "x"}, ".spec.a.* is not a schema"),
    "type": ({"type": ["string"]}, "type of .spec.a is not the name of a type"),
    "enum": ({"enum": "x"}, "enum of .spec.a is not a list"),
    "below": ({"items": {"properties": {"b": {"required": 1}}}}, "required of .spec.a[].b"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_schema_is_a_problem_of_its_kind(project: Project, case: str) -> None:
    part, expected = MALFORMED[case]
    project.write("a.yaml", crd(version({"a": part}), kind="Bad"), crd(kind="Good"))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    (problem,) = report.problems
    assert problem.startswith("a.yaml:1: not a usable CustomResourceDefinition: schema of v1: ")
    assert expected in problem


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "\x00", "a" * 600])
def test_import_reports_a_field_without_a_keyword_and_keeps_its_kind(
    project: Project, name: str
) -> None:
    made = version({"inner": {"type": "object", "properties": {name: {}, "b": {}}}, name: {}})
    made["schema"]["openAPIV3Schema"]["properties"][name] = {"type": "string"}
    project.write("a.yaml", "---", crd(made), package="made")
    report = project.generate()
    assert report.kinds == ("made.v1.Widget",)
    told = [problem.partition(" gets no keyword")[0] for problem in report.problems]
    assert [each.rpartition(" of ")[2] for each in told] == ["the kind", "spec", "spec.inner"]
    assert all(problem.startswith("a.yaml:") for problem in report.problems)
    assert all(problem.isprintable() for problem in report.problems)
    assert project.load("made").WidgetSpecInner(b=1).b == 1


def test_import_reports_a_few_of_many_fields_without_a_keyword(project: Project) -> None:
    project.write("a.yaml", crd(version({f'"{number}': {} for number in range(100)})))
    problems = project.generate().problems
    assert len(problems) == 6
    assert problems[-1].endswith("95 more fields get no keyword: their names cannot be written")


def test_fields_of_status_need_no_keyword(project: Project) -> None:
    made = version()
    status = {"type": "object", "properties": {'a"b': {"type": "string"}}}
    made["schema"]["openAPIV3Schema"]["properties"]["status"] = status
    project.write("a.yaml", crd(made))
    assert project.generate().problems == ()


def test_import_reports_the_line_of_a_bad_item_of_a_list(project: Project) -> None:
    text = """\
# two documents
kind: Namespace
---
apiVersion: v1
kind: List
items:
  - {}
  - kind: CustomResourceDefinition
    spec: {}
  - kind: List
    items:
      - kind: CustomResourceDefinition
"""
    project.write("a.yaml", text, crd())
    assert [problem.partition(": ")[0] for problem in project.generate().problems] == [
        "a.yaml:8",
        "a.yaml:12",
    ]


def test_import_reports_the_line_of_an_item_of_a_json_list(project: Project) -> None:
    bad = crd(kind="Bad", scope="Everywhere")
    text = json.dumps({"kind": "List", "items": [crd(), bad]}, indent="\t")
    project.write("a.json", text)
    (problem,) = project.generate().problems
    line = 1 + text[: text.index('"Bad"')].count("\n")
    assert abs(int(problem.split(":")[1]) - line) < 15


def test_a_refused_module_takes_only_its_kind(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refuse(path: str, source: str) -> None:
        if path == "made/v2/bad":
            raise ImportSourceError(path, "generated module is refused", "line 1 does more")
        require_declarations(path, source)

    monkeypatch.setattr("kubestrata.bindings.tree.tree.require_declarations", refuse)
    bad = crd(version(), version(name="v2", storage=False), kind="Bad")
    project.write("a.yaml", crd(kind="Good"), "---", bad, package="made")
    report = project.generate()
    assert report.kinds == ("made.v1.Good",)
    why = "Bad.example.org is left out: generated module is refused: line 1 does more"
    assert report.problems == (f"a.yaml:5: {why}",)
    assert not any("bad" in path for path in report.files)
    assert project.load("made").__all__ == ["Good", "v1"]


def test_the_documents_of_a_source_share_a_limit() -> None:
    text = "\n---\n".join([json.dumps([0] * 60)] * 5)
    found = list(read_documents(text, ReadingBudget(left=150)))
    assert [type(each) for each in found] == [SourceDocument, SourceDocument, SourceProblem]
    assert isinstance(found[-1], SourceProblem)
    assert found[-1].line == 5
    assert "values in one source" in found[-1].reason


def definitions(**more: Any) -> str:
    meta = {"type": "object", "properties": {"name": {"type": "string"}}}
    return json.dumps({"definitions": {OBJECT_META: meta, **more}})


KIND = {"x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}]}
BROKEN: dict[str, tuple[Any, str]] = {
    "no mapping": ([], "definition io.a: is not a mapping"),
    "properties": ({"properties": []}, "properties of the whole is not a mapping"),
    "property": ({"properties": {"a": 1}}, ".a is not a schema"),
    "required": ({"required": "a"}, "required of the whole is not a list of names"),
    "reference": ({"properties": {"a": {"$ref": "#/definitions/b"}}}, "which is not a definition"),
    "elsewhere": ({"properties": {"a": {"$ref": "/etc/passwd"}}}, "which is not a definition"),
    "no text": ({"properties": {"a": {"$ref": 1}}}, "which is not a definition"),
    "items": ({"properties": {"a": {"type": "array", "items": []}}}, ".a[] is not a schema"),
    "name": ({"properties": {'a"': {}}}, "a name that cannot be written"),
    "identity": ({"x-kubernetes-group-version-kind": {}}, "is not a list of group"),
    "kind": (
        {"x-kubernetes-group-version-kind": [{**KIND, "kind": "A(B): pass"}]},
        "is not a list of group",
    ),
    "metadata": ({**KIND, "properties": {"metadata": None}}, ".metadata is not a schema"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_malformed_definition_of_kubernetes_is_named(case: str) -> None:
    schema, expected = BROKEN[case]
    with pytest.raises(ImportSourceError) as caught:
        Definitions("k8s@1.35.0", definitions(**{"io.a": schema}))
    assert caught.value.where == "k8s@1.35.0"
    assert expected in str(caught.value)


def test_definitions_that_are_nested_too_deeply_are_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(200):
        schema = {"type": "array", "items": schema}
    with pytest.raises(ImportSourceError, match="nested deeper than 100 levels"):
        Definitions("k8s@1.35.0", definitions(a=schema))


@needs_mirror
def test_two_versions_of_kubernetes_are_imported_side_by_side(project: Project) -> None:
    project.add("k8s@1.35.0", "k8sold:=k8s@1.28.0")
    assert project.generate(MIRROR).problems == ()
    new, old = project.load("k8s"), project.load("k8sold")
    assert new.Pod is not old.Pod
    assert old.PodSpec(containers=[old.Container(name="a")]).containers[0].name == "a"
    assert "from kubeapis.k8sold.meta_v1 import ObjectMeta" in project.source("k8sold/core_v1.py")
    assert "from kubeapis.k8s.meta_v1 import ObjectMeta" in project.source("k8s/core_v1.py")
    assert hasattr(new, "ResourceSlice")
    assert not hasattr(old, "ResourceSlice")


@needs_mirror
@pytest.mark.parametrize("name", ["1.28.0", "1.36.0"])
def test_real_definitions_are_well_formed(name: str) -> None:
    path = MIRROR / "k8s" / f"cdk8s-definitions-v{name}.json.gz"
    assert Definitions(f"k8s@{name}", gzip.decompress(path.read_bytes()).decode()).kinds
