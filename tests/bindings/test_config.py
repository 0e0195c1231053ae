"""Configuration documents: distinguished from values, with constants set, written as given."""

from __future__ import annotations

import importlib
import json
from typing import Any

import msgspec
import pytest

from kubestrata import document_text
from kubestrata.core.errors import ImportSourceError, InvalidBody
from tests.bindings.project import MIRROR, Project, needs_mirror
from tests.bindings.test_helm_values import checked

PART = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"size": {"type": "integer"}},
}
SCHEMA: dict[str, Any] = {
    "$defs": {
        "disk.MountSpec": PART,
        "net.LinkConfigV1": {
            "type": "object",
            "additionalProperties": False,
            "required": ["apiVersion", "kind", "name"],
            "properties": {
                "name": {"type": "string", "description": "A sentence.", "title": "name"},
                "fixed": {"type": "string", "markdownDescription": "A sentence."},
                "only": {"enum": ["one"]},
                "mount": {"$ref": "#/$defs/disk.MountSpec"},
                "inner": {"type": "object", "properties": {"a": {"type": "string"}}},
                "kind": {"enum": ["LinkConfig"]},
                "apiVersion": {"const": "v1"},
            },
        },
        "old.Config": {
            "type": "object",
            "properties": {"version": {"enum": ["v1"]}, "machine": PART},
        },
        "new.Config": {
            "type": "object",
            "properties": {"apiVersion": {"const": "a.io/v2"}, "kind": {"const": "LinkConfig"}},
        },
    },
    "oneOf": [
        {"$ref": "#/$defs/net.LinkConfigV1"},
        {"$ref": "#/$defs/old.Config"},
        {"$ref": "#/$defs/new.Config"},
    ],
}


def made(project: Project, **more: Any) -> Any:
    project.write("config.schema.json", {**SCHEMA, **more}, package="box")
    report = project.generate()
    assert (report.kinds, report.problems, report.values) == ((), (), ())
    return project.load("box")


def test_documents_are_structs_with_their_constants_set(project: Project) -> None:
    box = made(project)
    link = box.v1.LinkConfig(name="a", mount=box.v1.MountSpec(size=1), fixed="x")
    assert msgspec.to_builtins(link) == {
        "apiVersion": "v1",
        "kind": "LinkConfig",
        "name": "a",
        "fixed": "x",
        "mount": {"size": 1},
    }
    assert msgspec.to_builtins(box.v1.Config()) == {"version": "v1"}
    assert box.LinkConfig is box.a_io_v2.LinkConfig or box.LinkConfig is box.v1.LinkConfig
    assert box.v1.LinkConfigInner(a="b").a == "b"


def test_documents_become_the_text_of_a_file(project: Project) -> None:
    box = made(project)
    text = document_text(box.v1.Config(machine={"size": 2}), box.v1.LinkConfig(name="a"))
    assert text == (
        "version: v1\nmachine:\n  size: 2\n---\napiVersion: v1\nkind: LinkConfig\nname: a\n"
    )
    with pytest.raises(InvalidBody, match=r"test_config.py:\d+: LinkConfig.name"):
        document_text(box.v1.LinkConfig(name=1))


def test_what_is_required_is_and_unknown_fields_are_refused(project: Project) -> None:
    box = made(project)
    with pytest.raises(InvalidBody, match="needs the field 'name'"):
        box.v1.LinkConfig()
    with pytest.raises(InvalidBody, match=r"has no field 'nme'\n  fix: write 'name'"):
        box.v1.LinkConfig(nme="a")


def test_the_report_names_documents_and_not_their_parts(project: Project) -> None:
    project.write("config.schema.json", SCHEMA, package="box")
    assert project.generate().documents == (
        "box.a_io_v2.LinkConfig",
        "box.v1.Config",
        "box.v1.LinkConfig",
    )


def test_no_sentence_of_upstream_arrives(project: Project) -> None:
    made(project)
    for path in project.tree.rglob("*.*"):
        assert path.suffix == ".pyc" or "A sentence" not in path.read_text()


@pytest.mark.parametrize(
    "schema",
    [
        {**SCHEMA, "properties": {"a": {"type": "string"}}},
        {"type": "object", "oneOf": [{"required": ["a"]}], "properties": {"a": {}}},
        {**SCHEMA, "oneOf": [*SCHEMA["oneOf"], {"type": "string"}], "properties": {"a": {}}},
    ],
)
def test_a_root_with_fields_of_its_own_describes_values(project: Project, schema: Any) -> None:
    project.write("config.schema.json", schema, package="box")
    assert project.generate().values == ("helm.box",)


def test_documents_need_a_name_that_is_free(project: Project) -> None:
    path = project.write("config.schema.json", SCHEMA)
    with pytest.raises(ImportSourceError, match="configuration documents: has no name"):
        project.generate()
    other = path.with_name("other.schema.json")
    other.write_text(json.dumps(SCHEMA))
    project.config.write_text("imports: ['box:=config.schema.json', 'box:=other.schema.json']")
    with pytest.raises(ImportSourceError, match="package box: is taken"):
        project.generate()


def test_hostile_constants_stay_data(project: Project) -> None:
    text = '"""\n__import__("os")'
    document = {"properties": {"apiVersion": {"const": text}, "kind": {"const": text}}}
    project.write("config.schema.json", {"oneOf": [document] * 2}, package="box")
    home, name = project.generate().documents[0].rsplit(".", 1)
    assert getattr(project.load(home), name)().kind == text


def test_type_checkers_know_the_documents(project: Project) -> None:
    made(project)
    text = (
        "from kubeapis import box\n"
        "box.v1.LinkConfig(name='a', mount=box.v1.MountSpec(size=1))\n"
        "box.v1.LinkConfig(name='a', api_version='v2')\n"
        "box.v1.LinkConfig()\n"
    )
    said = checked(project.folder, text)
    assert "use.py:2" not in said
    assert "use.py:3" in said
    assert "use.py:4" in said


@needs_mirror
@pytest.mark.parametrize("version", ["1.12.11", "1.13.9"])
def test_the_schema_of_a_real_system_becomes_its_documents(project: Project, version: str) -> None:
    project.add(f"talos:={MIRROR / 'talos' / f'config-v{version}.schema.json'}")
    report = project.generate()
    assert report.problems == ()
    assert len(report.documents) == len(set(report.documents)) > 35
    talos = project.load("talos")
    importlib.import_module("kubeapis.talos.v1alpha1")
    machine = talos.v1alpha1.MachineConfig(
        type="worker", kubelet=talos.KubeletConfig(extra_args={"v": "2"})
    )
    link = talos.BondConfig(name="bond0", links=["eth0"], bond_mode="802.3ad")
    assert document_text(talos.Config(machine=machine), link).split("---\n")[1] == (
        "apiVersion: v1alpha1\nkind: BondConfig\nname: bond0\nlinks:\n- eth0\nbondMode: 802.3ad\n"
    )
    said = checked(
        project.folder,
        "from kubeapis import talos\n"
        "talos.Config(machine=talos.MachineConfig(kubelet=talos.KubeletConfig(image='a')))\n",
    )
    assert said == ""
