"""The contract as a document for programs; its JSON Schema is docs/reference/contract.schema.json.

The other side may write the same format: a contract of what it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

from kubestrata.core.origin import Line, shown
from kubestrata.rules.contract.contract import contract_of, unread
from kubestrata.rules.contract.drift import ContractDrift
from kubestrata.rules.contract.requirement import ContractEntry, Use
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.subject import ClusterTree, Declared

FORMAT: Final = "kubestrata-contract/1"
DRIFT_FORMAT = "kubestrata-contract-drift/1"
_Name = Annotated[str, msgspec.Meta(min_length=1)]


class _Part(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The base of the parts of the document; unknown fields are ignored."""


class LineDocument(_Part, frozen=True):
    """A line of a file."""

    file: str
    line: int


class UseDocument(_Part, frozen=True):
    """A field that needs the entry: object, path of the field, file and line.

    `calledFrom` is the line of another file that called the construct which made the object.
    """

    object: str
    field: str
    file: str
    line: int
    called_from: LineDocument | None = None


class PropertyDocument(_Part, frozen=True):
    """A part of an entry that is needed, such as a property of a key or the tag of an image."""

    name: _Name
    uses: tuple[UseDocument, ...] = ()


class DeclarationDocument(_Part, frozen=True):
    """The line of code or configuration that declares the entry."""

    file: str
    line: int
    type: str = ""
    example: str = ""


class EntryDocument(_Part, frozen=True):
    """Something that a cluster needs and its tree does not create.

    It is not `certain` if a chart may create it, and `optional` if its objects do without it.
    """

    sort: _Name
    name: _Name
    source: str = ""
    properties: tuple[PropertyDocument, ...] = ()
    uses: tuple[UseDocument, ...] = ()
    certain: bool = True
    optional: bool = False
    declared: DeclarationDocument | None = None


class UnreadDocument(_Part, frozen=True):
    """An input that could not be read, whose needs are not known: a remote base, a chart."""

    what: str
    why: str
    file: str
    line: int


class ClusterDocument(_Part, frozen=True):
    """The entries of one cluster, and the inputs whose needs are not known."""

    name: _Name
    entries: Sequence[EntryDocument]
    unread: tuple[UnreadDocument, ...] = ()
    sorts: Sequence[str] | None = None
    """The sorts that are listed completely; without it, those that have an entry."""


class ContractDocument(_Part, frozen=True):
    """The contract of every cluster of a tree."""

    format: Literal["kubestrata-contract/1"]
    clusters: Sequence[ClusterDocument]


def document(trees: Iterable[ClusterTree]) -> dict[str, Any]:
    """Return the document of some clusters, as JSON values."""
    made = ContractDocument(FORMAT, [_cluster(each) for each in trees])
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return plain


def _cluster(tree: ClusterTree) -> ClusterDocument:
    return ClusterDocument(
        tree.name,
        [_entry(each) for each in contract_of(tree)],
        tuple(
            UnreadDocument(each.what, each.why, shown(each.place.file), each.place.line)
            for each in unread(tree)
        ),
        list(SORTS),
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kubestrata contract",
        **msgspec.json.schema(ContractDocument),
    }


def use_document(use: Use) -> UseDocument:
    """Return a use with its line."""
    above = use.place.called_from
    return UseDocument(
        str(use.object), use.path, shown(use.place.file), use.place.line, _line(above)
    )


def _line(line: Line | None) -> LineDocument | None:
    return None if line is None else LineDocument(shown(line.file), line.line)


def _entry(entry: ContractEntry) -> EntryDocument:
    return EntryDocument(
        entry.sort,
        entry.name,
        entry.source,
        tuple(
            PropertyDocument(name, tuple(map(use_document, uses)))
            for name, uses in entry.properties.items()
        ),
        tuple(map(use_document, entry.uses)),
        entry.certain,
        entry.optional,
        _declaration(entry.declared),
    )


def _declaration(declared: Declared | None) -> DeclarationDocument | None:
    if declared is None:
        return None
    place = declared.place
    return DeclarationDocument(shown(place.file), place.line, declared.type, declared.example)


def drift_document(drifts: Mapping[str, ContractDrift]) -> dict[str, Any]:
    """Return the document of a comparison, as JSON values."""
    return {
        "format": DRIFT_FORMAT,
        "clusters": [
            {
                "name": name,
                "compared": drift.is_compared,
                "missing": [
                    {
                        "sort": each.entry.sort,
                        "name": each.entry.name,
                        "property": each.part,
                        "message": each.message,
                        "fix": each.fix,
                        "uses": msgspec.to_builtins(list(map(use_document, each.uses))),
                        "declared": msgspec.to_builtins(_declaration(each.entry.declared)),
                    }
                    for each in drift.missing
                ],
                "extra": [each._asdict() for each in drift.extra],
            }
            for name, drift in drifts.items()
        ],
    }
