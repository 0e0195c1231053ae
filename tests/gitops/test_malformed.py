"""Reading and checking a tree raises nothing, whatever value a field has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_value import Manifest, is_list, is_mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.core.yaml_text import dump
from kubestrata.gitops import document, from_folder
from tests.gitops.checking import told
from tests.rules.fixture import FIXTURES

FILES = [
    path
    for pattern in ("*/*/clusters/home/units.yaml", "*/*/*/all.yaml", "*/*/apps/*.yaml")
    for path in sorted(FIXTURES.glob(pattern))
    if path.relative_to(FIXTURES).parts[0] != "T01"  # not YAML on purpose
]
WRONG: tuple[Any, ...] = (None, 7, "text", [{"a": []}, "b", None], {"a": {"b": None}})


def _changed(value: Any, field: str) -> Iterator[tuple[str, Any]]:
    """A value with one part of it replaced, for every part; beside it, the field it was in."""
    yield from ((f"{field} {number}", other) for number, other in enumerate(WRONG))
    if is_mapping(value):
        for key, part in value.items():
            for name, other in _changed(part, f"{field}.{key}"):
                yield name, {**value, key: other}
    elif is_list(value):
        for index, part in enumerate(value):
            for name, other in _changed(part, f"{field}[]"):
                yield name, [*value[:index], other, *value[index + 1 :]]


def _documents(path: Path) -> list[Manifest]:
    return [one for one in load_all(path.read_text(encoding="utf-8"), "x") if is_mapping(one)]


def _changes(path: Path) -> Iterator[tuple[str, list[Any]]]:
    """The documents of a file with one part replaced, and the field of a kind that it was in."""
    documents = _documents(path)
    for index, each in enumerate(documents):
        for name, other in _changed(each, str(each.get("kind"))):
            yield name, [*documents[:index], other, *documents[index + 1 :]]


@cache
def _first() -> dict[Path, list[list[Any]]]:
    """The changes of each file that no file before it has: most files begin with equal objects."""
    known: set[str] = set()
    found: dict[Path, list[list[Any]]] = {}
    for path in FILES:
        new = {name: changed for name, changed in _changes(path) if name not in known}
        known |= new.keys()
        found[path] = list(new.values())
    return found


def _top(path: Path) -> tuple[Path, Path]:
    parts = path.relative_to(FIXTURES).parts
    return FIXTURES.joinpath(*parts[:2]), Path(*parts[2:])


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-5:]))
def test_a_wrong_type_raises_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All files but one are the same each time.
    monkeypatch.setattr(document, "read", cache(document.read))
    _raises_nothing(path, tmp_path, _first()[path])


@pytest.mark.breadth
@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-5:]))
def test_a_wrong_type_raises_nothing_in_any_file(path: Path, tmp_path: Path) -> None:
    _raises_nothing(path, tmp_path, [changed for _, changed in _changes(path)])


def _raises_nothing(path: Path, tmp_path: Path, changes: Sequence[list[Any]]) -> None:
    source, file = _top(path)
    for other in source.rglob("*.yaml"):
        target = tmp_path / other.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(other.read_bytes())
    for every in changes:
        text = "---\n".join(dump(one) if is_mapping(one) else f"{one}\n" for one in every)
        (tmp_path / file).write_text(text, encoding="utf-8")
        for tree in from_folder(tmp_path):
            told(tree)
