"""Reading and checking a tree raises nothing, whatever value a field has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_value import Manifest, is_list, is_mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.core.yaml_text import dump
from kubestrata.gitops import from_folder
from tests.gitops.judging import told
from tests.rules.fixture import FIXTURES

FILES = [
    path
    for pattern in ("*/*/clusters/home/units.yaml", "*/*/*/all.yaml", "*/*/apps/*.yaml")
    for path in sorted(FIXTURES.glob(pattern))
    if path.relative_to(FIXTURES).parts[0] != "T01"  # not YAML on purpose
]
WRONG: tuple[Any, ...] = (None, 7, "text", [{"a": []}, "b", None], {"a": {"b": None}})


def _changed(value: Any) -> Iterator[Any]:
    """A value with one part of it replaced, for every part."""
    yield from WRONG
    if is_mapping(value):
        for key, part in value.items():
            yield from ({**value, key: other} for other in _changed(part))
    elif is_list(value):
        for index, part in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in _changed(part))


def _top(path: Path) -> tuple[Path, Path]:
    parts = path.relative_to(FIXTURES).parts
    return FIXTURES.joinpath(*parts[:2]), Path(*parts[2:])


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-5:]))
def test_a_wrong_type_raises_nothing(path: Path, tmp_path: Path) -> None:
    source, file = _top(path)
    documents: list[Manifest] = [
        one for one in load_all(path.read_text(encoding="utf-8"), "x") if is_mapping(one)
    ]
    for other in source.rglob("*.yaml"):
        target = tmp_path / other.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(other.read_bytes())
    changed = (
        [*documents[:index], other, *documents[index + 1 :]]
        for index, document in enumerate(documents)
        for other in _changed(document)
    )
    for number, every in enumerate(changed):
        if number % 7:  # all of them take half a minute, and find no more
            continue
        text = "---\n".join(dump(one) if is_mapping(one) else f"{one}\n" for one in every)
        (tmp_path / file).write_text(text, encoding="utf-8")
        for tree in from_folder(tmp_path):
            told(tree)
