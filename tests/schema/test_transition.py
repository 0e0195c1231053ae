"""Rules about changes are listed with their paths, for what compares two states of an object."""

from __future__ import annotations

from typing import Any

from kubestrata.schema.immutable import immutable_fields
from kubestrata.schema.transition import TransitionRule, transition_rules


def ruled(rule: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "x-kubernetes-validations": [{"rule": rule, **more}]}


NAME = ruled("self == oldSelf", message="the name stays")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "x-kubernetes-validations": [
        {"rule": "has(self.a) == has(oldSelf.a)"},
        {"rule": "self.a == 'oldself'"},
    ],
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "name": NAME,
                "rules": {"type": "array", "items": {"properties": {"name": NAME}}},
                "sizes": {"type": "object", "additionalProperties": ruled("oldSelf == self")},
                "class": ruled("oldSelf.hasValue()", optionalOldSelf=True),
                "free": ruled("self != 'a'"),
            },
        },
    },
}


def test_transition_rules_are_listed_at_any_depth() -> None:
    assert list(transition_rules(SCHEMA)) == [
        TransitionRule("", "has(self.a) == has(oldSelf.a)", ""),
        TransitionRule("spec.name", "self == oldSelf", "the name stays"),
        TransitionRule("spec.rules[].name", "self == oldSelf", "the name stays", is_inside=True),
        TransitionRule("spec.sizes{}", "oldSelf == self", "", is_inside=True),
        TransitionRule("spec.class", "oldSelf.hasValue()", "", applies_to_new=True),
    ]


def test_immutable_fields_are_those_that_always_exist_once() -> None:
    assert immutable_fields(transition_rules(SCHEMA)) == {"spec.name": "the name stays"}
