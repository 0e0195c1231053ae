"""The rendered texts of templates as objects; documents are separated as Helm does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.json_value import is_list, is_mapping, mapping
from kubestrata.helm.rendered import RenderedObject, RenderFault
from kubestrata.helm.repeated_key import repeated_key

_FIRST_SEPARATOR, _SEPARATOR = re.compile(r"---\s*"), re.compile(r"\n---\s*")
"""Two, because a pattern that begins with a constant is found ten times as fast."""
_ERROR_LINE = re.compile(r"\bline (\d+)")
_NOTES = "NOTES.txt"
_HOOK, _WEIGHT = "helm.sh/hook", "helm.sh/hook-weight"
_EVENTS = frozenset(
    f"{when}-{what}"
    for when in ("pre", "post")
    for what in ("install", "upgrade", "delete", "rollback")
) | {"test"}
_FORMER = {"test-success": "test"}

Reader = Callable[[str], dict[str, Any]]
"""Reads one document as Helm does; raises ValueError."""


@dataclass(slots=True)
class TemplateOutput:
    """The objects of texts, and the documents that are not objects."""

    objects: list[RenderedObject] = field(default_factory=list[RenderedObject])
    faults: list[RenderFault] = field(default_factory=list[RenderFault])

    def add(self, other: TemplateOutput) -> None:
        """Add the objects and the faults of another template."""
        self.objects += other.objects
        self.faults += other.faults


def read_output(
    template: str, text: str, read: Reader, *, is_post_rendered: bool = False
) -> TemplateOutput:
    """Return the objects of one rendered template; nothing of notes and partials.

    If it `is_post_rendered`, keys that are set twice are faults.
    """
    found = TemplateOutput()
    name = template.rpartition("/")[2]
    if not template.endswith(_NOTES) and not name.startswith("_"):
        for line, document in _documents(text):
            before = len(found.objects)
            _add(found, template, line, document, read)
            made = found.objects[before:]
            # Flux does not pass hooks through the post-renderer.
            if is_post_rendered and made and not any(each.is_hook for each in made):
                found.faults += _repeated(template, line, document)
    return found


def _repeated(template: str, line: int, document: str) -> Iterator[RenderFault]:
    repeated = repeated_key(document)
    if repeated is not None:
        at, said = repeated
        why = f"{said}, which the post-renderer of Flux refuses"
        yield RenderFault(template, line + at - 1, why)


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield the documents that are not empty, with their first lines."""
    first_separator = _FIRST_SEPARATOR.match(text)
    line, counted, start = 1, 0, first_separator.end() if first_separator else 0
    ends = [each.span() for each in _SEPARATOR.finditer(text, start)]
    for end, following in [*ends, (len(text), len(text))]:
        document = text[start:end].strip()  # as Helm: a block of text at the end loses its line end
        if document:
            first = text.index(document, start)
            line += text.count("\n", counted, first)
            counted = first
            yield line, document
        start = following


def _add(found: TemplateOutput, template: str, line: int, document: str, read: Reader) -> None:
    try:
        content = read(document)
    except ValueError as error:
        at = _ERROR_LINE.search(str(error))
        place = line + int(at[1]) - 1 if at else line
        found.faults.append(RenderFault(template, place, f"not readable as YAML: {error}"))
        return
    for each in _flat(content):
        why = _fault(each)
        if why:
            found.faults.append(RenderFault(template, line, why))
            continue
        events, is_hook = _events(each)
        if is_hook and not events:
            named = _annotations(each).get(_HOOK)
            why = f"{_HOOK}: {named}: is not an event, so Helm never applies the object"
            found.faults.append(RenderFault(template, line, why))
            continue
        found.objects.append(RenderedObject(each, template, events, _weight(each)))


def _flat(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a List, or the object itself; nothing for a document of comments."""
    items: object = content.get("items")
    if str(content.get("kind", "")).endswith("List") and is_list(items):
        yield from map(mapping, items)
    elif content:
        yield content


def _fault(each: Mapping[str, Any]) -> str:
    for key in ("apiVersion", "kind"):
        if not isinstance(each.get(key), str) or not each[key]:
            return f"has no {key}"
    if not is_mapping(each.get("metadata")):
        return "has no metadata"
    return ""


def _annotations(each: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(mapping(each.get("metadata")).get("annotations"))


def _events(each: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Return the known events of a hook, and True if it is one."""
    named = _annotations(each).get(_HOOK)
    if not isinstance(named, str):
        return (), False
    listed = (one.strip().lower() for one in named.split(","))
    events = [known for one in listed if (known := _FORMER.get(one, one)) in _EVENTS]
    return tuple(dict.fromkeys(events)), True


def _weight(each: Mapping[str, Any]) -> int:
    try:
        return int(str(_annotations(each).get(_WEIGHT, 0)))
    except ValueError:
        return 0
