"""The members of a tar file from a stranger, in time and memory that grow with its size alone.

The standard library's reader follows sparse maps and searches headers in quadratic time. Here
are only names, sizes and contents: of the ustar form, of pax and of GNU's long names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.frozen import Frozen

_BLOCK = 512
_LONGEST_HEADER = 64 * 1024
_DIGITS = re.compile(rb"[0-7]*\Z")
_REGULAR = (b"0", b"\0", b"7")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")
_SPARSE = b"S"


class TarError(ValueError):
    """A file that is not a valid tar archive, or uses an unsupported feature."""


class Member(Frozen):
    """One member; `content` is None unless it is a regular file."""

    name: str
    content: bytes | None


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    if not _DIGITS.match(digits):
        raise TarError("a number is not valid")
    return int(digits or b"0", 8)


def _text(field: bytes) -> str:
    try:
        return field.partition(b"\0")[0].decode("utf-8")
    except UnicodeDecodeError:
        raise TarError("a name is not UTF-8") from None


def _records(data: bytes) -> dict[str, str]:
    """Return the records of a pax header: each `length key=value` and a line end."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        length, _, _ = data[at : at + 8].partition(b" ")
        end = at + (int(length) if length.isdigit() else 0)
        key, sign, value = data[at + len(length) + 1 : end - 1].partition(b"=")
        if not sign or data[end - 1 : end] != b"\n":
            raise TarError("an extended header cannot be read")
        found[_text(key)] = _text(value)
        at = end
    return found


def _own_name(header: bytes) -> str:
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    name = _text(header[:100])
    return f"{prefix}/{name}" if prefix else name


def _require_header(header: bytes) -> None:
    if len(header) < _BLOCK:
        raise TarError("it is cut off")
    if sum(header[:148]) + 8 * ord(" ") + sum(header[156:]) != _number(header[148:156]):
        raise TarError("a checksum is wrong")


def _size(header: bytes, extended: dict[str, str]) -> int:
    size = extended.get("size", "")
    if size and not (size.isascii() and size.isdigit() and len(size) < 20):
        raise TarError("a number is not valid")
    return int(size) if size else _number(header[124:136])


def members(data: bytes) -> Iterator[Member]:
    """Yield every member in order; raise TarError if the archive is damaged."""
    at = 0
    extended: dict[str, str] = {}
    while (header := data[at : at + _BLOCK]).strip(b"\0") or len(header) < _BLOCK:
        _require_header(header)
        kind, size = header[156:157], _size(header, extended)
        length = 0 if kind in _WITHOUT_DATA else size
        start, end = at + _BLOCK, at + _BLOCK + length
        if end > len(data):
            raise TarError("it is cut off")
        at = start + -(-length // _BLOCK) * _BLOCK
        if kind in (b"x", b"g", b"L", b"K"):
            if length > _LONGEST_HEADER:
                raise TarError("an extended header is too long")
            extended |= _extended(kind, data[start:end])
            continue
        if kind == _SPARSE or any(key.startswith("GNU.sparse") for key in extended):
            raise TarError("a member is sparse")
        name = extended.get("path") or _own_name(header)
        yield Member(name, data[start:end] if kind in _REGULAR else None)
        extended = {}


def _extended(kind: bytes, data: bytes) -> dict[str, str]:
    """Return the records of an extended header for the member behind it."""
    if kind == b"L":
        return {"path": _text(data)}
    found = _records(data) if kind in (b"x", b"g") else {}
    if kind == b"g" and {"path", "size"} & found.keys():
        raise TarError("a global header sets one name or size for all members")
    return {} if kind == b"g" else found
