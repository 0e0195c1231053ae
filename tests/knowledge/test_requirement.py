"""The requirements of built-in kinds name types, fields and syntaxes that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kubestrata.knowledge import Check, KnowledgeError, Requirements, requirements, type_name
from kubestrata.knowledge.requirement import (
    COMPILED,
    FOLDER,
    compiled_requirements,
    read_requirements,
)
from kubestrata.schema.syntax import SYNTAXES

SCHEMAS = Path(__file__).parents[2] / "imports" / "kubeapis" / "k8s" / "_schemas"
ALL = read_requirements()


@cache
def types() -> dict[str, dict[str, Any]]:
    """Return the definitions of the bound Kubernetes, by the names that requirements use."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(SCHEMAS.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))["definitions"]
        found |= {type_name(name): each for name, each in content.items()}
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the definition that a schema refers to, or itself."""
    ref = str(schema.get("$ref", "")).rpartition("/")[2]
    return types()[type_name(ref)] if ref else schema


def problem(of: str, path: str) -> str:
    """Return the first step of a path that a type does not have."""
    schema = types()[of]
    marked = path.replace("[]", ".[]").replace("{key}", ".{key}").replace("{}", ".{}")
    for step in filter(None, marked.split(".")):
        schema = resolved(schema)
        below = {"[]": "items", "{}": "additionalProperties", "{key}": "additionalProperties"}
        if step in below:
            schema = schema.get(below[step], {})
        else:
            fields = schema.get("properties")
            # An entry of a map may have any name.
            schema = schema.get("additionalProperties", {}) if fields is None else fields.get(step)
        if not schema:
            return f"{of} has no {path}: {step}"
    return ""


def paths(check: Check) -> Iterator[str]:
    """Yield every path of a check from the type on."""
    start = f"{check.each}." if check.each else ""
    at = (check.at,) if isinstance(check.at, str) else check.at
    fields = (*check.exactly_one, *check.at_most_one, *check.at_least_one)
    more = (check.at_least, check.at_most, check.less_than, check.inside, check.many)
    conditions = (*check.when, *check.unless, *check.set, *check.unset)
    yield from (f"{start}{path}".rstrip(".") for path in (*at, *fields, *more, *conditions) if path)


def named(found: Requirements) -> tuple[str, ...]:
    return (found.of,) if isinstance(found.of, str) else found.of


def test_every_field_of_a_type_exists() -> None:
    several: set[int] = set()
    for each in ALL:
        for check in each.checks:
            of = sharing(check)
            problems = {path: [problem(one, path) for one in of] for path in paths(check)}
            # A field of a shared check may be in one type only.
            assert [found for found in problems.values() if all(found)] == []
            several.add(len(of))
    assert several > {1, 2}


def sharing(check: Check) -> tuple[str, ...]:
    """Return the types that share a check."""
    return next(named(each) for each in ALL if check in each.checks)


def test_every_requirement_names_its_source_and_checks_something() -> None:
    for each in ALL:
        group, _, function = each.source.partition(" ")
        assert group.isalpha()
        assert function
        assert each.checks or each.optional, each.source
        for check in each.checks:
            settings = {"at", "each", "why", "fix", "when", "unless", "set", "unset", "many"}
            fields = check.__struct_fields__
            used = {name for name in fields if getattr(check, name) != getattr(Check(), name)}
            assert used - settings, (each.source, check)


def test_every_syntax_is_known_and_used() -> None:
    used = {check.syntax for each in ALL for check in each.checks} - {""}
    assert used <= set(SYNTAXES)
    assert set(SYNTAXES) == used


def test_optional_fields_are_required_by_openapi() -> None:
    for each in ALL:
        for of in named(each):
            assert set(each.optional) <= set(types()[of].get("required", ())), of


def test_the_json_file_holds_what_the_toml_files_say() -> None:
    assert COMPILED.read_bytes() == compiled_requirements(ALL)
    assert requirements() == ALL


def test_a_file_that_breaks_the_schema_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[requirements]]\nsource = "core X"\nof = "a"\ncheks = []\n')
    with pytest.raises(KnowledgeError, match=r"a\.toml: .*cheks"):
        read_requirements(tmp_path)
    assert sorted(FOLDER.glob("*.toml"))
