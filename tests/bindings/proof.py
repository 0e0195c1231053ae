"""A proof that keywords express every object that a schema allows, and render it unchanged."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from kubestrata.bindings import IndexedKind
from kubestrata.core.origin import Origin
from kubestrata.core.render import render, render_open, unfold
from kubestrata.core.struct import Struct
from tests.bindings.project import Captured
from tests.bindings.round_trip import Builder, as_json
from tests.bindings.sample import Sampler
from tests.bindings.sample_scalar import NoValueError
from tests.strict_schema import (
    Schema,
    Validator,
    body_schema,
    checked,
    definitions,
    strict,
    validator,
    values_validator,
)

_HEAD = ("apiVersion", "kind", "metadata")
_ORIGIN = Origin("chart.py", 1)
_SHARES = (0.3, 0.6, 0.9)
Prove = Callable[[Any], None]


@dataclass(slots=True)
class Tally:
    """Counts of the kinds and objects that were drawn, and of those that were right."""

    kinds: int = 0
    draws: int = 0
    equal: int = 0
    valid: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kinds} kinds, {self.draws} objects drawn, {self.equal} rendered as given, "
            f"{self.valid} valid"
        )


def _strictly(schema: Schema) -> Validator:
    """Return the validator of a part; kinds have thousands of equal ones."""
    text = json.dumps(schema)
    return checked(strict(schema))[0] if '"$ref"' in text else _of_text(text)


@cache
def _of_text(text: str) -> Validator:
    return checked(strict(json.loads(text)))[0]


def proved(sampler: Sampler, schema: Schema, prove: Prove, examples: int) -> int:
    """Prove what is to hold for all, for the required and for some of the fields.

    How many values were found that the schema allows.
    """
    choose = Random(0)  # a seed has nothing to shrink: hypothesis would only choose it
    some = [(choose.randrange(2**32), choose.choice(_SHARES)) for _ in range(examples)]
    found = 0
    for seed, share in ((0, 0.0), (0, 1.0), *some):
        try:
            value = sampler.draw(schema, seed, share)
        except NoValueError:
            continue
        try:
            prove(value)
        except Exception as error:
            error.add_note(f"seed {seed}, share {share}")
            raise
        found += 1
    return found


def prove_kind(
    tree: Path,
    kind: IndexedKind,
    made: list[Captured],
    builder: Builder,
    examples: int,
    tally: Tally | None = None,
) -> int:
    """One version of a kind: built by keyword, rendered as given, valid to its schema."""
    module = importlib.import_module(f"kubeapis.{kind.module}")
    name = kind.kind if hasattr(module, kind.kind) else f"{kind.kind}_"
    body: type[Struct] = getattr(module, f"_{name}Body")
    whole = body_schema(tree, kind)
    check, counted = validator(tree, kind, whole), tally or Tally()
    counted.kinds += 1
    api_version = f"{kind.group}/{kind.version}" if kind.group else kind.version
    head = {"apiVersion": api_version, "kind": kind.kind, "metadata": {"name": "a"}}

    def prove(value: Any) -> None:
        counted.draws += 1
        more = {key: each for key, each in value.items() if key not in builder.fields(body)}
        unknown = {"unknown_fields": more} if more else {}
        known = {key: each for key, each in value.items() if key not in more}
        getattr(module, name)(None, "one", **builder.keywords(body, known), **unknown)
        captured = made.pop()
        rendered, _ = render(captured["body"], _ORIGIN, kind.kind)
        rendered |= captured["unknown_fields"] or {}
        assert as_json(rendered) == as_json(value), kind.module
        counted.equal += 1
        errors = check.iter_errors({**head, **rendered})
        assert [f"{each.instance_path}: {each.message}" for each in errors] == [], kind.module
        counted.valid += 1

    schema = dict(whole)
    if kind.builtin:
        schema["definitions"] = definitions((tree / kind.schema).parent)
    properties = {name: each for name, each in schema["properties"].items() if name not in _HEAD}
    needed = [name for name in schema.get("required", ()) if name not in _HEAD]
    described = {"type": "object", **schema, "properties": properties, "required": needed}
    if not properties:
        described["additionalProperties"] = False  # a kind that only has a status
    return proved(Sampler(described, _strictly), described, prove, examples)


def prove_struct(
    struct: type[Struct], schema: Schema, root: Schema, builder: Builder, examples: int
) -> int:
    """One struct: built by keyword, rendered as given."""

    def prove(value: Any) -> None:
        rendered, _ = render(struct(**builder.keywords(struct, value)), _ORIGIN, struct.__name__)
        assert as_json(rendered) == as_json(value), struct

    return proved(Sampler(root, _strictly), schema, prove, examples)


def prove_values(struct: type[Struct], schema: Schema, builder: Builder, examples: int) -> int:
    """The values of a chart: built by keyword, unfolded as given, valid to the chart's schema."""
    check = values_validator(schema)

    def prove(value: Any) -> None:
        values = unfold(struct(**builder.keywords(struct, value)), _ORIGIN, "values")
        rendered, _ = render_open(values, _ORIGIN, "values")
        assert as_json(rendered) == as_json(value), struct
        errors = check.iter_errors(rendered)
        assert [f"{each.instance_path}: {each.message}" for each in errors] == [], struct

    named_only = {**schema, "additionalProperties": False}
    return proved(Sampler(schema, values_validator), named_only, prove, examples)
