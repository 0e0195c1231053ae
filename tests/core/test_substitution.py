"""An object after substitution has the types that YAML gives the values."""

from __future__ import annotations

import pytest

from kubestrata.core.substitution import Substituted, is_written_plain, substitute


def _filled(text: str, value: str) -> Substituted:
    return substitute({"data": {"key": text}}, {"X": value}.get)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("${X}", "plain", "plain"),
        ("${X}", "0123", 83),
        ("${X}", "1e3", 1000.0),
        ("${X}", "true", True),
        ("${X}", "null", None),
        ("${X}", "", None),
        ("${X}", "[a, b]", ["a", "b"]),
        ("${X}", "x # y", "x"),
        ("${X}", " x", "x"),
        ("v${X}", "1", "v1"),
        ("*.${X}", "example.org", "*.example.org"),
        ("a: ${X}", "0123", "a: 0123"),
        ("line\n${X}\n", "[a", "line\n[a\n"),
        ("${Y}", "unused", "${Y}"),
        ("$${X}", "unused", "${X}"),
    ],
)
def test_a_value_has_the_type_that_it_has_in_yaml(text: str, value: str, expected: object) -> None:
    made = _filled(text, value)
    found = made.manifest["data"]["key"]
    assert (found, type(found)) == (expected, type(expected))
    changed = not isinstance(expected, str) or expected not in (value, text, f"v{value}")
    assert ("data.key" in made.retyped) == (changed and "$" in text and text == "${X}")


@pytest.mark.parametrize("value", ["*.example.com", "@every 1h", "a: b", "!x", "%x", "`x", "x:"])
def test_a_value_that_breaks_the_yaml_is_found_with_its_field(value: str) -> None:
    assert _filled("${X}", value).broken == {"data.key": "${X}"}
    assert _filled("prefix ${X}", "b").broken == {}


def test_unknown_variables_leave_the_object_open() -> None:
    assert _filled("${Y}", "").is_open
    assert not _filled("${Y:-default}", "").is_open
    assert not _filled("${X}", "v").is_open


def test_keys_and_items_of_lists_are_replaced() -> None:
    made = substitute({"${X}": [{"a-${X}": "${X}"}, 5]}, {"X": "b"}.get)
    assert made.manifest == {"b": [{"a-b": "b"}, 5]}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("${X}", True),
        ("a${X}", True),
        ("- ${X}", False),
        ("-${X}", True),
        ("'${X}", False),
        ("${X}: a", False),
        ("a #${X}", False),
        (" ${X}", False),
        ("", False),
        ("true", False),
    ],
)
def test_kustomize_writes_text_plain_where_yaml_allows_it(text: str, *, plain: bool) -> None:
    assert is_written_plain(text) is plain
