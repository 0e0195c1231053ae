"""The secret values of objects, and texts without them.

Messages omit the values of secret fields where they are composed. This is a second safeguard for
values that arrive in another way: in an exception's text, in another object, encoded.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import is_mapping, is_sequence, mapping
from kubestrata.core.secret_field import LAST_APPLIED, REDACTED, is_secret_kind
from kubestrata.rules.argo_setting import TYPE_LABEL
from kubestrata.rules.credentials import (
    assigned,
    form_of,
    is_password,
    marks_in,
    may_assign,
    without_forms,
)
from kubestrata.rules.field import mapping_at
from kubestrata.rules.ordinary_word import Vocabulary

_PUBLIC = frozenset({"apiVersion", "kind", "metadata", "type", "immutable", "sops"})
_NAMES = frozenset({"name", "namespace", "key", "fieldPath", "targetPath", "valuesKey"})
"""Fields of a reference to a Secret."""
_SEALED = "ENC["  # as SOPS leaves it
_KEY = 6
"""Shorter values are too often ordinary words; fields that hold them are never shown."""
_WORD = 12
"""Shorter values are replaced only as whole words, as other words may contain them."""
_LINE = 12
_BITS = 64
_SHOWN = 40
"""Messages truncate long values after more characters than these."""
_PAIR = re.compile(r"\s*([\w.\"'-]+)\s*[=:]\s*(.+)")
_ARGO_PUBLIC = frozenset({"name", "project", "server", "type", "url", "username"})
"""Keys of a Secret that declares a repository or a cluster of Argo CD."""


class SecretValues:
    """A growing set of secret values."""

    def __init__(self) -> None:
        self._by_start: dict[str, dict[str, set[str]]] = {}
        # The start of a value -> the values, with the keys that they have.
        self._names: set[str] = set()
        self._derived: set[str] = set()
        self._words = Vocabulary()

    def add(self, manifest: Mapping[str, Any]) -> None:
        """Add the secrets of an object; names of objects are public."""
        metadata = mapping(manifest.get("metadata"))
        names = (metadata.get("name"), metadata.get("namespace"), manifest.get("kind"))
        self._names.update(name for name in names if isinstance(name, str))
        self._words.add(manifest)
        for key, value in secrets_in(manifest):
            for name, form in _forms(key, value):
                if len(form) >= _KEY and re.search(r"\w", form):
                    self._by_start.setdefault(form[:_KEY], {}).setdefault(form, set()).add(name)

    def hide(self, text: str) -> None:
        """Add a text that was made of a secret, and is hidden even where it is a name."""
        for name, form in _forms("password", text):
            if len(form) >= _KEY and re.search(r"\w", form):
                self._by_start.setdefault(form[:_KEY], {}).setdefault(form, set()).add(name)
                self._derived.add(form)

    def scrub(self, text: str) -> str:
        """Return the text without any of the values, and without what is a secret by its form."""
        return without_forms(self._without_values(text) if self._by_start else text)

    def _without_values(self, text: str) -> str:
        parts: list[str] = []
        start, known = 0, self._by_start
        for at in [at for at in range(len(text) - _KEY + 1) if text[at : at + _KEY] in known]:
            length = self._at(text, at) if at >= start else 0
            if length:
                parts += (text[start:at], REDACTED)
                start = at + length
        return "".join((*parts, text[start:]))

    def _at(self, text: str, at: int) -> int:
        """Return the length of the longest value that begins here, 0 if none does."""
        known = self._by_start[text[at : at + _KEY]]
        return max((_fits(text, at, each) for each in known if self._is_hidden(each)), default=0)

    def _is_hidden(self, value: str) -> bool:
        """Return True unless a value is a name, or ordinary words in all of its keys."""
        keys = self._by_start[value[:_KEY]][value]
        if value in self._derived and not self._words.holds("password", value):
            return True
        return value not in self._names and not all(self._words.holds(key, value) for key in keys)


def _fits(text: str, at: int, value: str) -> int:
    """Return how much of a value is here: all of it, or the beginning of a truncated long one."""
    if text.startswith(value, at):
        return len(value) if _is_whole(text, at, value) else 0
    if len(value) > _SHOWN and text.startswith(value[:_SHOWN], at):
        here = zip(text[at:], value, strict=False)
        return next((length for length, (one, other) in enumerate(here) if one != other), _SHOWN)
    return 0


def _is_whole(text: str, at: int, value: str) -> bool:
    if len(value) >= _WORD:
        return True
    before, after = text[max(at - 1, 0) : at], text[at + len(value) : at + len(value) + 1]
    return not (before.isalnum() or after.isalnum())


def _forms(key: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of a value with its key: whole, by line, encoded, escaped."""
    whole = value.strip()
    lines = whole.splitlines() if "\n" in whole else []
    for name, text in ((key, value), (key, whole), *_parts(key, lines)):
        yield name, text
        yield name, " ".join(text.split())
        yield name, repr(text)[1:-1]
        yield name, json.dumps(text)[1:-1]
        yield name, base64.b64encode(text.encode("utf-8", "replace")).decode()


def _parts(key: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a multi-line text, and the values assigned in them, with their names."""
    for line in lines:
        if len(line.strip()) >= _LINE:
            yield key, line.strip()
        if pair := _PAIR.fullmatch(line):
            yield pair[1].strip("\"'"), pair[2].strip().strip(",\"'")


def secrets_in(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the secret values of an object and of the objects in it, with their keys."""
    texts: list[tuple[str, str]] = []
    stack: list[tuple[object, Any]] = [("", manifest)]
    while stack:
        name, value = stack.pop()
        if is_mapping(value):
            kind = value.get("kind")
            if "stringData" in value or (kind and is_secret_kind(value.get("apiVersion"), kind)):
                yield from _of_secret(value)
            stack += value.items()
            if "value" in value and isinstance(variable := value.get("name"), str):
                stack.append((variable, value["value"]))
        elif is_sequence(value):
            stack += [(name, part) for part in value]
        elif name == LAST_APPLIED:
            stack.append(("", _json(str(value))))
        elif text := _text(value):
            texts.append((str(name), text))
    yield from _in_texts(texts)


def _in_texts(named: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the texts, or lines of texts, that are secret by their name or their form.

    Most objects have none, as one look at all their texts shows.
    """
    texts = "\n".join([text for _, text in named])
    marks, sets = marks_in(texts), may_assign(texts)
    for name, text in named:
        if is_password(name, text):
            yield name, text
        elif marks and any(mark in text for mark in marks) and form_of(text):
            yield from ((name, line) for line in text.splitlines())
        elif sets and may_assign(text):
            yield from (each for line in text.splitlines() for each in _assigned(line))


def _assigned(line: str) -> Iterator[tuple[str, str]]:
    """Yield the value that a line sets, if it is secret by its name."""
    if may_assign(line) and (pair := assigned(line)) and is_password(*pair):
        yield pair


def _of_secret(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    labels = mapping_at(manifest, "metadata.labels")
    public = _ARGO_PUBLIC if TYPE_LABEL in labels else frozenset[str]()
    for field, part in manifest.items():
        if field in _PUBLIC or field in _NAMES:
            continue
        for key, value in _scalars("", part):
            plain = _decoded(value) if field == "data" else ""
            if value.startswith(_SEALED) or (key in public and "@" not in (plain or value)):
                continue
            yield key, value
            if plain:
                yield key, plain


def _scalars(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for name, part in value.items():
            yield from _scalars(str(name), part)
    elif is_sequence(value):
        for part in value:
            yield from _scalars(key, part)
    else:
        yield key, _text(value)


def _text(value: Any) -> str:
    """Return a text, or the digits of a number of a usual size; '' for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value) if isinstance(value, float) or value.bit_length() <= _BITS else ""


def _decoded(value: str) -> str:
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
