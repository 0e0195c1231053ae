"""One unreadable file, document or definition is reported, and the others arrive."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kubestrata.bindings.kind.schema_check import MAX_PARTS
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project, crd, version
from tests.bindings.test_chart import CHART, CRD, packed


def text(**fields: Any) -> str:
    return json.dumps(crd(**fields))


@pytest.fixture
def folder(project: Project) -> Path:
    """A folder with one good file, which `imports:` names."""
    folder = project.folder / "crds"
    folder.mkdir()
    (folder / "good.yaml").write_text(text())
    project.add("crds/")
    return folder


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            b"kind: caf\xe9",
            "is not UTF-8 text at byte 9; it may be Latin-1 (ISO 8859-1): save it as UTF-8",
        ),
        (text().encode("utf-16"), "is UTF-16, not UTF-8 text: save it as UTF-8"),
        (b"\xfe\xff" + text().encode("utf-16-be"), "is UTF-16, not UTF-8 text: save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("entry", ["crds/", "crds/*.yaml"])
def test_import_reports_a_file_that_is_not_utf8_and_reads_the_others(
    project: Project, folder: Path, entry: str, data: bytes, why: str
) -> None:
    project.add(entry)
    (folder / "bad.yaml").write_bytes(data)
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert f"crds/bad.yaml: {why}" in report.problems


def test_import_reports_a_file_that_is_too_large_and_reads_the_others(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubestrata.bindings.source.retrieve.MAX_BYTES", 2_000)
    (folder / "bad.yaml").write_text("# " + "x" * 2_000)
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert report.problems == ("crds/bad.yaml: is larger than 2000 bytes",)


def test_import_reports_links_to_missing_files_and_devices(project: Project, folder: Path) -> None:
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    (folder / "loop.yml").symlink_to("loop.yml")
    (folder / "note.txt").symlink_to("nowhere.txt")
    os.mkfifo(folder / "pipe.json")
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert report.problems == (
        "crds/dangling.yaml: is a link to a missing file",
        "crds/loop.yml: is a link to a missing file",
        "crds/pipe.json: is not a regular file",
    )


def test_a_single_link_to_a_missing_file_is_an_error(project: Project) -> None:
    (project.folder / "a.yaml").symlink_to("nowhere.yaml")
    project.add("a.yaml")
    with pytest.raises(ImportSourceError, match=r"a\.yaml: cannot be read: is a link to a missing"):
        project.generate()


def test_the_lock_leaves_out_an_unreadable_file(project: Project, folder: Path) -> None:
    (folder / "bad.yaml").write_bytes(b"\xff")
    project.generate()
    lock = json.loads((project.imports / "kubeapis.lock").read_text())
    assert [each["address"] for each in lock["sources"]] == ["crds/good.yaml"]


def test_a_folder_without_a_readable_file_names_each(project: Project, folder: Path) -> None:
    (folder / "good.yaml").write_bytes(b"\xff")
    (folder / "other.yaml").write_text("a: [")
    with pytest.raises(ImportSourceError) as caught:
        project.generate()
    assert "crds/good.yaml: is not UTF-8 text at byte 0" in str(caught.value)
    assert "crds/other.yaml:2: not readable as YAML" in str(caught.value)


BAD = ["a: [", "b: !x y", "c: 'd"]


def test_a_file_of_bad_documents_names_each(project: Project) -> None:
    project.write("a.yaml", *BAD)
    with pytest.raises(ImportSourceError) as caught:
        project.generate()
    lines = str(caught.value).splitlines()[1:]
    assert [each.partition(": ")[0].strip() for each in lines] == [
        "a.yaml:2",
        "a.yaml:3",
        "a.yaml:5",
    ]


def test_a_file_of_bad_documents_names_each_beside_a_good_file(
    project: Project, folder: Path
) -> None:
    (folder / "bad.yaml").write_text("\n---\n".join([*BAD, text(scope="Everywhere", kind="Odd")]))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert [each.partition(": ")[0] for each in report.problems] == [
        "crds/bad.yaml:2",
        "crds/bad.yaml:3",
        "crds/bad.yaml:6",
        "crds/bad.yaml:7",
    ]


def test_an_error_lists_a_bounded_number_of_documents(project: Project) -> None:
    project.write("a.yaml", *["a: ["] * 500)
    with pytest.raises(ImportSourceError, match="and 450 more") as caught:
        project.generate()
    assert len(str(caught.value).splitlines()) == 52


def test_a_chart_reports_an_unreadable_crd_and_gives_the_others(project: Project) -> None:
    unreadable = b"\xff\xfea\x00"
    files: dict[str, str | bytes] = {"c/Chart.yaml": CHART, "c/crds/a.yaml": CRD}
    files["c/crds/b.yaml"] = unreadable
    (project.folder / "c.tgz").write_bytes(packed(files))
    project.add("c.tgz")
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert report.problems == ("c.tgz/crds/b.yaml: is UTF-16, not UTF-8 text: save it as UTF-8",)


WIDGET = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
"""


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (
            WIDGET.replace("Namespaced\n", "Namespaced\n  scope: Cluster\n"),
            "6: {}duplicate key 'scope'",
        ),
        (WIDGET + "kind: Other\n", "14: {}duplicate key 'kind'"),
        (WIDGET.replace("{kind: Widget", "{'kind': Widget, kind: A"), "6: {}duplicate key 'kind'"),
        (WIDGET + "1: a\n'1': b\n", "15: {}duplicate key '1'"),
        (WIDGET + "x: &x {a: 1}\ny: {<<: *x}\n", "15: {}merge key '<<': write out the keys"),
        (WIDGET + "x: &x {a: 1}\ny:\n  <<: [*x, *x]\n", "16: {}merge key '<<': write out the keys"),
        ('{\n"kind": "CustomResourceDefinition",\n"kind": 1}', "3: {}duplicate key 'kind'"),
        ('{\n\t"a": {"b": 1,\n\t"b": 1}}', "3: {}duplicate key 'b'"),
    ],
)
def test_import_reports_duplicate_and_merge_keys(project: Project, bad: str, why: str) -> None:
    project.write("a.yaml", bad, text(kind="Good"))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    (problem,) = report.problems
    assert problem.startswith("a.yaml:" + why.format("not readable as YAML: "))


@pytest.mark.parametrize("key", ["'<<'", '"<<"'])
def test_a_quoted_merge_key_is_a_key(project: Project, key: str) -> None:
    more = f"          properties: {{spec: {{type: object, properties: {{{key}: {{}}}}}}}}\n"
    project.write("a.yaml", WIDGET + more)
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)


@pytest.mark.parametrize("schema", [None, {}, {"openAPIV3Schema": None}])
def test_a_served_version_without_a_schema_is_reported(project: Project, schema: Any) -> None:
    bad = {"name": "v2", "served": True, "storage": False, "schema": schema}
    project.write("a.yaml", crd(version(), bad), crd(kind="Good"))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    (problem,) = report.problems
    assert problem.endswith(
        "version v2 is served without a schema:"
        " apiextensions.k8s.io/v1 requires schema.openAPIV3Schema"
    )


def test_v1_ignores_a_schema_for_all_versions(project: Project) -> None:
    bad = crd({"name": "v1", "served": True, "storage": True})
    bad["spec"]["validation"] = {"openAPIV3Schema": {"type": "object"}}
    project.write("a.yaml", bad, crd(kind="Good"))
    (problem,) = project.generate().problems
    assert "version v1 is served without a schema" in problem


def test_a_version_that_is_not_served_needs_no_schema(project: Project) -> None:
    old = {"name": "v1alpha1", "served": False, "storage": False}
    project.write("a.yaml", crd(version(), old))
    report = project.generate()
    assert report.problems == ()
    assert report.kinds == ("example_org.v1.Widget", "example_org.v1alpha1.Widget")


def test_v1beta1_needs_no_schema(project: Project) -> None:
    old = {**crd({"name": "v1", "served": True, "storage": True})}
    project.write("a.yaml", {**old, "apiVersion": "apiextensions.k8s.io/v1beta1"})
    report = project.generate()
    assert (report.problems, report.kinds) == ((), ("example_org.v1.Widget",))


def test_a_kind_with_too_many_parts_is_refused(project: Project) -> None:
    many = {f"field{number}": {"type": "string"} for number in range(MAX_PARTS)}
    project.write("a.yaml", crd(version(many), kind="Bad"), crd(kind="Good"))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    (problem,) = report.problems
    assert problem.endswith(f"schema of v1: has more than {MAX_PARTS} properties and other parts")
