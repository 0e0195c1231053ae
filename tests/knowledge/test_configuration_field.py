"""The table of configuration fields is complete in itself."""

from __future__ import annotations

import pytest

from kubestrata.knowledge.configuration_field import configuration_fields

TYPES = {"", "boolean", "int"}


@pytest.mark.parametrize("program", ["alertmanager", "loki"])
def test_types_are_known_and_name_objects_of_the_table(program: str) -> None:
    fields = configuration_fields()[program]
    kinds = {kind for block in fields.blocks.values() for kind in block.values()}
    named = {each.partition("@")[2] for each in kinds if "@" in each}
    assert {each for each in kinds if "@" not in each} == TYPES
    assert named == fields.blocks.keys() - {""}


def test_fields_that_people_set_are_in_it() -> None:
    table = configuration_fields()
    assert {"route", "receivers", "global"} <= table["alertmanager"].blocks[""].keys()
    assert {"schema_config", "limits_config", "ruler"} <= table["loki"].blocks[""].keys()
