"""Keys that a template writes twice: Helm takes the last one, the post-renderer of Flux refuses.

Flux passes all that a chart makes, except hooks, through Kustomize (source: the error "mapping
key already defined" of its helm-controller).
"""

from __future__ import annotations

import re

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.yaml_read import SET_TWICE, load_all

_KEY = re.compile(
    r"^(?P<before>(?P<indentation> *)(?P<dash>- +)*)"
    r"(?P<key>\"[^\"\n]*\"|'[^'\n]*'|[^\s#:'\"\[{-][^:\n]*):(?=\s|\Z)"
    r"(?P<block> +[|>])?",
    re.MULTILINE,
)
_SOURCE = "output"


def repeated_key(document: str) -> tuple[int, str] | None:
    """Return the line in a document and the problem, None if no key is written twice."""
    if not _may_repeat(document):
        return None
    try:
        load_all(document, _SOURCE)
    except YamlSyntaxError as error:
        if error.why == SET_TWICE:
            return int(error.where.rpartition(":")[2]), f"{error.what} {SET_TWICE}"
    return None


def _may_repeat(document: str) -> bool:
    """Return False if no two keys of one indentation are equal; True may be a text in quotes."""
    open_maps: list[tuple[int, set[str]]] = []
    block: int | None = None
    for found in _KEY.finditer(document):
        column, key = len(found["before"]), found["key"].strip("\"' ")
        if block is not None and len(found["indentation"]) > block:
            continue  # a line of a block of text
        block = column if found["block"] else None
        is_item = found["dash"] is not None
        while open_maps and open_maps[-1][0] >= column + (not is_item):
            open_maps.pop()
        if not open_maps or open_maps[-1][0] < column:
            open_maps.append((column, {key}))
        elif key in open_maps[-1][1]:
            return True
        else:
            open_maps[-1][1].add(key)
    return False
