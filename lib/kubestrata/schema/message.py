"""The validator's errors in words: the value, the problem, the fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from kubestrata.core.alike import Names, alike, edits
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.fault import (
    Doubtful,
    Fault,
    Hidden,
    Misspelled,
    Step,
    UnknownField,
    dotted,
    hidden,
    is_open,
    shortened,
    shown,
)

REQUIRED = "is not set; it is required"
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_LIMITS = {
    "Maximum": "is more than {}",
    "Minimum": "is less than {}",
    "ExclusiveMaximum": "must be less than {}",
    "ExclusiveMinimum": "must be more than {}",
    "MaxItems": "has more than {} items",
    "MinItems": "has fewer than {} items",
    "MaxLength": "has more than {} characters",
    "MinLength": "has fewer than {} characters",
    "MaxProperties": "has more than {} entries",
    "MinProperties": "has fewer than {} entries",
}
_OF_TEXT = (
    ValidationErrorKind.Type
    | ValidationErrorKind.Enum
    | ValidationErrorKind.Pattern
    | ValidationErrorKind.Format
    | ValidationErrorKind.MaxLength
    | ValidationErrorKind.MinLength
)
_ALTERNATIVES = ValidationErrorKind.OneOfNotValid | ValidationErrorKind.AnyOf
_MOST_NAMES = 8
_EDITS = 2
_WORDS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
"""Booleans for some readers of YAML, text for Kustomize."""


class Wording(Frozen):
    """Descriptions of problems.

    Values of fields of a Secret are not shown. In a `substituted` object, a text with `${` may
    become any value. `pruned` says what happens to a field of an object that declares no fields.
    """

    of_secret: bool = False
    substituted: bool = False
    pruned: str = ""


def faults_of(
    error: ValidationError, schema: dict[str, Any], wording: Wording | None = None
) -> Iterator[Fault]:
    """Yield the problems of a validator's error."""
    wording = wording or Wording()
    path = error.instance_path
    value = hidden(error.instance, path, of_secret=wording.of_secret)
    if wording.substituted and _is_open(error):
        return
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            known = _Known(_properties(schema, error.schema_path))
            yield from _unknown(path, names, known, wording.pruned)
        case ValidationErrorKind.Required(property=name):
            yield Fault(dotted([*path, name]), REQUIRED)
        case ValidationErrorKind.Type(types=types):
            wanted = " or ".join(_TYPES.get(each, each) for each in types)
            yield Fault(dotted(path), f"must be {wanted}, not {_named(value)}", _cast(value, types))
        case ValidationErrorKind.Enum(options=options):
            known = _Known(each for each in options if isinstance(each, str))
            allowed = ", ".join(shown(each) for each in options)
            message = f"{shown(value)} is not valid: must be one of {shortened(allowed, 120)}"
            kind = Fault if known.has_other_case(value) else Doubtful
            yield kind(dotted(path), message, known.near(value))
        case _:
            encoded = isinstance(error.kind, ValidationErrorKind.Format) and path[:1] == ["data"]
            fix = "write it under stringData" if wording.of_secret and encoded else ""
            yield Fault(dotted(path), _limit(error.kind, value, wording), fix)


def _limit(kind: ValidationErrorKind, value: object, wording: Wording) -> str:
    match kind:
        case ValidationErrorKind.Pattern(pattern=pattern):
            return f"{shown(value)} does not match {shortened(pattern, 120)}"
        case ValidationErrorKind.Format(format="byte"):
            return "is not base64"
        case ValidationErrorKind.Format(format=name):
            return f"{shown(value)} is not a valid {name}"
        case ValidationErrorKind.Not(schema=schema):
            return _excluded(schema)
        case ValidationErrorKind.OneOfMultipleValid():
            return "fits more than one of the alternatives of which one may hold"
        case (
            ValidationErrorKind.OneOfNotValid(context=context)
            | ValidationErrorKind.AnyOf(context=context)
        ):
            return _alternatives(context, wording)
        case _:
            text = _LIMITS.get(type(kind).__name__)
            limit = getattr(kind, "limit", None)
            return f"{shown(value)} {text.format(limit)}" if text else f"breaks {kind.name}"


def _named(value: object) -> str:
    if isinstance(value, Hidden):
        return f"{'the string' if value.type is str else 'the number'} {shown(value)}"
    if isinstance(value, str):
        return f"the string {shown(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"the number {shown(value)}"
    return shown(value)


def _cast(value: object, types: Sequence[str]) -> str:
    if isinstance(value, Hidden):
        return "quote it" if "string" in types and value.type is not str else ""
    if "string" in types and isinstance(value, bool | int | float):
        return f'quote it: "{shown(value)}"'
    if not isinstance(value, str):
        return ""
    number = {"integer", "number"} & set(types) and value.lstrip("-").isdecimal()
    if "boolean" in types and value.lower() in _WORDS:
        return f"write {_WORDS[value.lower()]}"
    truth = "boolean" in types and value in ("true", "false")
    return f"write {value} without quotes" if number or truth else ""


def _is_open(error: ValidationError) -> bool:
    """Return True if substitution may still make the value, or one of its alternatives, fit."""
    if isinstance(error.kind, _ALTERNATIVES):
        return any(errors and all(map(_is_open, errors)) for errors in error.kind.context)
    return is_open(error.instance) and isinstance(error.kind, _OF_TEXT)


class _Known:
    """Candidates for a misspelled name, in any case."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spelled = {each.lower(): each for each in names}
        self._lowered = Names(self._spelled)

    def near(self, value: object) -> str:
        if not isinstance(value, str):
            return ""
        found = alike(value.lower(), self._lowered, likeness=0.7)
        return f"write {self._spelled[found[0]]}" if found else ""

    def has_other_case(self, value: object) -> bool:
        return isinstance(value, str) and value.lower() in self._lowered

    def is_misspelled(self, name: str) -> bool:
        """Return True for one or two wrong letters, not more than a third of the name."""
        found = alike(name.lower(), self._lowered, likeness=0.6)
        return any(edits(name.lower(), each) <= min(_EDITS, len(name) // 3) for each in found)

    def described(self) -> str:
        names = sorted(self._spelled.values())
        rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return f"; there are {', '.join(names[:_MOST_NAMES])}{rest}" if names else ""


def _unknown(
    path: Sequence[Step], names: Iterable[str], known: _Known, pruned: str
) -> Iterator[Fault]:
    described = known.described()
    if not described and pruned:
        described = f": the schema declares no fields here, {pruned}"
    for name in names:
        near = known.near(name)
        kind = Misspelled if known.is_misspelled(name) else UnknownField
        yield kind(dotted([*path, name]), f"unknown field{'' if near else described}", near)


def _properties(schema: dict[str, Any], path: Sequence[str | int]) -> list[str]:
    at: Any = schema
    for step in path[:-1]:
        if isinstance(step, int):
            at = at[step] if is_list(at) else None
        else:
            at = at.get(step) if is_mapping(at) else None
    return list(at.get("properties", {})) if is_mapping(at) else []


def _excluded(schema: object) -> str:
    required = schema.get("required") if is_mapping(schema) else None
    if is_list(required):
        return f"must not set {' and '.join(map(str, required))}" + (
            " together" if len(required) > 1 else ""
        )
    return "is excluded by the schema"


def _alternatives(context: list[list[ValidationError]], wording: Wording) -> str:
    missing = [
        error.kind.property
        for errors in context
        for error in errors[:1]
        if isinstance(error.kind, ValidationErrorKind.Required)
    ]
    if missing and len(missing) == len(context):
        return f"needs one of {', '.join(dict.fromkeys(missing))}"
    reasons = dict.fromkeys(
        f"{fault.path} {fault.message}".strip()
        for errors in context
        for error in errors[:1]
        for fault in faults_of(error, {}, wording)
    )
    return f"fits none of the alternatives: {'; '.join(list(reasons)[:4])}"
