"""Values of Helm charts: strict where their schema is, open where it is open."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubestrata.core.errors import ImportSourceError, InvalidBody
from kubestrata.core.struct import Struct
from tests.bindings.project import MIRROR, ROOT, Project, needs_mirror
from tests.type_check import mypy

STRICT = {"type": "object", "additionalProperties": False}


def values(project: Project, **schema: Any) -> Any:
    """The generated module of a chart whose values have this schema."""
    project.write("chart.schema.json", {"type": "object", **schema}, package="chart")
    project.generate()
    return project.load("helm").chart


def types_of(struct: Any) -> dict[str, str]:
    """Return the types of fields as they are written, not as they are evaluated."""
    shown = {name: str(struct.__annotations__[name]) for name in struct.__annotations__}
    return {name: text.removesuffix(" | None") for name, text in shown.items()}


def wire(body: msgspec.Struct) -> Any:
    return msgspec.to_builtins(body, enc_hook=lambda _: None)


PROPERTIES: Mapping[str, tuple[Any, str]] = {
    "text": ({"type": "string"}, "str"),
    "count": ({"type": "integer"}, "int"),
    "either": ({"type": ["string", "integer"]}, "IntOrString"),
    "maybe": ({"type": ["string", "null"]}, "str | Null"),
    "nullable": ({"type": "string", "nullable": True}, "str | Null"),
    "ports": ({"type": ["integer", "string", "null"]}, "IntOrString | Null"),
    "level": ({"enum": ["debug", "info"]}, "Literal['debug', 'info']"),
    "mode": ({"type": "string", "enum": ["a", None]}, "Literal['a'] | Null"),
    "switch": ({"enum": [True, False, "auto"]}, "Literal['auto'] | bool"),
    "only": ({"const": "x"}, "Literal['x']"),
    "ratio": ({"enum": [0.5, 1]}, "float"),
    "names": ({"type": "array", "items": {"type": "string"}}, "Sequence[str]"),
    "anything": ({}, "Json | Null"),
    "true": (True, "Json | Null"),
    "map": ({"type": "object", "additionalProperties": {"type": "string"}}, "Mapping[str, str]"),
    "object": ({"type": "object"}, "JsonObject"),
    "tpl": ({"type": ["object", "string"]}, "str | JsonObject"),
    "any_of": ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "str | bool"),
    "one_of": ({"oneOf": [{"type": "array"}, {"type": "null"}]}, "Sequence[Json] | Null"),
    "restricted": ({"anyOf": [{"required": ["a"]}, {"type": "string"}]}, "Json | Null"),
    "typed": ({"type": "string", "anyOf": [{"minLength": 1}, {"maxLength": 9}]}, "str"),
    "two_lists": (
        {"anyOf": [{"type": "array", "items": {"type": each}} for each in ("string", "boolean")]},
        "Sequence[str | bool]",
    ),
    "patterns": (
        {**STRICT, "patternProperties": {"^a": {"type": "integer"}}},
        "Mapping[str, int]",
    ),
    "elsewhere": ({"$ref": "https://example.org/other.json#/x"}, "Json | Null"),
    "nowhere": ({"$ref": "#/definitions/none"}, "Json | Null"),
    "unknown": ({"type": "thing"}, "Json | Null"),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_each_schema_has_its_type(project: Project, name: str) -> None:
    schema, expected = PROPERTIES[name]
    made = values(project, properties={"field": schema})
    assert types_of(made.Values) == {"field": expected}
    assert msgspec.convert({}, made.Values) == made.Values()


def test_a_closed_object_takes_its_struct_alone_and_refuses_other_keys(project: Project) -> None:
    image = {**STRICT, "properties": {"tag": {"type": "string"}}}
    made = values(project, properties={"image": image}, additionalProperties=False)
    assert types_of(made.Values) == {"image": "ValuesImage"}
    assert "refused" in made.Values.__doc__
    with pytest.raises(InvalidBody, match=r"has no field 'tga'\n  fix: write 'tag'"):
        made.ValuesImage(tga="v1")
    with pytest.raises(msgspec.ValidationError, match="unknown field `tga`"):
        msgspec.convert({"image": {"tga": "v1"}}, made.Values)


def test_an_open_object_takes_its_struct_or_any_mapping(project: Project) -> None:
    image = {"type": "object", "properties": {"tag": {"type": "string"}}}
    made = values(project, properties={"image": image})
    assert types_of(made.Values) == {"image": "Open[ValuesImage]"}
    assert "kept" in made.Values.__doc__
    assert wire(made.Values(image={"tga": "v1"})) == {"image": {"tga": "v1"}}
    assert wire(made.Values(image=made.ValuesImage(tag="v1"))) == {"image": {"tag": "v1"}}


def test_wire_names_are_exact_and_unset_keys_are_left_out(project: Project) -> None:
    names = ["installCRDs", "global", "http_proxy", "podDNSConfig", "-x", "str", "é"]
    made = values(project, properties={name: {"type": "string"} for name in names})
    given = dict.fromkeys(names, "x")
    assert wire(msgspec.convert(given, made.Values)) == given
    assert wire(made.Values(install_crds="x", global_="y")) == {"installCRDs": "x", "global": "y"}


def test_only_items_of_lists_require_fields(project: Project) -> None:
    part = {**STRICT, "required": ["name"], "properties": {"name": {"type": "string"}}}
    shared = {"definitions": {"part": part}}
    ref = {"$ref": "#/definitions/part"}
    properties = {"one": ref, "many": {"type": "array", "items": ref}}
    made = values(project, properties=properties, required=["one", "many"], **shared)
    assert wire(made.Values(one=made.ValuesOne())) == {"one": {}}
    with pytest.raises(InvalidBody, match="needs the field 'name'"):
        made.ValuesMany()


@pytest.mark.parametrize("home", ["$defs", "definitions", "x/~y"])
def test_references_are_resolved_within_the_schema(project: Project, home: str) -> None:
    image = {**STRICT, "properties": {"tag": {"type": "string"}}}
    pointer = home.replace("~", "~0").replace("/", "~1")
    properties = {
        "image": {"$ref": f"#/{pointer}/image"},
        "other": {"allOf": [{"$ref": f"#/{pointer}/alias"}]},
    }
    definitions = {"image": image, "alias": {"$ref": f"#/{pointer}/image"}}
    made = values(project, properties=properties, **{home: definitions})
    assert made.ValuesImage is made.ValuesOther
    assert types_of(made.Values) == {"image": "ValuesImage", "other": "ValuesOther"}


def test_the_whole_may_be_a_reference(project: Project) -> None:
    whole = {**STRICT, "properties": {"a": {"type": "string"}}}
    project.write(
        "chart.schema.json", {"$ref": "#/$defs/all", "$defs": {"all": whole}}, package="c"
    )
    project.generate()
    assert types_of(project.load("helm.c").Values) == {"a": "str"}


def test_a_schema_may_refer_to_itself(project: Project) -> None:
    tree = {**STRICT, "properties": {"child": {"$ref": "#/$defs/tree"}, "all": {"$ref": "#"}}}
    lists = {"type": "array", "items": {"$ref": "#/$defs/lists"}}
    loop = {"$ref": "#/$defs/loop"}
    made = values(
        project,
        properties={each: {"$ref": f"#/$defs/{each}"} for each in ("tree", "lists", "loop")},
        **{"$defs": {"tree": tree, "lists": lists, "loop": loop}},
    )
    assert types_of(made.ValuesTree) == {"child": "ValuesTreeChild", "all": "Open[ValuesTreeAll]"}
    assert made.ValuesTreeChild is made.ValuesTree
    assert made.ValuesTreeAll is made.Values
    assert types_of(made.Values)["lists"] == "Sequence[Sequence[Json]]"
    assert types_of(made.Values)["loop"] == "Json | Null"
    nested: dict[str, Any] = {"tree": {"child": {"child": {}}}}
    assert wire(msgspec.convert(nested, made.Values)) == nested


def test_references_that_fan_out_are_read_once(project: Project) -> None:
    definitions = {
        f"d{level}": {
            "anyOf": [{"$ref": f"#/$defs/d{level + 1}"}, {"$ref": f"#/$defs/d{level + 1}"}],
        }
        for level in range(1_000)
    }
    structs = {
        f"s{level}": {
            "properties": {each: {"$ref": f"#/$defs/s{level + 1}"} for each in ("a", "b", "c")}
        }
        for level in range(1_000)
    }
    made = values(
        project,
        properties={"d": {"$ref": "#/$defs/d0"}, "s": {"$ref": "#/$defs/s0"}},
        **{"$defs": definitions | structs},
    )
    assert wire(made.Values(d=1, s={"a": {}})) == {"d": 1, "s": {"a": {}}}


def test_equal_parts_are_one_class_under_the_shortest_name(project: Project) -> None:
    inner = {**STRICT, "properties": {"tag": {"type": "string"}}}
    part = {**STRICT, "properties": {"image": inner}}
    made = values(project, properties={"webhook": part, "app": part, "image": inner})
    assert made.ValuesWebhook is made.ValuesApp
    assert made.ValuesWebhookImage is made.ValuesAppImage is made.ValuesImage


HOSTILE = [
    '"""\nimport os',
    "__import__('os')",
    "a\\",
    "'; raise SystemExit; '",
    "{0.__class__}",
    "../../x",
    "class",
    "__init__",
    "",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_data(project: Project, text: str) -> None:
    leaf = {"type": "string", "enum": [text], "default": text, "pattern": text, "title": text}
    part = {**STRICT, "properties": {text: leaf}, "description": text, "$comment": text}
    properties = {text: part, "ref": {"$ref": f"#/$defs/{text}"}, "known": part}
    made = values(project, properties=properties, **{"$defs": {text: part}})
    assert made.Values(known=made.ValuesKnown()) is not None
    assert len(project.source("helm/chart.py")) < 5 * len(text) + 5_000


def test_no_sentence_of_upstream_is_kept(project: Project) -> None:
    said = dict.fromkeys(("title", "description", "$comment"), "Told upstream")
    values(
        project, properties={"a": {"type": "string", **said}}, **said, examples=["Told upstream"]
    )
    texts = (path for path in project.tree.rglob("*.*") if path.suffix != ".pyc")
    for path in texts:
        assert path.is_dir() or "Told" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("schema", "why"),
    [("{", "not readable"), ("[]", "no JSON schema"), ("{}", "describes no values")],
)
def test_a_schema_that_describes_no_values_is_refused(
    project: Project, schema: str, why: str
) -> None:
    project.write("chart.schema.json", schema, package="chart")
    with pytest.raises(ImportSourceError, match=why):
        project.generate()


def test_a_schema_of_values_needs_a_name_of_its_own(project: Project) -> None:
    schema = {"properties": {"a": {"type": "string"}}}
    project.write("a.schema.json", schema)
    with pytest.raises(ImportSourceError, match=r"has no name\n  fix: write name:=address"):
        project.generate()


def test_two_charts_cannot_have_one_name(project: Project) -> None:
    for name in ("a", "b"):
        schema = {"properties": {"a": {"type": "string"}}}
        project.write(f"{name}.schema.json", schema, package="chart")
    with pytest.raises(ImportSourceError, match="'chart' is taken"):
        project.generate()


def checked(folder: Path, text: str) -> str:
    """Return the output of mypy for a module that uses the bindings below `folder`."""
    (folder / "use.py").write_text(text, encoding="utf-8")
    done = mypy(folder, "use.py", path=[folder / "imports", ROOT / "lib"])
    return done.stdout + done.stderr


def test_type_checkers_refuse_an_unknown_key_where_the_schema_does(project: Project) -> None:
    part = {"type": "object", "properties": {"tag": {"type": "string"}}}
    properties = {"strict": {**STRICT, **part}, "open": part}
    values(project, properties=properties)
    text = (
        "from kubeapis.helm import chart\n"
        "chart.Values(strict=chart.ValuesStrict(tag='x'), open={'tga': 'x'})\n"
        "chart.Values(open=chart.ValuesOpen(tag='x'))\n"
        "chart.Values(strict={'tag': 'x'})\n"
        "chart.ValuesStrict(tga='x')\n"
        "chart.ValuesStrict(tag=1)\n"
    )
    said = [
        line.split(":")[1]
        for line in checked(project.folder, text).splitlines()
        if "error:" in line
    ]
    assert sorted(set(said)) == ["4", "5", "6"]


@needs_mirror
def test_every_chart_of_the_mirror_gives_typed_values(project: Project) -> None:
    sources = sorted((MIRROR / "helm-values").glob("*.schema.json"))
    names = {
        path.name.partition(".schema")[0].replace("-", "_").replace(".", "_"): path
        for path in sources
    }
    project.add(*(f"{name}:={path}" for name, path in names.items()))
    assert not project.generate().problems
    for name in names:
        name_of = f"kubeapis.helm.{name}"
        module = importlib.import_module(name_of)
        for each in list(vars(module).values()):
            if inspect.isclass(each) and issubclass(each, Struct) and each.__module__ == name_of:
                with_required = any(field.required for field in msgspec.structs.fields(each))
                if not with_required:
                    assert wire(msgspec.convert({}, each)) == {}
    lines = [f"import kubeapis.helm.{name}\nkubeapis.helm.{name}.Values()\n" for name in names]
    assert checked(project.folder, "".join(lines)) == ""
    kept = json.loads(project.source("helm/_schemas/loki.json"))
    assert kept["properties"].keys() == json.loads(names["loki"].read_text())["properties"].keys()


@needs_mirror
def test_an_address_of_a_chart_is_answered_by_the_mirror(project: Project) -> None:
    address = "cert-manager/cert-manager/v1.21.1/deploy/charts/cert-manager/values.schema.json"
    project.add(f"cert:=https://raw.githubusercontent.com/{address}")
    project.generate(MIRROR)
    assert project.load("helm.cert").Values.__struct_fields__
