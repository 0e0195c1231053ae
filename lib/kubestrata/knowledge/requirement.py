"""Schema of `requirements/*.toml`: what Kubernetes validates beyond its OpenAPI definitions.

A type is written with its group and version, as in `core.v1.Container`, and is checked wherever it
occurs: a pod template in a Deployment is that of a CronJob. A path is relative to the type:
`limits{}` stands for all values of a map, `limits{key}` for its keys, `ports[]` for all items of a
list. A value that is absent, null or '' is compared as ''.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, field

from kubestrata.knowledge.fact import Fact
from kubestrata.knowledge.knowledge import KnowledgeError

FOLDER = Path(__file__).parent / "requirements"
COMPILED = FOLDER.with_suffix(".json")

_Name = Annotated[str, Meta(min_length=1)]
_Some: TypeAlias = _Name | Annotated[tuple[_Name, ...], Meta(min_length=1)]
Scalar: TypeAlias = str | bool | int
_Values = Annotated[tuple[Scalar, ...], Meta(min_length=1)]


class Check(Fact, frozen=True):
    """A requirement of one or several fields, checked where its conditions are met."""

    at: str | tuple[_Name, ...] = ""
    """Paths of the fields; '' for the object itself."""
    each: str = ""
    """Path of the objects to check one by one instead; the other paths are relative to them."""

    when: dict[_Name, _Values] = field(default_factory=dict[_Name, _Values])
    """Conditions, all of which must be met: paths with the values that they may have."""
    unless: dict[_Name, _Values] = field(default_factory=dict[_Name, _Values])
    """Conditions, none of which may be met."""
    set: tuple[_Name, ...] = ()
    """Paths that must be set."""
    unset: tuple[_Name, ...] = ()
    """Paths that must not be set."""
    until: int = 0
    """Last minor version of Kubernetes 1 in which it is required; 0 for all."""
    many: str = ""
    """Path of a list that must have at least two items."""

    required: bool = False
    """The field is set to a text, list or map that is not empty."""
    not_empty: bool = False
    """The field is not an empty text."""
    forbidden: bool = False
    """The field is not set."""
    one_of: tuple[Scalar, ...] | None = None
    none_of: tuple[Scalar, ...] = ()
    any_of: tuple[str, ...] = ()
    """Items of which a list has at least one."""
    alone: str = ""
    """An item beside which a list has no other."""
    syntax: str = ""
    """Name of a syntax of `schema.syntax`; an empty text has any."""
    minimum: int | None = None
    maximum: int | None = None
    max_items: int | None = None
    max_length: int | None = None
    quantity: Literal["", "non-negative", "positive"] = ""
    at_least: str = ""
    """Path of a number that is not greater."""
    at_most: str = ""
    """Path of a number that is not smaller."""
    less_than: str = ""
    """Path of a number that is greater; `otherwise` is its default."""
    otherwise: int = 0
    inside: str = ""
    """Path of a CIDR of which the field is a part."""
    equals: str = ""
    """The text of the field, with paths in braces."""
    unique: str | None = None
    """Field that differs in all items of a list; '' for the items themselves."""
    filled: tuple[_Name, ...] = ()
    """Fields of an object of which one is not empty."""
    exactly_one: tuple[_Name, ...] = ()
    at_most_one: tuple[_Name, ...] = ()
    at_least_one: tuple[_Name, ...] = ()

    why: str = ""
    """Reason, added to the message."""
    fix: str = ""


class Requirements(Fact, frozen=True):
    """The checks of some types, as one or several functions of Kubernetes make them."""

    source: _Name
    """API group and name of Kubernetes' validation."""
    of: _Some
    checks: tuple[Check, ...]
    optional: tuple[_Name, ...] = ()
    """Fields that OpenAPI requires, and the API server does not."""


class _File(Fact, frozen=True):
    requirements: tuple[Requirements, ...]


@cache
def requirements() -> tuple[Requirements, ...]:
    """Return all requirements."""
    return msgspec.json.decode(COMPILED.read_bytes(), type=tuple[Requirements, ...])


def read_requirements(folder: Path = FOLDER) -> tuple[Requirements, ...]:
    """Return the requirements of the TOML files in a folder.

    Raises KnowledgeError, with the file, for one that does not follow the schema.
    """
    import tomllib  # noqa: PLC0415  # the package's own are read from JSON

    found: list[Requirements] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            found += msgspec.convert(content, _File).requirements
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise KnowledgeError(f"{file.name}: {error}") from None
    return tuple(found)


def compiled_requirements(found: tuple[Requirements, ...]) -> bytes:
    """Return the content of the JSON file: one line per function."""
    return b"[\n" + b",\n".join(map(msgspec.json.encode, found)) + b"\n]\n"


def write_requirements() -> None:
    """Write the JSON file."""
    COMPILED.write_bytes(compiled_requirements(read_requirements()))
