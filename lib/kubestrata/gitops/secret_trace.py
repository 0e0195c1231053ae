"""Texts that charts make of secret values: in capitals, encoded, cut off, within an address.

A release whose values have secrets is rendered once more, with other texts of the same form in
their place. What differs then comes from a secret, whatever the templates do with it.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote, quote_plus

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.rules.secret_value import secrets_in

_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_WORD = re.compile(r"[A-Za-z0-9+/=_%]")
_SHORTEST = 6
_PREFIX = 8
_MOST_PREFIXES = 200

_Texts: TypeAlias = Mapping[tuple[str | int, ...], str]


class SecretTrace(Frozen):
    """The secrets among the values of a release, each with the text that replaces it."""

    dummies: Mapping[str, str]

    @staticmethod
    def of(values: Mapping[str, Any]) -> SecretTrace:
        """Return the secrets among values, longer ones first."""
        found = {text.strip() for _, text in secrets_in(values)}
        long = sorted((each for each in found if len(each) >= _SHORTEST), key=len, reverse=True)
        return SecretTrace({each: _dummy(each) for each in long})

    def replaced(self, value: Any) -> Any:
        """Return values with the dummies, wherever a secret is in them."""
        if is_mapping(value):
            return {key: self.replaced(part) for key, part in value.items()}
        if is_sequence(value):
            return [self.replaced(part) for part in value]
        if isinstance(value, int) and not isinstance(value, bool):
            dummy = self.dummies.get(str(value))
            return value if dummy is None else int(dummy)
        if not isinstance(value, str):
            return value
        for secret, dummy in self.dummies.items():
            value = value.replace(secret, dummy)
        return value

    def derived(
        self, result: Rendered | NotRendered | None, other: Rendered | NotRendered
    ) -> Iterator[str]:
        """Yield the texts of a result that come from a secret; `other` has the dummies."""
        yield from self.dummies
        if isinstance(result, Rendered) and isinstance(other, Rendered):
            yield from _differing(_texts(_parts(result)), _texts(_parts(other)))
        elif isinstance(result, NotRendered) and isinstance(other, NotRendered):
            yield from _differing({(): result.why}, {(): other.why})
        else:
            # A chart may refuse the dummies, or only them fit.
            for secret in self.dummies:
                yield from _usual_forms(secret)


def _dummy(text: str) -> str:
    """Return a text of the same form, in which each letter and digit is another one."""
    classes: tuple[str, ...] = _CLASSES
    if _HEX.fullmatch(text):
        letters = "abcdef" if text == text.lower() else "ABCDEF"
        classes = (letters, string.digits)
    shifts = hashlib.sha256(text.encode()).digest()
    made: list[str] = []
    for position, each in enumerate(text):
        own = next((one for one in classes if each in one), "")
        if position == 0 and own == string.digits:
            own = own.strip("0")  # a number keeps its length
        if not own or each not in own:
            made.append("1" if each == "0" and own else each)
            continue
        shift = 1 + shifts[position % len(shifts)] % (len(own) - 1)
        made.append(own[(own.index(each) + shift) % len(own)])
    return "".join(made)


def _parts(result: Rendered) -> list[Any]:
    objects = [each.manifest for each in (*result.objects, *result.crds)]
    return [*objects, [each.why for each in result.faults]]


def _texts(value: Any) -> _Texts:
    return dict(_walk(value, ()))


def _walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if is_mapping(value):
        for number, (key, part) in enumerate(value.items()):
            yield (*path, "key", number), str(key)
            yield from _walk(part, (*path, key))
    elif is_sequence(value):
        for number, part in enumerate(value):
            yield from _walk(part, (*path, number))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield path, str(value)


def _differing(texts: _Texts, others: _Texts) -> Iterator[str]:
    known = set(others.values())
    for path, text in texts.items():
        if text not in known:
            yield from _of_lines(text.splitlines(), others.get(path, "").splitlines())


def _of_lines(lines: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    known, is_alike = set(others), len(lines) == len(others)
    for number, line in enumerate(lines):
        if line not in known:
            yield from _of_line(line, others[number] if is_alike else "")


def _of_line(line: str, other: str) -> Iterator[str]:
    """Yield the part of a line that differs, and the whole word that it is in."""
    start, most = 0, min(len(line), len(other))
    while start < most and line[start] == other[start]:
        start += 1
    end = 0
    while end < most - start and line[-1 - end] == other[-1 - end]:
        end += 1
    first, last = start, len(line) - end
    yield line[first:last]
    while first and _WORD.match(line[first - 1]):
        first -= 1
    while last < len(line) and _WORD.match(line[last]):
        last += 1
    yield line[first:last]


def _usual_forms(secret: str) -> Iterator[str]:
    for text in (secret.upper(), secret.lower(), secret.title()):
        yield from (text, quote(text, safe=""), quote_plus(text))
    yield quote(secret, safe="")
    yield hashlib.sha256(secret.encode()).hexdigest()
    for length in range(_PREFIX, min(len(secret), _MOST_PREFIXES)):
        yield secret[:length]
