"""Encodings of text files: the ones that are read, and the names of those that are refused."""

from __future__ import annotations

import codecs

import pytest

from kubestrata.core.encoding import EncodingRefusedError, decoded, is_utf_16

TEXT = "name: café\n"
LONG = "# “quoted” text of a manifest that is nearly all ASCII\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_utf_8_and_marked_utf_16_are_read_without_the_mark(content: bytes) -> None:
    assert decoded(content) == TEXT


@pytest.mark.parametrize("text", ["a: b\n", TEXT, LONG])
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-16-le", "UTF-16 text without a byte order mark"),
        ("utf-16-be", "UTF-16 text without a byte order mark"),
        ("utf-32-le", "UTF-32 text without a byte order mark"),
        ("utf-32-be", "UTF-32 text without a byte order mark"),
        ("utf-32", "UTF-32 text"),
    ],
)
def test_other_wide_encodings_are_refused_by_name(text: str, codec: str, name: str) -> None:
    with pytest.raises(EncodingRefusedError) as caught:
        decoded(text.encode(codec))
    assert str(caught.value) == f"is {name}; save it as UTF-8"


def test_utf_32_is_refused_with_either_mark() -> None:
    with pytest.raises(EncodingRefusedError, match=r"^is UTF-32 text; save it as UTF-8$"):
        decoded(codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            TEXT.encode("latin-1"),
            "at byte 9; it may be Latin-1 (ISO 8859-1): save it as UTF-8",
        ),
        (LONG.encode("cp1252"), "at byte 2; it may be Windows-1252: save it as UTF-8"),
        (bytes(range(0x80, 0x100)), "at byte 0"),
        (b"a\0\xff\0", "at byte 2"),
    ],
    ids=["latin-1", "windows-1252", "no text", "zero bytes"],
)
def test_single_byte_encodings_are_named_if_they_look_like_text(content: bytes, why: str) -> None:
    with pytest.raises(EncodingRefusedError) as caught:
        decoded(content)
    assert str(caught.value) == f"is not UTF-8 text {why}"


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(EncodingRefusedError, match="is not UTF-16 text at byte 4"):
        decoded(codecs.BOM_UTF16_LE + b"a\0b")


def test_a_mark_of_utf_32_is_none_of_utf_16() -> None:
    assert (is_utf_16(b"\xff\xfea\0"), is_utf_16(b"\xff\xfe\0\0")) == (True, False)
