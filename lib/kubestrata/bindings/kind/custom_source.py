"""The custom kinds of a source, from CustomResourceDefinitions and composites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kubestrata.bindings.kind.composite_kind import composite_definitions, is_composite
from kubestrata.bindings.kind.custom_kind import CustomKind, CustomKindError, custom_kind
from kubestrata.bindings.kind.schema_check import nameless
from kubestrata.bindings.source.document import ReadingBudget, SourceProblem, read_documents
from kubestrata.bindings.source.place import Lines, SchemaPlace
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping

UNUSABLE = "not a usable"
"""The start of a problem that is about a definition, not about its file."""
_CUSTOM = "CustomResourceDefinition"
_LISTS = ("List", f"{_CUSTOM}List", "CompositeResourceDefinitionList")


class _Definition(Frozen):
    content: dict[str, Any]
    place: SchemaPlace


def _definitions(content: object, place: SchemaPlace) -> Iterator[_Definition]:
    if not is_mapping(content):
        return
    if content.get("kind") == _CUSTOM or is_composite(content):
        yield _Definition(content, place)
    elif content.get("kind") in _LISTS:
        items: object = content.get("items")
        for number, item in enumerate(items if is_list(items) else []):
            yield from _definitions(item, SchemaPlace(place.lines, (*place.path, "items", number)))


def read_custom_kinds(
    texts: Iterable[str], source: str, budget: ReadingBudget | None = None
) -> Iterator[CustomKind | SourceProblem]:
    """Yield every custom kind of a source, and a Fault for each bad definition or document.

    A kind with fields that get no keyword is followed by a Fault that names them.
    """
    budget = budget or ReadingBudget()
    for text in texts:
        for document in read_documents(text, budget, strict=True):
            if isinstance(document, SourceProblem):
                yield document
                continue
            for definition in _definitions(document.content, SchemaPlace(Lines(document))):
                yield from _kinds(definition, source)


def defined_kinds(content: dict[str, Any], source: str, line: int) -> list[CustomKind]:
    """Return the kinds that one definition defines; raise CustomKindError."""
    wanted = composite_definitions(content) if is_composite(content) else [content]
    return [custom_kind(each, source, line) for each in wanted]


def _kinds(definition: _Definition, source: str) -> Iterator[CustomKind | SourceProblem]:
    content, place = definition.content, definition.place
    try:
        found = defined_kinds(content, source, place.line)
    except CustomKindError as error:
        yield SourceProblem(place.line, f"{UNUSABLE} {content['kind']}: {error}")
        return
    for kind in found:
        yield kind
        for version in kind.versions:
            for each in nameless(dict(version.schema)):
                yield SourceProblem(place.line, f"{kind.kind}.{kind.group} {version.name}: {each}")
