"""Printed text contains no terminal control sequences and no CI workflow commands."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.core.plain_text import harmless, harmless_json, indented, one_line


@given(st.text())
def test_one_line_is_one_line_without_control_characters(text: str) -> None:
    made = one_line(text)
    assert len(made.splitlines()) <= 1
    assert all(unicodedata.category(each) not in ("Cc", "Cs") or each == "\t" for each in made)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\rc", r"a\nb\rc"),
        ("\x1b[31m\x07\x08", r"\u001b[31m\u0007\u0008"),
        ("a\u202eb\u2066c\u200fd", r"a\u202eb\u2066c\u200fd"),
        ("\x85\x9b31m\u2028", r"\u0085\u009b31m\u2028"),
        ("\ud800", r"\ud800"),
        ("::error::x", r"\::error::x"),
        ("  ::set-output name=a::b", r"  \::set-output name=a::b"),
        ("a ##[error]b ##vso[x] ##teamcity[y]", r"a #\#[error]b #\#vso[x] #\#teamcity[y]"),
        ("a::b ## c #[d]", "a::b ## c #[d]"),
        ("Größe 😀 日本", "Größe 😀 日本"),
    ],
)
def test_what_steers_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_each_line_of_a_text_is_harmless() -> None:
    assert harmless("a\n::error::b\n\x1b") == "a\n\\::error::b\n\\u001b"


@given(st.text() | st.just("##[error]\x9b\u202e\ud800"))
def test_json_keeps_its_values(text: str) -> None:
    made = harmless_json(json.dumps({text: [text]}, ensure_ascii=False))
    assert json.loads(made) == {text: [text]}
    assert "##[" not in made
    assert not {"\x9b", "\u202e", "\x7f"} & set(made)


def test_further_lines_are_indented() -> None:
    assert indented("a\nok: 0 errors\rb") == "a\n    ok: 0 errors\n    b"
    assert indented("") == ""
