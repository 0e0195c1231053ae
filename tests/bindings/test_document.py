"""Documents: only JSON's values, each document alone, and bounded."""

from __future__ import annotations

import tracemalloc

import pytest

from kubestrata.bindings.source.document import (
    MAX_DOCUMENTS,
    ReadingBudget,
    SourceDocument,
    SourceProblem,
    read_documents,
)


def read(text: str) -> list[SourceDocument | SourceProblem]:
    return list(read_documents(text))


def content(text: str) -> object:
    (document,) = read(text)
    assert isinstance(document, SourceDocument)
    return document.content


def reason(text: str) -> str:
    (fault,) = read(text)
    assert isinstance(fault, SourceProblem)
    return fault.reason


def test_only_json_scalars_are_recognised() -> None:
    text = "a: =\nb: yes\nc: 2020-01-01\nd: 010\ne: 1e3\nf: -7\ng: ~\nh: true\ni: 1_000\nj: 0.5"
    assert content(text) == {
        "a": "=",
        "b": "yes",
        "c": "2020-01-01",
        "d": "010",
        "e": 1000.0,
        "f": -7,
        "g": None,
        "h": True,
        "i": "1_000",
        "j": 0.5,
    }


def test_keys_are_strings() -> None:
    assert content("1: a\nnull: b\non: c") == {"1": "a", "null": "b", "on": "c"}


def test_a_bad_document_does_not_take_the_others() -> None:
    found = read("a: 1\n---\nb: [\n---\n# nothing\n---\nc: 3\n")
    assert [type(each).__name__ for each in found] == [
        "SourceDocument",
        "SourceProblem",
        "SourceDocument",
    ]
    assert [each.line for each in found] == [1, 4, 7]


def test_empty_documents_and_directives_are_passed_over() -> None:
    assert read("# a comment\n---\n\n---\n...\n") == []
    assert content("%YAML 1.2\n---\na: 1\n") == {"a": 1}


def test_json_is_read_as_json() -> None:
    assert content('{"a": "\\u00e9", "b": 1}') == {"a": "é", "b": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: " + "[" * 50_000, "nested deeper than 100 levels", id="flow-depth"),
        pytest.param("{a: " * 50_000, "nested deeper than 100 levels", id="flow-mappings"),
        pytest.param("- " * 50_000, "indented by more than 1000 columns", id="block-depth"),
        pytest.param("[" * 50_000, "recursion", id="json-depth"),
        pytest.param("a: &a\n  b: *a", "an alias to itself", id="cycle"),
        pytest.param("a: 1e999", "too large", id="infinity"),
        pytest.param("a: " + "9" * 5_000, "4300 digits", id="long-number"),
        pytest.param("a: !!python/object:os.system x", "unknown tag", id="python-tag"),
        pytest.param("a: !!binary aGk=", "unknown tag", id="binary-tag"),
        pytest.param("a: \x00", "control characters", id="control-character"),
        pytest.param('{"a": "\\ud800"}', "surrogates not allowed", id="half-a-surrogate-pair"),
        pytest.param("a: 'b", "unexpected end of stream", id="truncated"),
    ],
)
def test_what_is_bad_or_too_large_is_a_fault(text: str, expected: str) -> None:
    assert expected in reason(text)


def test_aliases_are_counted_as_if_written_out() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(8):
        before = "a" if number == 0 else f"a{number - 1}"
        lines.append(f"a{number}: &a{number} [{', '.join([f'*{before}'] * 10)}]")
    assert "once aliases are written out" in reason("\n".join(lines))


def test_documents_beyond_the_limit_are_not_read() -> None:
    found = list(read_documents("a: 1\n---\n" * 3 + "---\n---\n", ReadingBudget(documents=3)))
    assert [type(each) for each in found] == [
        SourceDocument,
        SourceDocument,
        SourceDocument,
        SourceProblem,
    ]
    assert isinstance(found[-1], SourceProblem)
    assert found[-1].line == 7
    assert found[-1].reason.startswith(f"too large: more than {MAX_DOCUMENTS} documents")


@pytest.mark.parametrize("line", ["\n", "\r\n", "  \n", "# note\n", "...\n"])
def test_empty_lines_cost_no_more_memory_than_the_text(line: str) -> None:
    text = "a: 1\n---\n" + line * 300_000
    tracemalloc.start()
    try:
        assert [each.line for each in read_documents(text)] == [1]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(text)


def test_only_a_strict_reader_refuses_duplicate_keys() -> None:
    text = "a: 1\na: 2\n"
    assert content(text) == {"a": 2}
    (fault,) = read_documents(text, strict=True)
    assert fault == SourceProblem(2, "not readable as YAML: duplicate key 'a'")
