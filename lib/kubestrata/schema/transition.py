"""Transition rules: CEL rules about a change, which name the value before it (`oldSelf`).

They do not apply when an object is created; what compares two states of an object evaluates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kubestrata.core.field_change import join_path
from kubestrata.core.json_value import is_mapping, sequence
from kubestrata.schema.field_path import INSIDE

_FORMER = re.compile(r"\boldSelf\b")


class TransitionRule(NamedTuple):
    """A rule at a path of a schema: `spec.rules[].name`, `spec.labels{}`, '' for the object.

    With `applies_to_new`, `oldSelf` is optional, and the rule applies to a new value too.
    """

    path: str
    rule: str
    message: str
    applies_to_new: bool = False
    is_inside: bool = False
    """True for a rule of the items of a list, or of the values of a map."""


def is_transition(expression: str) -> bool:
    """Return True for a rule that names the value before a change."""
    return _FORMER.search(expression) is not None


def transition_rules(
    schema: Mapping[str, Any], path: str = "", *, is_inside: bool = False
) -> Iterator[TransitionRule]:
    """Yield the transition rules of a version of a kind, by path."""
    for each in sequence(schema.get("x-kubernetes-validations")):
        rule = str(each.get("rule", "")) if is_mapping(each) else ""
        if is_mapping(each) and is_transition(rule):
            message, is_optional = str(each.get("message") or ""), each.get("optionalOldSelf")
            yield TransitionRule(path, rule, message, is_optional is True, is_inside)
    properties: object = schema.get("properties")
    for name, part in properties.items() if is_mapping(properties) else ():
        if is_mapping(part):
            yield from transition_rules(part, join_path(path, name), is_inside=is_inside)
    for key, mark in INSIDE:
        below: object = schema.get(key)
        if is_mapping(below):
            yield from transition_rules(below, f"{path}{mark}", is_inside=True)
