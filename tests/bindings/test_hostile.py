"""Hostile schemas: data from strangers stays data."""

from __future__ import annotations

import ast
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubestrata.bindings.emit.guard import require_declarations
from kubestrata.bindings.emit.text import docstring, heading
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project, crd, version

HOSTILE = [
    '"""\nimport os\n"""',
    '""""',
    "'''",
    "\\",
    "\\\n",
    '\\"""',
    "\r\nimport os\r\n",
    "\x85\u2028\u2029",
    "{__import__('os')}",
    "%s{}{0}",
    "../../../etc/passwd",
    "# -*- coding: utf-7 -*-",
    "\x00\x1b[31m",
    "x" * 100_000,
]


def hostile_definition(text: str) -> dict[str, Any]:
    """A CRD with the text wherever a schema allows text."""
    field = {
        "type": "string",
        "default": text,
        "pattern": text,
        "format": text,
        "enum": [text, "a"],
    }
    inner = {"type": "object", "properties": {text: {"type": "string"}, "plain": field}}
    definition = crd(version({"field": field, "inner": inner, f"a{text}": field}))
    return {**definition, "metadata": {"name": text, "annotations": {text: text}}}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_does_not_become_code(project: Project, text: str) -> None:
    made = project.make(hostile_definition(text))
    for path in project.tree.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert source.isascii()
        for node in ast.walk(ast.parse(source)):
            assert not (isinstance(node, ast.Import) and path.name == "widget.py")
    spec = msgspec.convert({"field": text}, made.WidgetSpec)
    assert msgspec.to_builtins(spec) == {"field": text}
    assert all(path.resolve().is_relative_to(project.tree) for path in project.tree.rglob("*"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from("\"'\\\n\r{}#%a_:,()[]=\x00é\u2028 "), max_size=12))
def test_any_text_stays_data(project: Project, text: str) -> None:
    project.write("crds.yaml", hostile_definition(text), package="made")
    project.generate()
    source = project.source("made/v1/widget.py")
    require_declarations("widget.py", source)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_docstring_is_one_string(lines: list[str]) -> None:
    source = "\n".join(["class A:", *docstring(lines), "    pass"])
    (found,) = ast.parse(source).body
    assert isinstance(found, ast.ClassDef)
    assert [type(each).__name__ for each in found.body] == ["Expr", "Pass"]


@given(st.text())
def test_any_heading_is_one_comment(source: str) -> None:
    assert ast.parse(heading(source)).body == []


def test_a_long_default_is_cut_in_the_docstring(project: Project) -> None:
    project.make(crd(version({"a": {"type": "string", "default": "x" * 1_000_000}})))
    assert len(project.source("made/v1/widget.py")) < 3_000


def test_a_bomb_of_aliases_is_refused(project: Project) -> None:
    bomb = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"b{n}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(10)]
    project.write("a.yaml", "\n".join(bomb))
    with pytest.raises(ImportSourceError, match="once aliases are written out"):
        project.generate()


@pytest.mark.parametrize("name", ["k8s:=x:=a.yaml", "A:=a.yaml", "../x:=a.yaml", "class:=a.yaml"])
def test_a_package_name_must_be_a_name(project: Project, name: str) -> None:
    project.config.write_text(json.dumps({"imports": [name]}))
    with pytest.raises(ImportSourceError, match="names its package"):
        project.generate()


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from os import system",
        "print()",
        "class A(B): x = print()",
        "class A(B, rename={print(): 'a'}): pass",
        "class A(B):\n  x: print()",
        "class A(B):\n  x: int = print()",
        "class A(B):\n  def f(self): pass",
        "class A(B):\n  def __init__(self, x: int = print()): super().__init__(x)",
        "@print\nclass A(B): pass",
        "class A(print()): pass",
        "A = print()",
        "if TYPE_CHECKING:\n  print()",
        "x ===",
    ],
)
def test_a_module_that_does_more_than_declare_is_refused(source: str) -> None:
    with pytest.raises(ImportSourceError, match="generated module"):
        require_declarations("module.py", source)
