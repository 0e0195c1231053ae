"""Schemas without upstream's sentences: what validation needs and nothing to read."""

from __future__ import annotations

from typing import Any

from kubestrata.core.json_value import is_list, is_mapping

_SENTENCES = frozenset(
    {
        "$comment",
        "description",
        "example",
        "examples",
        "externalDocs",
        "markdownDescription",
        "title",
        "x-intellij-html-description",
    }
)
_MESSAGES = frozenset({"message", "messageExpression"})
_OPAQUE = frozenset({"default", "enum", "const", "required", "x-kubernetes-group-version-kind"})
_BY_NAME = frozenset({"properties", "patternProperties", "definitions", "$defs"})
_RULES = "x-kubernetes-validations"


def _without_messages(rules: object) -> Any:
    if not is_list(rules):
        return rules
    return [
        {key: value for key, value in rule.items() if key not in _MESSAGES}
        for rule in rules
        if is_mapping(rule)
    ]


def without_prose(schema: object) -> Any:
    """Return a schema without descriptions, titles, examples and messages; data is kept."""
    if is_list(schema):
        return [without_prose(item) for item in schema]
    if not is_mapping(schema):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _SENTENCES:
            continue
        if key in _OPAQUE:
            kept[key] = value
        elif key == _RULES:
            kept[key] = _without_messages(value)
        elif key in _BY_NAME and is_mapping(value):
            kept[key] = {name: without_prose(each) for name, each in value.items()}
        else:
            kept[key] = without_prose(value)
    return kept
