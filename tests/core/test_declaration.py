"""Declarations check their fields when they are created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from kubestrata import Quantity
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from tests.small_platform import config_map, new_cluster, new_component


class Disk(Declaration, kw_only=True):
    size: Quantity
    speed_class: Literal["fast", "slow"] = "slow"


class Machine(Declaration, kw_only=True):
    name: str
    cores: Annotated[int, Meta(ge=1)] = 1
    disks: Sequence[Disk] = ()
    labels: Mapping[str, str] | None = None
    power: Literal["high", "low"] | None = None


def test_text_values_and_names_of_objects_are_kept_as_they_are() -> None:
    made = config_map(new_component(new_cluster()))
    machine = Machine(name=made.name, disks=[Disk(size=Quantity("1Gi"))])
    assert machine.name is not None
    assert getattr(machine.name, "reference", None) == made.ref
    assert machine.disks[0].size == "1Gi"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"cores": 0}, "Machine.cores: expected `int` >= 1, got 0"),
        ({"cores": "2"}, "Machine.cores: expected `int`, got `str`"),
        (
            {"labels": {"b": "", "a": 1}},
            "Machine.labels['a']: expected `str`, got `int`\n  fix: write it in quotes",
        ),
        ({"disks": "a"}, "Machine.disks: expected `array`, got `str`\n  fix: write a list"),
        (
            {"disks": [{"size": "1Gi", "speedClass": "a"}]},
            "Machine.disks[0].speedClass: invalid enum value 'a'",
        ),
        ({"power": "off"}, "Machine.power: invalid enum value 'off': must be one of high, low"),
        ({"disks": [{"size": "1Gi", "sped": 1}]}, "Machine.disks[0]: object contains unknown"),
        ({"disks": [{"size": "big"}]}, "Quantity('big'): is not a quantity"),
    ],
    ids=["limit", "type", "mapping", "list", "inner enum", "enum", "unknown", "text"],
)
def test_a_wrong_field_is_reported_with_line_and_path(
    fields: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        Machine(name="m", **fields)  # type: ignore[arg-type]
    assert message in str(raised.value)
    assert "test_declaration.py:" in raised.value.where
