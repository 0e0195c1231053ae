"""Malformed definitions: they become data or a reported problem.

Never code, never a file outside of the package, never a process that does not end.
"""

from __future__ import annotations

import ast
import importlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubestrata.bindings import ImportReport, check_untouched, read_index
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.struct import Struct
from tests.bindings.conftest import _take_out
from tests.bindings.project import Project, crd, version

LIMIT_SECONDS = 120
PIECES = [
    '"',
    "'",
    '"""',
    "'''",
    "\n",
    "\r\n",
    "\\",
    "\\N{DIGIT ONE}",
    "__import__('os').system('false')",
    "{0.__class__}",
    "{",
    "}",
    "%(x)s",
    "/",
    "..",
    "../",
    "\x00",
    "\u2028",
    "\x85",
    "\u202e",
    "\u2066",
    "\ufeff",
    "#",
    ":",
    "-",
    "$ref",
    "class",
    "None",
    "self",
    "str",
    "super",
    "Struct",
    "Literal",
    "a",
    "A",
    "1",
    "é",
    "\U0001f600",
]
texts = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
names = texts | st.sampled_from(["spec", "a", "from", "Widget", "v1", "schemas", "con", "init"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
FACTS = ["default", "enum", "pattern", "format", "description", "minimum", "maxLength", "title"]
FACTS += ["multipleOf", "exclusiveMinimum", "required", "nullable", "type", "x-kubernetes-"]
leaves = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object"])},
    optional={
        "default": values,
        "enum": st.lists(texts | st.integers() | st.none() | st.booleans(), max_size=4),
        "pattern": texts,
        "format": texts,
        "description": texts,
        "minimum": values,
        "maxLength": values,
        "nullable": st.booleans(),
        "x-kubernetes-int-or-string": st.booleans(),
        "x-kubernetes-preserve-unknown-fields": st.booleans(),
    },
)
nodes = st.recursive(
    leaves | st.dictionaries(st.sampled_from(FACTS), values, max_size=4),
    lambda inner: (
        st.builds(
            lambda properties, required, more: {
                "type": "object",
                "properties": properties,
                "required": required,
                **more,
            },
            st.dictionaries(names, inner, max_size=4),
            st.lists(names, max_size=3),
            st.fixed_dictionaries(
                {}, optional={"additionalProperties": inner, "description": texts}
            ),
        )
        | st.builds(lambda items: {"type": "array", "items": items}, inner)
    ),
    max_leaves=12,
)
labels = st.sampled_from(["v1", "v1-a", "a", "none", "widget"]) | texts
kinds = st.sampled_from(
    ["Widget", "None", "str", "super", "int", "Struct", "Resource", "Literal", "ObjectMeta", "v1"]
)
groups = st.sampled_from(["example.org", "a-b.io", "1.io", "class", "kubeapis", "__init__"]) | texts


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A CRD with strange text wherever there can be text."""
    found = [
        {
            "name": name,
            "served": draw(st.booleans() | values),
            "storage": draw(st.booleans()),
            "schema": {
                "openAPIV3Schema": {
                    "type": "object",
                    "description": draw(texts),
                    "properties": draw(st.dictionaries(names, nodes, max_size=4)),
                }
            },
        }
        for name in draw(st.lists(labels, min_size=1, max_size=2))
    ]
    made = crd(*found, kind=draw(kinds | texts), group=draw(groups))
    if draw(st.booleans()):
        made["spec"]["names"]["plural"] = draw(texts)
    return made


def import_everything(project: Project) -> None:
    """Import every module, and have msgspec read the type of every field."""
    _take_out()
    for path in sorted(project.tree.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert source.isascii()
        require_harmless(ast.parse(source))
        parts = path.relative_to(project.imports).with_suffix("").parts
        module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
        for each in list(vars(module).values()):
            if isinstance(each, type) and issubclass(each, Struct) and each is not Struct:
                msgspec.inspect.type_info(each)


def require_harmless(tree: ast.Module) -> None:
    """No statement of a module that a schema went into does anything but declare."""
    allowed = (ast.ImportFrom, ast.ClassDef, ast.Assign, ast.Expr, ast.If)
    assert all(isinstance(each, allowed) for each in tree.body)
    called = {
        each.func.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    }
    known = {"super", "attach", "merged_path", "merged_subpath"}
    assert all(name in known or name.startswith("_") for name in called)


def attempt(
    project: Project, *documents: Mapping[str, Any] | str, descriptions: bool = False
) -> ImportReport | None:
    """Import; the result is reported, complete and inside of the folder."""
    before = {path for path in project.folder.parent.rglob("*") if path.is_file()}
    project.write("crds.yaml", *documents)
    started = time.monotonic()
    try:
        report = project.generate(descriptions=descriptions)
    except ImportSourceError as error:
        assert str(error).isprintable() or "\n  fix: " in str(error)  # noqa: PT017
        report = None
    assert time.monotonic() - started < LIMIT_SECONDS
    after = {path for path in project.folder.parent.rglob("*") if path.is_file()}
    allowed = (project.folder / "crds.yaml", project.config, project.imports / "kubeapis.lock")
    assert all(
        path in allowed or path.is_relative_to(project.tree) for path in after.difference(before)
    )
    if report is not None:
        assert all(problem.isprintable() for problem in report.problems)
        assert check_untouched(project.imports) == []
        import_everything(project)
    return report


def clean(project: Project) -> None:
    shutil.rmtree(project.imports, ignore_errors=True)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(definition=definitions(), descriptions=st.booleans())
def test_any_definition_becomes_bindings_or_a_problem(
    project: Project, *, definition: dict[str, Any], descriptions: bool
) -> None:
    clean(project)
    attempt(project, definition, descriptions=descriptions)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(content=values)
def test_import_reports_any_value_in_place_of_any_part(project: Project, content: Any) -> None:
    clean(project)
    documents: list[dict[str, Any]] = []
    for part in ("spec", "group", "names", "versions", "scope", "version", "validation"):
        made = crd(kind=f"Kind{len(documents)}")
        if part == "spec":
            made["spec"] = content
        else:
            made["spec"][part] = content
        documents.append(made)
    for key in ("name", "schema", "served", "storage"):
        documents.append(crd({**version(), key: content}, kind=f"Kind{len(documents)}"))
    for key in ("properties", "required", "type", "additionalProperties", "items", "enum"):
        schema = {"type": "object", "properties": {"a": {"type": "object", key: content}}}
        made = version()
        made["schema"]["openAPIV3Schema"]["properties"]["spec"] = schema
        documents.append(crd(made, kind=f"Kind{len(documents)}"))
    report = attempt(project, *documents)
    assert report is not None


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,\n \t\\\x00\u2028\ufeff0"), max_size=60))
def test_any_text_is_read_or_reported(project: Project, text: str) -> None:
    clean(project)
    attempt(project, crd(), text)


def made_of(properties: Mapping[str, Any]) -> str:
    return json.dumps(crd(version(properties)))


def bomb(levels: int, width: int) -> str:
    """A CRD whose schema doubles with every alias."""
    leaf = "x0: &x0 {type: object, properties: {a: {type: string}}}"
    lines = [leaf]
    for level in range(1, levels):
        inside = ", ".join(f"p{number}: *x{level - 1}" for number in range(width))
        lines.append(f"x{level}: &x{level} {{type: object, properties: {{{inside}}}}}")
    head = json.dumps(crd())[:-1]
    schema = f"schema: {{openAPIV3Schema: {{type: object, properties: {{spec: *x{levels - 1}}}}}}}"
    body = head.replace('"versions": [', f'"versions": [{{name: v2, {schema}}}, ')
    return "{" + ", ".join([*lines, body[1:]]) + "}"


def nested(depth: int, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = (
            {"type": "array", "items": schema}
            if kind == "array"
            else {"type": "object", "additionalProperties": schema}
            if kind == "map"
            else {"type": "object", "properties": {"a": schema}}
        )
    return schema


HUGE = "x" * 10_000_000
CASES: dict[str, Callable[[], list[str]]] = {
    "10 MB everywhere": lambda: [
        made_of({"a": {"type": "string", "default": HUGE, "pattern": HUGE, "description": HUGE}})
    ],
    "10 MB of quotes": lambda: [
        made_of({"a": {"type": "string", "description": '"' * 10_000_000}})
    ],
    "10 MB enum": lambda: [made_of({"a": {"type": "string", "enum": [HUGE, "b"]}})],
    "10 MB property": lambda: [made_of({HUGE: {"type": "string"}})],
    "10 MB group": lambda: [json.dumps(crd(group="a." * 5_000_000 + "!")), json.dumps(crd())],
    "10 MB of spaces": lambda: [" " * 10_000_000 + "x", json.dumps(crd())],
    "names without letters": lambda: [
        made_of(
            {f"{'!' * (n % 400)}{'$' * (n // 400)}": {"type": "string"} for n in range(1, 5_000)}
        )
    ],
    "objects without letters": lambda: [
        made_of(
            {
                f"{'!' * (n % 400)}{'$' * (n // 400)}": {
                    "type": "object",
                    "properties": {f"p{n}": {"type": "string"}},
                }
                for n in range(1, 2_500)
            }
        )
    ],
    "many versions": lambda: [
        json.dumps(crd(*(version(name=f"v{n}", storage=n == 1) for n in range(1, 3_000))))
    ],
    "aliases of large text": lambda: [
        "a: &a " + HUGE + "\nb: [" + ", ".join(["*a"] * 4_000) + "]\n",
        json.dumps(crd()),
    ],
    "aliases below the limit": lambda: [bomb(6, 9)],
    "aliases above the limit": lambda: [bomb(30, 9), json.dumps(crd())],
    "numbers beyond 64 bits": lambda: [
        made_of({"a": {"type": "integer", "enum": [2**70, -(2**64), 1]}})
    ],
    "long package": lambda: [json.dumps(crd(group="1" + ("a" * 60 + ".") * 4 + "example"))],
    "arrays in arrays": lambda: [made_of({"a": nested(40, "array")})],
    "maps in maps": lambda: [made_of({"a": nested(40, "map")})],
    "objects in objects": lambda: [made_of({"a": nested(40, "object")})],
    "too deep": lambda: [made_of({"a": nested(400, "object")}), json.dumps(crd(kind="Other"))],
    "kinds that hide builtins": lambda: [
        json.dumps(crd(kind=kind)) for kind in ("str", "int", "super", "bool", "float", "id")
    ],
    "kinds of one module": lambda: [
        json.dumps(crd(kind=kind, group=group))
        for kind in ("OAuthX", "OauthX", "OAUTHX", "OauTHX")
        for group in ("a.io", "b.io")
    ],
}
"""Functions, since all texts together have a hundred megabytes."""


@pytest.mark.usefixtures("returned_memory")
@pytest.mark.parametrize("case", CASES)
def test_what_was_found_once_stays_found(project: Project, case: str) -> None:
    documents = CASES[case]()
    report = attempt(project, *documents)
    if len(documents) > 1:
        assert report is not None


def test_an_enum_of_negative_numbers_is_a_literal(project: Project) -> None:
    made = project.make(crd(version({"a": {"type": "integer", "enum": [-1, 0, 2**63 - 1]}})))
    assert msgspec.convert({"a": -1}, made.WidgetSpec).a == -1
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"a": -2}, made.WidgetSpec)


def test_kinds_of_one_module_name_do_not_overwrite_each_other(project: Project) -> None:
    kinds = ("OAuthX", "OauthX", "OAUTHX", "OauTHX")
    made = [crd(kind=kind, group=group) for kind in kinds for group in ("a.io", "b.io")]
    project.write("crds.yaml", *made, package="made")
    project.generate()
    index = read_index(project.tree)
    assert len({kind.module for kind in index}) == len({kind.schema for kind in index}) == 8
    for kind in index:
        found = getattr(project.load(kind.module), kind.kind)
        assert (found.api_version, found.kind) == (f"{kind.group}/v1", kind.kind)


@pytest.mark.parametrize("kind", ["str", "super"])
def test_a_kind_does_not_hide_the_imports_of_its_module(project: Project, kind: str) -> None:
    made = project.make(crd(version({"a": {"type": "string"}}), kind=kind))
    assert getattr(made, f"{kind}_").kind == kind
    assert msgspec.convert({"a": "b"}, getattr(made, f"{kind}_Spec")).a == "b"


def test_import_reports_a_kind_with_too_many_versions(project: Project) -> None:
    versions = [version(name=f"v{number}", storage=number == 1) for number in range(1, 200)]
    for number in range(0, 199, 50):
        project.write(f"{number:03}.yaml", crd(*versions[number : number + 50]), package="made")
    project.write("all.yaml", crd(*versions, kind="Other"), package="made")
    report = project.generate()
    assert [problem.partition(": ")[2] for problem in report.problems] == [
        "Widget.example.org has more than 100 versions, this one is left out",
        "Widget.example.org has more than 100 versions, this one is left out",
        "not a usable CustomResourceDefinition: spec.versions has more than 100 entries",
    ]
    assert len(report.kinds) == 100
