"""The page of the contract names every sort, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from kubestrata import SubstituteFrom, Variable
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.settings import read_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "contract.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(found)


def test_the_page_has_a_row_for_every_sort() -> None:
    cells = re.findall(r"^\| (`[a-z].*?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    rows = [sort for cell in cells for sort in re.findall(r"`([a-z-]+)`", cell)]
    assert [each for each in rows if each in SORTS] == [each for each in SORTS if each in rows]
    assert set(SORTS) <= set(rows)


def test_the_declaration_on_the_page_is_valid() -> None:
    made = eval(block("python"), {"SubstituteFrom": SubstituteFrom, "Variable": Variable})
    assert made.names == {"cluster_name", "region"}


def test_the_settings_on_the_page_are_valid(tmp_path: Path) -> None:
    (tmp_path / "store-keys.json").write_text("[]")
    (tmp_path / "outputs.json").write_text('{"region": {"value": "", "sensitive": true}}')
    made = read_settings(yaml.safe_load(block("yaml")), tmp_path)
    assert [each.file for each in made.counterparts] == ["store-keys.json", "outputs.json"]
