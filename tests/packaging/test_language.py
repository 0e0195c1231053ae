"""The language of docstrings and messages: the plain English of the field."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTED = ("lib", "charts", "tests", "benchmarks")
SHOWN = ("lib", "charts")
OPENING = re.compile(r"(?:What|Who|Whom|Whose|Whether|How|Where|When|Which)\b")
OPENED = re.compile(rf"""["'][\s\\]*{OPENING.pattern}""")
"""A text that opens so, in a source: only modules that have one are parsed."""
BANNED = re.compile(
    r"\bis no (?!longer\b|more\b)|\btold\b|\bnobody\b|\bstands in\b|\bjudged\b|\basks for\b",
    re.IGNORECASE,
)
RIGHT_HERE = re.compile(r"\bthere is no ", re.IGNORECASE)
"""Banned words in a phrase where they are right: "there is no such field"."""
DIALECT = {"judge", "judged", "judges", "judging", "nobody", "told", "unjudged"}
"""Words that no name in the library contains."""
IN_DIST = ("Nobody reports how Flux fares; its alerts are blind",)
"""Texts of an alert: changing them changes what clusters run."""


def _files(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield the modules in some folders with their text, without those of hidden folders."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if "/." not in path:
                yield path, file.read_text()


def _docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    """Yield the docstrings of a module, its classes, functions and fields."""
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _messages(module: ast.Module) -> Iterator[ast.Constant]:
    """Yield the string constants of a module, help texts in docstrings included."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _names(module: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines, assigns and uses."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case _:
                pass


def _is_banned(text: str) -> bool:
    return BANNED.search(RIGHT_HERE.sub("", text)) is not None


def test_docstrings_open_with_a_noun_or_a_verb() -> None:
    found = [
        (f"{path}:{each.lineno}", str(each.value).strip())
        for path, text in _files(*DOCUMENTED)
        if OPENED.search(text)
        for each in _docstrings(ast.parse(text))
    ]
    offenders = [f"{place}: {text[:60]}" for place, text in found if OPENING.match(text)]
    assert not offenders, "\n".join(offenders)


def test_messages_contain_no_banned_phrase() -> None:
    offenders = [
        f"{path}:{each.lineno}: {each.value!r}"
        for path, text in _files(*SHOWN)
        for each in _messages(ast.parse(text))
        if _is_banned(str(each.value)) and each.value not in IN_DIST
    ]
    assert not offenders, "\n".join(offenders)


def test_names_contain_no_word_of_a_private_dialect() -> None:
    offenders = {
        f"{path}: {name}"
        for path, text in _files("lib")
        if any(word in f"{path} {text}".lower() for word in DIALECT)
        for name in (path, *_names(ast.parse(text)))
        if DIALECT & set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    }
    assert not offenders, "\n".join(sorted(offenders))


@pytest.mark.parametrize(
    ("text", "is_banned"),
    [
        ("is no port name", True),
        ("the user is told", True),
        ("it could not be judged", True),
        ("there is no such field", False),
        ("it is no longer in the list", False),
        ("not a valid port name", False),
        ("the retold story", False),
    ],
)
def test_a_phrase_is_banned_as_a_whole(text: str, *, is_banned: bool) -> None:
    assert _is_banned(text) is is_banned
