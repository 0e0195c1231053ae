"""Patterns from an input: Go's syntax, and time that grows with the text."""

from __future__ import annotations

import pytest

from kubestrata.core.pattern import Pattern, PatternError

BACKTRACKING = ("(a+)+", "(a|a)*b", "(a|aa)+", "(.*a){20}", "a*a*a*a*a*b", "(?:a?){50}a{50}b")


@pytest.mark.parametrize("text", BACKTRACKING)
def test_a_pattern_that_backtracks_elsewhere_is_linear(text: str) -> None:
    assert not Pattern(f"{text}c").matches("a" * 100_000 + "b")


@pytest.mark.parametrize("text", ["(?=a)", r"(a)\1", "a**b(", "(?<!a)b", "[z-a]", "a{1001}"])
def test_what_go_refuses_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(text)
    assert str(caught.value)


@pytest.mark.parametrize("text", ["(a{1000}){1000}", "a" * 10_001])
def test_a_pattern_that_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        Pattern(text)


def test_a_match_is_of_the_whole_text_a_search_of_a_part() -> None:
    pattern = Pattern("we|web")
    assert pattern.matches("web")
    assert not pattern.matches("webs")
    assert pattern.is_in("cobwebs")
    assert list(Pattern(r"\pL+").find("é-b-7")) == ["é", "b"]
