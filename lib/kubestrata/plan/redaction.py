"""Changes without the values of secrets: the change is shown, the values are not."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from kubestrata.core.field_change import FieldChange
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.core.secret_field import REDACTED, is_secret_name, is_secret_path
from kubestrata.plan.tree_diff import ObjectChange
from kubestrata.rules.credentials import without_forms

_STEP = re.compile(r"\[(\d+)\]|\[['\"](.*?)['\"]\]|\[([^\]]*)\]|([^.\[\]]+)")


def without_secrets(change: ObjectChange) -> ObjectChange:
    """Return a change whose fields show no secret value."""
    of_secret = change.name.startswith("Secret ")  # the core kind, as identities are shown
    return replace(change, fields=[_field(each, of_secret=of_secret) for each in change.fields])


def _field(field: FieldChange, *, of_secret: bool) -> FieldChange:
    steps = _steps(field.path)
    before, after = (
        masked(value, steps, of_secret=of_secret) for value in (field.before, field.after)
    )
    return replace(field, before=before, after=after)


def _steps(path: str) -> tuple[str | int, ...]:
    found = (match.groups() for match in _STEP.finditer(path))
    return tuple(
        int(number) if number else quoted or named or plain or ""
        for number, quoted, named, plain in found
    )


def masked(value: Any, steps: tuple[str | int, ...], *, of_secret: bool) -> Any:
    """Return a value at a path of an object with its secrets replaced."""
    if is_mapping(value):
        variable = is_secret_name(str(value.get("name", ""))) and "value" in value
        return {
            key: REDACTED
            if variable and key == "value"
            else masked(part, (*steps, key), of_secret=of_secret)
            for key, part in value.items()
        }
    if is_sequence(value):
        return [
            masked(part, (*steps, index), of_secret=of_secret) for index, part in enumerate(value)
        ]
    if value is None or isinstance(value, bool):
        return value
    if is_secret_path(steps, of_secret=of_secret) or _is_variable(steps):
        return REDACTED
    return without_forms(value) if isinstance(value, str) else value


def _is_variable(steps: tuple[str | int, ...]) -> bool:
    """Return True for `env[PASSWORD].value`, the form of changes in named lists."""
    return len(steps) > 1 and steps[-1] == "value" and is_secret_name(str(steps[-2]))
