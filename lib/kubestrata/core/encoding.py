"""The encodings of text files: those that go-yaml reads, and names for the others.

go-yaml, with which kubectl, Kustomize and Flux read YAML, decodes UTF-8, and UTF-16 that begins
with a byte order mark.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_WINDOWS_ONLY = range(0x80, 0xA0)
"""Bytes that are control characters in Latin-1, and punctuation in Windows-1252."""


class EncodingRefusedError(ValueError):
    """Bytes that the readers of Kubernetes do not decode; the text says which encoding it is."""


def decoded(content: bytes) -> str:
    """Return the text of a file, without a byte order mark.

    Raises EncodingRefusedError, with the encoding if it can be recognised.

    >>> decoded("on".encode("utf-16"))
    'on'
    """
    if content.startswith(_UTF_32):
        raise EncodingRefusedError("is UTF-32 text; save it as UTF-8")
    if is_utf_16(content):
        return _utf_16(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = _likely(content)
        hint = f"; it may be {found}: save it as UTF-8" if found else ""
        why = f"is not UTF-8 text at byte {error.start}{hint}"
        raise EncodingRefusedError(_wide(content) or why) from None
    if "\0" in text and (why := _wide(content)):
        raise EncodingRefusedError(why)
    return text


def is_utf_16(content: bytes) -> bool:
    """Return True for UTF-16 with a byte order mark."""
    return content.startswith(_UTF_16) and not content.startswith(_UTF_32)


def _utf_16(content: bytes) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise EncodingRefusedError(f"is not UTF-16 text at byte {error.start}") from None


def _wide(content: bytes) -> str:
    """Return the reason if bytes are a text in a wide encoding without a mark, '' if not."""
    for codec in _WIDE:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and _is_mostly_ascii(map(ord, text), len(text)):
            name = codec[: len("utf-16")].upper()
            return f"is {name} text without a byte order mark; save it as UTF-8"
    return ""


def _likely(content: bytes) -> str:
    """Return the single-byte encoding of what looks like text, '' for other bytes."""
    if b"\0" in content or not _is_mostly_ascii(content, len(content)):
        return ""
    windows = any(each in _WINDOWS_ONLY for each in content)
    return "Windows-1252" if windows else "Latin-1 (ISO 8859-1)"


def _is_mostly_ascii(characters: Iterable[int], count: int) -> bool:
    return sum(each < _WINDOWS_ONLY.start for each in characters) * 4 >= count * 3
