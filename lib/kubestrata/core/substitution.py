"""An object after Flux replaced its variables, with the types that its fields then have.

Flux writes the object as YAML, replaces variables in that text and parses it again. So a value may
end as a number, a list or a comment; quotes protect only text that YAML cannot write without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.envsubst import EnvsubstError, Lookup, expand
from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping
from kubestrata.core.yaml_plain import plain_value
from kubestrata.core.yaml_read import load_all

_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`")
_NULLS = ("", "~", "null")
_COLON_OR_COMMENT = re.compile(r":(?:\s|\Z)|\s#")
_DASH_FIRST = re.compile(r"[-?:](?:\s|\Z)")


@dataclass(slots=True)
class Substituted:
    """The object after substitution.

    `retyped` are the fields that are no longer the same text, `broken` those whose value makes the
    YAML invalid, `cut` those of which YAML reads only a part or nothing, each with the text as it
    was written. Text that envsubst cannot parse remains as it is.
    `is_open` is True if unknown variables remain in the object.
    """

    manifest: Manifest
    broken: dict[str, str] = field(default_factory=dict[str, str])
    retyped: dict[str, str] = field(default_factory=dict[str, str])
    cut: dict[str, str] = field(default_factory=dict[str, str])
    is_open: bool = False


def substitute(manifest: Manifest, lookup: Lookup) -> Substituted:
    """Return the object with the values of its variables; unknown ones remain as `${name}`."""
    made = Substituted(manifest)
    made.manifest = {
        str(_text(key, "", lookup, made)): _walk(part, key, lookup, made)
        for key, part in manifest.items()
    }
    return made


def _walk(value: Any, path: str, lookup: Lookup, made: Substituted) -> Any:
    if isinstance(value, str):
        return _text(value, path, lookup, made)
    if is_mapping(value):
        return {
            str(_text(key, path, lookup, made)): _walk(part, f"{path}.{key}", lookup, made)
            for key, part in value.items()
        }
    if is_list(value):
        return [_walk(part, f"{path}[{at}]", lookup, made) for at, part in enumerate(value)]
    return value


def _text(text: str, path: str, lookup: Lookup, made: Substituted) -> Any:
    if "$" not in text:
        return text
    try:
        expanded = expand(text, lookup)
    except EnvsubstError:
        return text
    made.is_open = made.is_open or "${" in expanded
    if expanded == text or not is_written_plain(text):
        return expanded
    return _parsed(text, expanded, path, made)


def _parsed(text: str, expanded: str, path: str, made: Substituted) -> Any:
    """Return the value that YAML reads where the text stood without quotes."""
    try:
        (document,) = load_all(f"v: {expanded}", "")
    except (YamlSyntaxError, ValueError):
        made.broken[path] = text
        return expanded
    value = mapping(document).get("v")
    if value != expanded or not isinstance(value, str):
        made.retyped[path] = text
        nothing = value is None and expanded.strip().lower() not in _NULLS
        if nothing or isinstance(value, str):
            made.cut[path] = text
    return value


def is_written_plain(text: str) -> bool:
    """Return True if Kustomize writes the text without quotes (source: go-yaml's emitter)."""
    if not text or text != text.strip() or "\n" in text or text[0] in _INDICATORS:
        return False
    if _DASH_FIRST.match(text) or _COLON_OR_COMMENT.search(text):
        return False
    return text.isprintable() and isinstance(plain_value(text), str)
