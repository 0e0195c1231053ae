"""What the validator finds, in words: the value, what is wrong with it, the fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from kubestrata.core.alike import alike
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.fault import Fault, dotted, shortened, shown

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
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
_OF_TEXT = ValidationErrorKind.Type | ValidationErrorKind.Enum | ValidationErrorKind.Pattern
_TOLD = 8
_WORDS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
"""What some readers of YAML take for booleans, and Kustomize for text."""


def faults_of(error: ValidationError, schema: dict[str, Any], pruned: str = "") -> Iterator[Fault]:
    """The faults that an error of the validator stands for.

    `pruned` says what happens to a field of an object that declares no fields.
    """
    path, value = error.instance_path, error.instance
    if _is_open(value) and isinstance(error.kind, _OF_TEXT | ValidationErrorKind.Format):
        return
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            known = _properties(schema, error.schema_path)
            for name in names:
                yield _unknown(dotted([*path, name]), name, known, pruned)
        case ValidationErrorKind.Required(property=name):
            yield Fault(dotted([*path, name]), "is not set; it is required")
        case ValidationErrorKind.Type(types=types):
            wanted = " or ".join(_TYPES.get(each, each) for each in types)
            yield Fault(
                dotted(path), f"{_named(value)} where {wanted} belongs", _cast(value, types)
            )
        case ValidationErrorKind.Enum(options=options):
            near = _near(value, [each for each in options if isinstance(each, str)])
            allowed = ", ".join(shown(each) for each in options)
            yield Fault(dotted(path), f"{shown(value)} is none of {shortened(allowed, 120)}", near)
        case _:
            yield Fault(dotted(path), _limit(error.kind, value))


def _limit(kind: ValidationErrorKind, value: object) -> str:
    match kind:
        case ValidationErrorKind.Pattern(pattern=pattern):
            return f"{shown(value)} does not match {shortened(pattern, 120)}"
        case ValidationErrorKind.Format(format=name):
            return f"{shown(value)} is no {name}"
        case ValidationErrorKind.Not(schema=schema):
            return _excluded(schema)
        case ValidationErrorKind.OneOfMultipleValid():
            return "fits more than one of the alternatives of which one may hold"
        case (
            ValidationErrorKind.OneOfNotValid(context=context)
            | ValidationErrorKind.AnyOf(context=context)
        ):
            return _alternatives(context)
        case _:
            text = _LIMITS.get(type(kind).__name__)
            limit = getattr(kind, "limit", None)
            return f"{shown(value)} {text.format(limit)}" if text else f"breaks {kind.name}"


def _named(value: object) -> str:
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"the number {value}"
    return shown(value)


def _cast(value: object, types: Sequence[str]) -> str:
    if "string" in types and isinstance(value, bool | int | float):
        return f'quote it: "{shown(value)}"'
    if not isinstance(value, str):
        return ""
    number = {"integer", "number"} & set(types) and value.lstrip("-").isdecimal()
    if "boolean" in types and value.lower() in _WORDS:
        return f"write {_WORDS[value.lower()]}"
    truth = "boolean" in types and value in ("true", "false")
    return f"write {value} without quotes" if number or truth else ""


def _is_open(value: object) -> bool:
    """Whether substitution still has to make the value."""
    return isinstance(value, str) and "${" in value


def _unknown(path: str, name: str, known: Sequence[str], pruned: str) -> Fault:
    near = _near(name, known)
    if not known and pruned:
        return Fault(path, f"unknown field: the schema declares no fields here, {pruned}")
    if near or not known:
        return Fault(path, "unknown field", near)
    rest = f" and {len(known) - _TOLD} more" if len(known) > _TOLD else ""
    return Fault(path, f"unknown field; there are {', '.join(sorted(known)[:_TOLD])}{rest}")


def _near(value: object, known: Sequence[str]) -> str:
    if not isinstance(value, str):
        return ""
    lowered = {each.lower(): each for each in known}
    found = alike(value.lower(), lowered, likeness=0.7)
    return f"write {lowered[found[0]]}" if found else ""


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


def _alternatives(context: list[list[ValidationError]]) -> str:
    missing = [
        error.kind.property
        for errors in context
        for error in errors[:1]
        if isinstance(error.kind, ValidationErrorKind.Required)
    ]
    if missing and len(missing) == len(context):
        return f"needs one of {', '.join(dict.fromkeys(missing))}"
    told = dict.fromkeys(
        f"{fault.path} {fault.message}".strip()
        for errors in context
        for error in errors[:1]
        for fault in faults_of(error, {})
    )
    return f"fits none of the alternatives: {'; '.join(list(told)[:4])}"
