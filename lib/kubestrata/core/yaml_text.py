"""YAML output that every reader on the way to the cluster reads back exactly.

This module writes the layout: block style, two spaces, dashes under their key, keys in the
caller's order; `yaml_scalar` writes single values. For the reasons not to use a library see
docs/decisions/0002-yaml-emitter.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from kubestrata.core.errors import InvalidBody, UnwritableTextError
from kubestrata.core.json_value import path_step
from kubestrata.core.yaml_scalar import UnwritableError, write_atom, write_key, write_text

_KNOWN = frozenset({str, int, bool, dict, list, float, type(None)})
_SHORT = 80
_MAX_REMEMBERED = 8192


class _Keys(dict[str, str]):
    """Keys as they are written, by the key."""

    def __missing__(self, key: str) -> str:
        return _remember(self, key, write_key(key))


_keys = _Keys()
_texts: dict[str, str] = {}


def dump(value: Mapping[str, object]) -> str:
    """Write one document, without a document marker, ending in a newline.

    Raises UnwritableTextError for text that kustomize cannot carry, InvalidBody (a TypeError) for
    types that JSON does not have, InvalidValue (a ValueError) for numbers that are not finite or
    exceed 64 bits. Each names the field.

    >>> print(dump({"kind": "List", "items": [{"on": "1e3"}]}), end="")
    kind: List
    items:
    - 'on': '1e3'
    """
    out: list[str] = []
    try:
        _write_mapping(value, "", "\n", out)
        out.append("\n")
        text = "".join(out)
        if "\\t" in text:  # few texts have a tab
            _require_no_tabbed_annotation(value)
    except UnwritableError as fault:
        raise fault.located() from None
    return text if value else "{}\n"


def dump_all(docs: Iterable[Mapping[str, object]]) -> str:
    """Write documents with `---` between them."""
    return "---\n".join(map(dump, docs))


def _write_mapping(mapping: Mapping[str, object], start: str, line: str, out: list[str]) -> None:
    """Write the entries: `start` goes before the first key, `line` before the others."""
    inner = line + "  "
    key = ""
    try:
        for key, item in mapping.items():
            name = _keys[key]
            kind = type(item)
            value: Any = item
            if kind not in _KNOWN:
                kind, value = _known(item)
            if kind is str:
                text = _texts.get(value) or _text(value, inner)
                out.append(f"{start}{name} {text}")
            elif kind is dict and value:
                out.append(start + name)
                _write_mapping(value, inner, inner, out)
            elif kind is list and value:
                out.append(start + name)
                _write_sequence(value, line, line, out)
            else:
                out.append(f"{start}{name} {write_atom(value)}")
            start = line
    except UnwritableError as fault:
        name = str(key)[:80]
        fault.steps.append(path_step(name))
        raise


def _write_sequence(items: Sequence[object], start: str, line: str, out: list[str]) -> None:
    """Write the items: `start` goes before the first dash, `line` before the others."""
    inner = line + "  "
    index = 0
    try:
        for index, item in enumerate(items):  # noqa: B007 - the path of an error needs it
            kind = type(item)
            value: Any = item
            if kind not in _KNOWN:
                kind, value = _known(item)
            if kind is dict and value:
                _write_mapping(value, start + "- ", inner, out)
            elif kind is list and value:
                _write_sequence(value, start + "- ", inner, out)
            elif kind is str:
                text = _texts.get(value) or _text(value, inner)
                out.append(f"{start}- {text}")
            else:
                out.append(f"{start}- {write_atom(value)}")
            start = line
    except UnwritableError as fault:
        fault.steps.append(f"[{index}]")
        raise


def _require_no_tabbed_annotation(value: Mapping[str, object]) -> None:
    """Raise UnwritableError for text that kustomize cannot carry in an object's annotations."""
    for key, text in _mapping_in(_mapping_in(value, "metadata"), "annotations").items():
        if isinstance(text, str) and text[:1] == "\t" and "\n" in text:
            what = "several lines beginning with a tab"
            why = "kustomize rewrites annotations as blocks, and cannot read this one"
            fault = UnwritableError(UnwritableTextError, what, why)
            fault.steps = [f"[{key!r}]", "metadata.annotations"]
            raise fault


def _mapping_in(mapping: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = mapping.get(key)
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _known(value: object) -> tuple[type, Any]:
    """Return the JSON type of the value, and the value as that type."""
    if isinstance(value, str):
        return str, str.__str__(value)
    if isinstance(value, int):
        return int, int(value)
    if isinstance(value, float):
        return float, float(value)
    if isinstance(value, Mapping):
        return dict, dict(cast("Mapping[object, object]", value))
    if isinstance(value, tuple | list):
        return list, list(cast("Sequence[object]", value))
    raise UnwritableError(InvalidBody, f"a {type(value).__name__}", "JSON has no such value")


def _text(text: str, line: str) -> str:
    written = write_text(text, line)
    # A block depends on its indentation.
    return written if "\n" in written or len(text) > _SHORT else _remember(_texts, text, written)


def _remember(cache: dict[str, str], text: str, written: str) -> str:
    if len(cache) >= _MAX_REMEMBERED:
        cache.clear()
    cache[text] = written
    return written
