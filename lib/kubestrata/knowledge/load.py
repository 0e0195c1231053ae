"""Reading knowledge: TOML files that people write, and one JSON file with the same facts.

Reading all TOML files takes some 30 ms, the JSON file less than 1 ms. `make knowledge` writes it,
and a test compares both.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from kubestrata.knowledge.fact import ProjectFact
from kubestrata.knowledge.knowledge import Knowledge, KnowledgeError

FOLDER = Path(__file__).parent
COMPILED = FOLDER / "compiled.json"


@cache
def knowledge() -> Knowledge:
    """Return the facts of this package."""
    return Knowledge(msgspec.json.decode(COMPILED.read_bytes(), type=dict[str, ProjectFact]))


def read(*folders: Path) -> Knowledge:
    """Return the facts of the TOML files in some folders.

    Raises KnowledgeError, with file and key, for a file that does not follow the schema.
    """
    files = sorted(
        (file for folder in folders for file in folder.glob("*.toml")), key=lambda file: file.stem
    )
    return Knowledge({file.stem: _project(file) for file in files})


def _project(file: Path) -> ProjectFact:
    import tomllib  # noqa: PLC0415  # the facts of the package are read from JSON

    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), ProjectFact)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnowledgeError(f"{file.name}: {error}") from None


def compiled(facts: Knowledge) -> bytes:
    """Return the content of the JSON file: one line per project."""
    lines = (
        b"%s:%s" % (msgspec.json.encode(name), msgspec.json.encode(project))
        for name, project in facts.projects.items()
    )
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def write() -> None:
    """Write the JSON file."""
    COMPILED.write_bytes(compiled(read(FOLDER)))
