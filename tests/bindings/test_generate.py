"""Generating: what arrives, what is reported, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubestrata.bindings import check, check_untouched, generate, read_index
from kubestrata.core.errors import ConfigError, ImportSourceError
from tests.bindings.project import Project, crd, version
from tests.bindings.stub import broken_promises

SENTENCE = "A sentence that only upstream may say."


def test_every_version_lives_beside_the_others(project: Project) -> None:
    definition = crd(
        version(name="v1alpha1", storage=False),
        version({"count": {"type": "integer"}}, name="v1"),
        version(name="v1beta1", storage=False, served=False),
    )
    made = project.make(definition)
    assert made.Widget is made.v1.Widget
    assert made.WidgetSpec(count=1) is not None
    assert made.v1alpha1.Widget.api_version == "example.org/v1alpha1"
    assert made.v1alpha1.WidgetSpec is not made.WidgetSpec
    assert made.__all__ == ["Widget", "v1", "v1alpha1", "v1beta1"]
    assert "versions: v1alpha1, v1beta1, v1" in made.Widget.__doc__
    assert "not served" in made.v1beta1.Widget.__doc__


def test_the_highest_served_version_is_the_default_without_storage(project: Project) -> None:
    versions = [version(name=name, storage=False) for name in ("v1beta1", "v10", "v2", "v11alpha1")]
    assert project.make(crd(*versions)).Widget.api_version == "example.org/v10"


def test_versions_in_several_files_are_one_kind(project: Project) -> None:
    project.write("a.yaml", crd(version(name="v1")), package="made")
    older = version({"old": {"type": "integer"}}, name="v1alpha1", storage=False)
    project.write("a.v1alpha1.yaml", crd(older), package="made")
    report = project.generate()
    assert report.problems == ()
    assert report.kinds == ("made.v1.Widget", "made.v1alpha1.Widget")
    assert project.load("made").Widget.api_version == "example.org/v1"


def test_a_version_that_comes_twice_is_reported_and_the_first_is_kept(project: Project) -> None:
    project.write("a.yaml", crd())
    project.write("b.yaml", "# second\n---\n", crd(version({"other": {"type": "string"}})))
    problem = "b.yaml:5: Widget.example.org v1 is also in a.yaml, which is used"
    assert project.generate().problems == (problem,)
    assert project.load("example_org").WidgetSpec(size=1) is not None


def test_one_kind_in_several_groups_does_not_overwrite(project: Project) -> None:
    project.write("a.yaml", crd(group="a.example.org"), package="made")
    project.write("b.yaml", crd(group="b.example.org"), package="made")
    expected = ("made.v1.a_widget.Widget", "made.v1.b_widget.Widget")
    assert project.generate().kinds == expected
    made = project.load("made")
    assert made.a.Widget.api_version == "a.example.org/v1"
    assert made.b.v1.Widget.api_version == "b.example.org/v1"


def test_a_stub_declares_the_names_of_its_package(project: Project) -> None:
    part = {"type": "object", "properties": {"a": {"type": "string"}}}
    project.write("a.yaml", crd(version({"b": part}), group="a.example.org"), package="made")
    another = {"type": "object", "properties": {"z": {"type": "string"}}}
    other = crd(version({"b": {}, "c": another}), group="b.example.org")
    project.write("b.yaml", other, package="made")
    longer = crd(version({"b": part, "c": {}}), kind="WidgetSpec")
    project.write("c.yaml", longer, package="made")
    project.generate()
    made = project.load("made")
    assert made.WidgetSpecSpec is made.v1.WidgetSpecSpec
    assert broken_promises(project.tree) == []
    assert not hasattr(made, "WidgetSpecC")


def test_sources_without_a_name_are_packaged_by_group(project: Project) -> None:
    project.write("a.yaml", crd(group="cert-manager.io"), crd(group="acme.io", kind="Order"))
    assert project.generate().kinds == ("acme_io.v1.Order", "cert_manager_io.v1.Widget")


def test_lists_folders_and_globs_are_read(project: Project) -> None:
    (project.folder / "crds").mkdir()
    project.write("crds/a.yaml", {"kind": "List", "items": [crd(kind="A"), crd(kind="B")]})
    project.write("crds/b.json", crd(kind="C"))
    project.config.write_text("imports: [crds]")
    assert len(project.generate().kinds) == 3
    project.config.write_text("imports: ['crds/*.yaml']")
    assert len(project.generate().kinds) == 2


def test_other_documents_are_passed_over(project: Project) -> None:
    project.write("a.yaml", {"apiVersion": "v1", "kind": "Namespace"}, "", crd())
    assert project.generate().problems == ()


def test_one_bad_document_is_reported_and_the_rest_arrives(project: Project) -> None:
    bad = crd(kind="Bad")
    bad["spec"]["names"]["kind"] = "../evil"
    project.write("a.yaml", "a: [\n", bad, crd(kind="Good"))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    why = "spec.names.kind is '../evil', which Kubernetes does not allow"
    assert report.problems == (
        "a.yaml:3: not readable as YAML: did not find expected node content",
        f"a.yaml:4: not a usable CustomResourceDefinition: {why}",
    )


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("group", "Not A Group", "spec.group"),
        ("group", None, "spec.group"),
        ("scope", "Everywhere", "neither Namespaced nor Cluster"),
        ("versions", "v1", "spec.versions is not a list"),
        ("versions", [version(), version()], "the same name twice"),
        ("versions", [{"name": "v1/../.."}], "a version's name"),
        ("versions", [{"name": "v1", "schema": {"openAPIV3Schema": []}}], "schema of v1"),
        ("names", [], "spec.names is missing"),
    ],
)
def test_an_incomplete_definition_is_a_problem(
    project: Project, path: str, value: object, expected: str
) -> None:
    bad = crd()
    bad["spec"][path] = value
    project.write("a.yaml", bad)
    (problem,) = project.generate().problems
    assert problem.startswith("a.yaml:1: not a usable CustomResourceDefinition: ")
    assert expected in problem


def test_a_truncated_file_is_an_error_and_nothing_is_written(project: Project) -> None:
    project.write("good.yaml", crd(kind="Good"))
    path = project.write("a.yaml", crd())
    path.write_text(path.read_text()[:-20])
    with pytest.raises(ImportSourceError, match=r"a\.yaml:2: cannot be read"):
        project.generate()
    assert not project.tree.exists()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfe\x00", "is UTF-16, not UTF-8 text"),
        (b"caf\xe9", "is not UTF-8 text at byte 3"),
        (b"", "holds no CustomResourceDefinition"),
        (b"kind: Namespace", "holds no CustomResourceDefinition"),
    ],
)
def test_an_unusable_file_is_an_error(project: Project, data: bytes, expected: str) -> None:
    project.write("a.yaml").write_bytes(data)
    with pytest.raises(ImportSourceError, match=expected):
        project.generate()


def test_a_missing_file_is_an_error(project: Project) -> None:
    project.add("nowhere.yaml")
    with pytest.raises(ImportSourceError, match=r"nowhere\.yaml: cannot be read: No such file"):
        project.generate()


@pytest.mark.parametrize("text", ["imports: a.yaml", "imports: [1]", "imports: [", "- a"])
def test_a_config_without_a_list_of_addresses_is_an_error(project: Project, text: str) -> None:
    project.config.write_text(text)
    with pytest.raises(ConfigError, match=r"cdk8s\.yaml"):
        project.generate()


def test_a_config_without_imports_gives_an_empty_tree(project: Project) -> None:
    project.config.write_text("language: python\n")
    assert project.generate().kinds == ()
    assert read_index(project.tree) == []


def test_the_index_has_the_facts_of_kinds_without_their_classes(project: Project) -> None:
    project.make(crd(version(), version(name="v2", storage=False), scope="Cluster"))
    assert [(each.version, each.module, each.storage) for each in read_index(project.tree)] == [
        ("v1", "made.v1.widget", True),
        ("v2", "made.v2.widget", False),
    ]
    first = read_index(project.tree)[0]
    assert (first.group, first.kind, first.plural) == ("example.org", "Widget", "widgets")
    assert (first.namespaced, first.builtin, first.package) == (False, False, "made")
    assert (project.tree / first.schema).exists()


def test_no_sentence_of_upstream_arrives(project: Project) -> None:
    definition = crd(version({"description": {"type": "string", "description": SENTENCE}}))
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    rule = {"rule": "self.size > 0", "message": SENTENCE, "messageExpression": repr(SENTENCE)}
    spec = schema["properties"]["spec"]
    spec |= {"description": SENTENCE, "title": SENTENCE, "example": SENTENCE}
    spec["x-kubernetes-validations"] = [rule]
    spec["default"] = {"description": "kept: this is data"}
    made = project.make(definition)
    assert made.WidgetSpec(description="x").description == "x"
    for path in project.tree.rglob("*"):
        assert path.is_dir() or path.suffix == ".pyc" or SENTENCE not in path.read_text()
    kept = json.loads(project.source("made/_schemas/v1/widget.json"))["properties"]["spec"]
    assert kept["properties"] == {"description": {"type": "string"}}
    assert kept["default"] == {"description": "kept: this is data"}
    assert kept["x-kubernetes-validations"] == [{"rule": "self.size > 0"}]


def test_an_unchanged_tree_is_not_written_again(project: Project) -> None:
    project.make(crd())
    before = project.tree.stat()
    project.generate()
    assert project.tree.stat() == before


def test_the_tree_follows_its_sources(project: Project) -> None:
    project.write("a.yaml", crd(kind="A"))
    project.write("b.yaml", crd(kind="B"))
    project.generate()
    project.config.write_text("imports: [a.yaml]")
    assert project.generate().kinds == ("example_org.v1.A",)
    assert not (project.tree / "example_org/v1/b.py").exists()
    assert sorted(path.name for path in project.imports.iterdir()) == ["kubeapis", "kubeapis.lock"]


def test_a_foreign_file_is_not_deleted(project: Project) -> None:
    project.make(crd())
    mine = project.tree / "made" / "mine.py"
    mine.write_text("VALUE = 1\n")
    project.write("b.yaml", crd(kind="B"))
    with pytest.raises(ImportSourceError, match=r"kubeapis/made/mine\.py: is in the way"):
        project.generate()
    assert mine.read_text() == "VALUE = 1\n"


def test_edits_additions_and_losses_are_found_without_sources(project: Project) -> None:
    project.make(crd())
    assert check_untouched(project.imports) == []
    (project.tree / "made/v1/widget.py").write_text("")
    (project.tree / "made/added.py").write_text("")
    (project.tree / "py.typed").unlink()
    assert check_untouched(project.imports) == [
        "kubeapis/made/added.py: not generated",
        "kubeapis/made/v1/widget.py: edited",
        "kubeapis/py.typed: missing",
    ]


def test_caches_of_python_are_not_additions(project: Project) -> None:
    project.make(crd())
    (project.tree / "made/__pycache__").mkdir(exist_ok=True)
    (project.tree / "made/__pycache__/widget.pyc").write_bytes(b"")
    assert check_untouched(project.imports) == []


def test_a_tree_without_a_lock_is_not_untouched(project: Project) -> None:
    assert check_untouched(project.imports) == ["kubeapis.lock: missing"]


def test_a_broken_lock_is_an_error(project: Project) -> None:
    project.make(crd())
    (project.imports / "kubeapis.lock").write_text("{}")
    with pytest.raises(ImportSourceError, match=r"kubeapis\.lock: cannot be read"):
        check_untouched(project.imports)


def test_check_compares_the_tree_with_its_sources(project: Project) -> None:
    project.make(crd())
    assert check(project.config, project.imports, None) == []
    project.write("crds.yaml", crd(version({"more": {"type": "string"}})), package="made")
    assert check(project.config, project.imports, None) == [
        "kubeapis/made/_schemas/v1/widget.json: edited",
        "kubeapis/made/v1/widget.py: edited",
        "kubeapis.lock: does not match the sources",
    ]


def test_the_lock_names_sources_and_files_but_no_folder(project: Project, tmp_path: Path) -> None:
    project.make(crd())
    lock = json.loads((project.imports / "kubeapis.lock").read_text())
    assert list(lock) == ["generator", "tree", "sources", "files"]
    (source,) = lock["sources"]
    assert (source["name"], source["address"], source["version"]) == ("made", "crds.yaml", "")
    assert list(lock["files"]) == sorted(lock["files"])
    assert str(tmp_path) not in json.dumps(lock)


def test_bindings_can_live_in_a_folder_that_is_new(project: Project, tmp_path: Path) -> None:
    project.write("a.yaml", crd())
    imports = tmp_path / "other" / "imports"
    assert generate(project.config, imports_dir=imports, mirror=None).kinds
    assert check_untouched(imports) == []
