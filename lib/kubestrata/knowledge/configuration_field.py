"""The fields of programs' configurations: of Alertmanager and Loki, which refuse unknown ones.

The table has names and types only, the union of many versions: a field that it lacks is in none of
them. `source` in the table says where the names come from.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

TABLE = Path(__file__).parent / "configuration_fields.json"


class ConfigurationFields(msgspec.Struct, frozen=True):
    """The objects of a configuration, `blocks`, by name; the whole one has the name ''.

    Each has the types of its fields: `boolean`, `int`, `@name` for an object, `[]@name` for a list
    of objects, '' for anything else. Fields in `anywhere` may be in every object.
    """

    source: str
    anywhere: frozenset[str]
    blocks: dict[str, dict[str, str]]


@cache
def configuration_fields() -> dict[str, ConfigurationFields]:
    """Return the fields by the name of the program."""
    return msgspec.json.decode(TABLE.read_bytes(), type=dict[str, ConfigurationFields])
