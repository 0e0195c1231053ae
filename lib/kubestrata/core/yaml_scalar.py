"""YAML representation of keys, text and numbers, with checks.

Every rule was found by writing text, passing it through kustomize and reading it again; the
tests repeat that. `yaml_text` writes whole documents.
"""

from __future__ import annotations

import json
import math
import re

from kubestrata.core.errors import InvalidBody, InvalidValue, SourceError, UnwritableTextError

_PLAIN = re.compile(
    r"""
    (?! (?: true | false | yes | no | on | off | y | n | null | \.nan | \.inf ) \Z )
    (?: [a-z_/$(] | \.[a-z] | \.{1,2}/ | --?[a-z]     # no number and no date begins like this
      | (?= \d+ (?: \.\d+ ){2,} \Z ) \d               # two dots: an address or a version
      | (?! 0_*[box] ) (?= .*[a-df-su-y/%*] ) \d      # holds what no number and no date holds
    )
    [!-9;-~]* (?: (?: : (?=[!-~]) | [ ]+ (?=[!"$-~]) ) [!-9;-~]* )* \Z
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# kustomize stops at these, even escaped, or turns them into a space (U+0085).
_UNWRITABLE = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNFIT_FOR_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\u2028\u2029\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\u2028\u2029\ufeff]")
_ESCAPES = {
    **{code: f"\\x{code:02x}" for code in range(0x20)},
    **{code: f"\\u{code:04x}" for code in (0x2028, 0x2029, 0xFEFF)},
    **{ord(char): f"\\{name}" for char, name in zip('"\\\b\t\n\f\r', '"\\btnfr', strict=True)},
}
_ESCAPED_BY_GO = re.compile("[<>&\u2028\u2029]")
_MAX_KEY = 1024
"""go-yaml's limit for a key; kustomize passes keys on as JSON, so quotes count."""


class UnwritableError(Exception):
    """An error on its way up to the writer of the document, which adds its location."""

    def __init__(
        self, error: type[SourceError], what: str, why: str, fix: str | None = None
    ) -> None:
        self._error, self._what, self._why, self._fix = error, what, why, fix
        self.steps: list[str] = []
        super().__init__(what, why)

    def located(self) -> SourceError:
        """Return the error to raise, with the path collected on the way up."""
        where = "".join(reversed(self.steps)).removeprefix(".")
        return self._error(self._what, self._why, self._fix, where=where)


def write_key(key: object) -> str:
    """Write a key and its colon."""
    if not isinstance(key, str):
        raise UnwritableError(InvalidBody, "key", f"must be a str, not {type(key).__name__}")
    text = str.__str__(key)
    if text == "<<":
        why = "kustomize treats it as a merge key, even quoted, and drops it"
        raise UnwritableError(UnwritableTextError, "key", why)
    written = write_line(text)
    if len(text) > _MAX_KEY / 6:
        written = min(written, _escape(text), key=len)
        if max(len(written), _length_in_go(text)) > _MAX_KEY:
            why = f"is longer than go-yaml's {_MAX_KEY} characters, quoted"
            raise UnwritableError(UnwritableTextError, "key", why)
    return f"{written}:"


def write_text(text: str, line: str) -> str:
    """Write text of several lines as a literal block if kustomize accepts it, else on one line.

    `line` is a newline and the indentation of the block.
    """
    if "\n" not in text or text[0] == "\t" or not text.strip("\n") or _UNFIT_FOR_BLOCK.search(text):
        return write_line(text)
    _require_writable(text)
    chomping = "+" if text.endswith("\n\n") else "" if text.endswith("\n") else "-"
    rows = text.removesuffix("\n").split("\n")
    # If the first line does not show the indentation, a number must.
    indicator = "2" if text[0] in " \n" else ""
    return f"|{indicator}{chomping}" + "".join(line + row if row else "\n" for row in rows)


def write_line(text: str) -> str:
    """Write text on one line: plain if that is known to be safe, else in the simplest quotes."""
    if _PLAIN.match(text):
        return text
    _require_writable(text)
    if _CONTROL.search(text):
        return _escape(text)
    return "'" + text.replace("'", "''") + "'"


def write_atom(value: float | dict[str, object] | list[object] | None) -> str:
    """Write a number, a boolean, null or an empty collection."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            what = f"integer of {value.bit_length()} bits"
            raise UnwritableError(InvalidValue, what, "does not fit into Go's 64")
        return f"{value}"
    if not isinstance(value, float):
        return "{}" if isinstance(value, dict) else "[]"
    if not math.isfinite(value):
        raise UnwritableError(InvalidValue, f"{value}", "JSON has only finite numbers")
    digits = repr(value)
    # Without a point, YAML 1.1 reads 1e+20 as text.
    return digits if "." in digits else digits.replace("e", ".0e")


def _escape(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _length_in_go(text: str) -> int:
    """Return the length of the text as Go's JSON, quotes included."""
    return len(json.dumps(text, ensure_ascii=False)) + 5 * len(_ESCAPED_BY_GO.findall(text))


def _require_writable(text: str) -> None:
    if found := _UNWRITABLE.search(text):
        raise UnwritableError(
            UnwritableTextError,
            f"U+{ord(found[0]):04X} at offset {found.start()}",
            "kustomize cannot carry this character, not even escaped",
            "remove it, or carry the bytes as base64 (binaryData, data of a Secret)",
        )
