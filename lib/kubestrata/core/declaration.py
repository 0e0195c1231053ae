"""Declarations: typed arguments of constructs that can also be the `spec` of a claim.

Schemas of platform APIs are generated from them. Constructs turn them into objects.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, ClassVar, Literal, get_args, get_origin

import msgspec

from kubestrata.core.errors import InvalidValue, KubestrataError
from kubestrata.core.given_fields import fits
from kubestrata.core.json_value import is_mapping
from kubestrata.core.plain_value import unwritable
from kubestrata.core.render import Rendering, restore
from kubestrata.core.struct import Struct
from kubestrata.core.value.amount import quantity

_ENTRY = "[...]"
"""The step of msgspec's paths for every entry of a mapping."""
_PATTERN = "expected `str` matching regex "
_LONGEST_SHOWN = 80
# Patterns that several fields have, in words.
_WORDS = {
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": (
        "must be one label: lower-case letters, digits and '-', beginning and ending with a letter "
        "or digit"
    ),
    "^/": "must begin with '/'",
    r"^\./": "must begin with './'",
    "^[1-9][0-9]*[dwm]$": "must be a number and 'd', 'w' or 'm': '30d'",
    "^(https|ssh)://.+$": "must begin with 'https://' or 'ssh://'",
    "^[a-z_][-a-z0-9_]*$": "must be lower-case letters, digits, '-' and '_', no digit first",
    r"^(100|[1-9]?[0-9])%$": "must be a whole percentage: '25%'",
}
_FIXES = {
    "expected `str`, got `int`": "write it in quotes",
    "expected `str`, got `float`": "write it in quotes",
    "expected `str`, got `bool`": "write it in quotes: 'true' or 'false'",
    "expected `array`, got `str`": "write a list: [...]",
    "expected `str`, got `SecretReference`": "name one of its keys: secret.key('password')",
}


class Declaration(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A frozen value, checked against the types and limits of its fields when it is created.

    Fields hold scalars, text values, sequences, mappings and other declarations. Wire names are
    in camel case; fields with their default value are left out. Quantities named in `POSITIVE` must
    be more than 0, those in `BYTES` no parts of bytes. Raises InvalidValue.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ()
    BYTES: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Check every field that differs from its default."""
        self._require_writable("", self)
        plain = msgspec.to_builtins(self, enc_hook=Rendering([]).encode)
        if not fits(self, plain, restore):
            for name, wire, kind in _fields(type(self)):
                if wire in plain:
                    self.check_value(name, plain[wire], kind)
        for name in self.POSITIVE:
            amount = getattr(self, name)
            if amount is not None and quantity(str(amount)) <= 0:
                raise self.refuse(name, f"is {str(amount)!r}", "write more than 0: '1Gi'")
        for name in self.BYTES:
            self.check_bytes(name, getattr(self, name))

    def check_bytes(self, field: str, amount: str | None) -> None:
        """Raise InvalidValue for parts of bytes, such as the `100m` that is meant as `100Mi`.

        `1.2Gi` is accepted, because the API server rounds it up.
        """
        text = str(amount or "")
        if text.endswith(("m", "n", "u")) and quantity(text).denominator != 1:
            why = f"is {text!r}, which is not a whole number of bytes"
            raise self.refuse(field, why, f"write '{text[:-1]}Mi'")

    def check_fields(self, *, without: Collection[str]) -> None:
        """Check the fields, except those in `without`, whose values exist only in Python."""
        for name, _, kind in _fields(type(self)):
            if name not in without:
                value = getattr(self, name)
                self._require_writable(f".{name}", value)
                plain = msgspec.to_builtins(value, enc_hook=Rendering([]).encode)
                self.check_value(name, plain, kind)

    def _require_writable(self, path: str, value: object) -> None:
        fault = unwritable(value)
        if fault is not None:
            what = f"{type(self).__name__}{path}{fault.path}"
            raise InvalidValue(what, str(fault), fault.fix)

    def check_value(self, field: str, value: object, kind: Any) -> None:
        """Raise InvalidValue if the plain value of a field is not of a type."""
        _check(f"{type(self).__name__}.{field}", value, kind)

    def refuse(self, field: str, why: str, fix: str | None = None) -> InvalidValue:
        """Return the error for a field whose value contradicts the others."""
        what = f"{type(self).__name__}.{field}"
        return InvalidValue(what, why, fix)


@cache
def _fields(cls: type[Declaration]) -> list[tuple[str, str, Any]]:
    return [(each.name, each.encode_name, each.type) for each in msgspec.structs.fields(cls)]


def _check(what: str, value: object, kind: Any) -> None:
    try:
        msgspec.convert(value, kind, dec_hook=restore)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, KubestrataError):
            raise error.__cause__ from None
        message, _, path = str(error).partition(" - at `$")
        why = message[:1].lower() + message[1:]
        path = path.rstrip("`")
        if path.startswith(_ENTRY):
            path = _key(value, kind) + path.removeprefix(_ENTRY)
        if why.startswith(_PATTERN):
            why = _mismatch(value, why.removeprefix(_PATTERN).strip("'"), path)
        allowed = _literals(kind) if why.startswith("invalid enum value") and not path else []
        if allowed:
            why += f": must be one of {', '.join(map(str, allowed))}"
        elif isinstance(value, int) and why.startswith(("expected `int` <", "expected `int` >")):
            why += f", got {value}"
        raise InvalidValue(what + path, why, _fix(why)) from None


def _mismatch(value: object, pattern: str, path: str) -> str:
    """Return the reason for text that a pattern does not match, with the text if it is short."""
    rule = _WORDS.get(pattern, f"must match {pattern}")
    if path or not isinstance(value, str) or len(value) > _LONGEST_SHOWN:
        return f"is not a valid value: {rule}"
    return f"is {value!r}: {rule}"


def _key(value: object, kind: Any) -> str:
    """Return the key of the first entry of a mapping that does not fit, as a step of a path."""
    if is_mapping(value):
        for key, each in value.items():
            try:
                msgspec.convert({key: each}, kind, dec_hook=restore)
            except msgspec.ValidationError:
                return f"[{key!r}]"
    return _ENTRY


def _literals(kind: Any) -> list[object]:
    """Return the values of the Literal types in a type, in their order."""
    parts: tuple[Any, ...] = get_args(kind)
    if get_origin(kind) is Literal:
        return [*parts]
    return [each for part in parts for each in _literals(part)]


def _fix(why: str) -> str | None:
    """Return the fix of the usual mistakes: a number for text, one value for a list."""
    return next((fix for begin, fix in _FIXES.items() if why.startswith(begin)), None)
