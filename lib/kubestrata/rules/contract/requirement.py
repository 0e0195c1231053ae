"""A need of one field, and the entry of the contract with all fields that have the same need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.subject import Declared, Subject
from kubestrata.rules.violation import Location

_LONGEST = 300
_LOGIN = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@")
_TEMPLATED = ("{{", "<", ">")


class Use(NamedTuple):
    """A field that needs something: object, line and path."""

    object: Identity
    place: Location
    path: str


class Requirement(Frozen):
    """A need of one field.

    `part` is the part that is needed, '' for the whole; `source` is the store or the object
    that has it. A need is not `certain` if a chart may create what is needed, and `optional` if
    the object does without it.
    """

    sort: str
    name: str
    use: Use
    part: str = ""
    source: str = ""
    certain: bool = True
    optional: bool = False


class ContractEntry(Frozen):
    """Something that a cluster needs, with all of its uses.

    `properties` maps each part that is needed to its uses, which `uses` contains too.
    """

    sort: str
    name: str
    source: str
    uses: tuple[Use, ...]
    properties: Mapping[str, tuple[Use, ...]]
    certain: bool = True
    optional: bool = False
    declared: Declared | None = None


def use_of(subject: Subject, path: str) -> Use:
    """Return the use by a field of an object."""
    return Use(subject.identity, subject.place, path)


def plain_name(value: object) -> str:
    """Return a text as a name; '' for anything else and for text of a template.

    A name and a password in a URL are removed.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or any(sign in text for sign in _TEMPLATED):
        return ""
    text = text.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        return ""
    return _LOGIN.sub("", text)


def entries(found: Iterable[Requirement], declared: Sequence[Declared] = ()) -> list[ContractEntry]:
    """Return the entries of needs, by sort, name and source; each use is in it once."""
    several: dict[tuple[str, str, str], list[Requirement]] = {}
    for each in found:
        several.setdefault((each.sort, each.name, each.source), []).append(each)
    stated: dict[tuple[str, str, str], list[Declared]] = {}
    for one in declared:
        stated.setdefault((one.sort, one.name, one.source), []).append(one)
    order = list(SORTS)
    keys = sorted({*several, *stated}, key=lambda key: (order.index(key[0]), *key[1:]))
    return [_entry(key, several.get(key, []), stated.get(key, [])) for key in keys]


def _entry(
    key: tuple[str, str, str], needs: Sequence[Requirement], stated: Sequence[Declared]
) -> ContractEntry:
    properties: dict[str, dict[Use, None]] = {}
    for each in needs:
        if each.part:
            properties.setdefault(each.part, {})[each.use] = None
    for one in stated:
        if one.part:
            properties.setdefault(one.part, {})
    return ContractEntry(
        *key,
        uses=tuple(dict.fromkeys(each.use for each in needs)),
        properties={name: tuple(uses) for name, uses in sorted(properties.items())},
        certain=bool(stated) or any(each.certain for each in needs),
        optional=not stated and all(each.optional for each in needs),
        declared=stated[0] if stated else None,
    )
