"""Type checkers and Python take the same class for a name, whatever generated modules import."""

from __future__ import annotations

import importlib
import re

import msgspec
import pytest

from kubestrata.bindings.emit.module_text import HOMES
from kubestrata.bindings.shape.name import class_name
from tests.bindings.project import Captured, Project, crd, version
from tests.bindings.test_type_checkers import beside_library, mypy_of, pyright

TEXT = {"type": "string"}
REF = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
# What Python and type checkers know without an import, beside what generated modules import.
MORE = ("Any", "Never", "Final", "TypeAlias", "annotations", "attach", "list", "dict", "type")
KINDS = sorted({name for name in HOMES if re.fullmatch("[A-Za-z]+", name)} | {*MORE, "Optional"})


@pytest.fixture
def named_like_imports(project: Project) -> Project:
    """A package whose kinds are called like what its own modules import."""
    fields = {
        "all": {"type": "array", "items": TEXT},
        "map": {"type": "object", "additionalProperties": TEXT},
        "mode": {"type": "string", "enum": ["a", "b"]},
        "any": {},
        "open": {**REF, "x-kubernetes-preserve-unknown-fields": True},
        "json": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "empty": {"type": "object"},
        "port": {"x-kubernetes-int-or-string": True},
        "null": {"type": "string", "nullable": True},
        "ref": REF,
    }
    kinds = [
        crd(version({**fields, f"mark{number}": TEXT}), kind=kind)
        for number, kind in enumerate(KINDS)
    ]
    project.write("crds.yaml", *kinds, package="made")
    assert project.generate().problems == ()
    return project


def used() -> str:
    """A module that makes each kind, from the package and from the package of its version."""
    lines = ["from constructs import Construct", "from kubeapis import made", ""]
    lines += ["def make(scope: Construct) -> list[object]:", "    return ["]
    for number, kind in enumerate(KINDS):
        name = class_name(kind)
        for package in ("made", "made.v1"):
            spec = f"{package}.{name}Spec(mark{number}='a', map={{'a': 'b'}}, empty={{}})"
            lines.append(f"        {package}.{name}(scope, 'a', spec={spec}),")
    return "\n".join([*lines, "    ]", ""])


def test_kinds_named_like_imports_are_the_same_at_run_time(
    named_like_imports: Project, resources: list[Captured]
) -> None:
    (named_like_imports.tree / "use.py").write_text(used(), encoding="utf-8")
    made = importlib.import_module("kubeapis.use").make(None)
    assert [type(each).__name__ for each in made[::2]] == [class_name(kind) for kind in KINDS]
    assert [type(each).kind for each in made[1::2]] == KINDS
    assert len(resources) == len(made)
    assert msgspec.to_builtins(resources[0]["body"])["spec"]["map"] == {"a": "b"}


@pytest.mark.parametrize("check", ["mypy", "pyright"])
def test_kinds_named_like_imports_pass_type_checkers(
    named_like_imports: Project, check: str
) -> None:
    (named_like_imports.tree / "use.py").write_text(used(), encoding="utf-8")
    if check == "pyright":
        beside_library(named_like_imports)
        assert pyright(named_like_imports) == []
    else:
        assert mypy_of(named_like_imports) == ""


def test_a_message_names_a_shared_struct_as_its_place_does(project: Project) -> None:
    kinds = (crd(version({"ref": REF})), crd(version({"targetRef": REF}), kind="Gadget"))
    project.write("crds.yaml", *kinds, package="made")
    project.generate()
    text = "from kubeapis import made\nmade.GadgetSpec(target_ref=1)\nmade.WidgetSpec(ref=1)\n"
    (project.tree / "use.py").write_text(text, encoding="utf-8")
    beside_library(project)
    found = "".join(pyright(project))
    assert '"GadgetSpecTargetRef | None"' in found
    assert '"WidgetSpecRef | None"' in found
    assert "target_ref (targetRef): GadgetSpecTargetRef" in project.source("made/v1/gadget.py")
