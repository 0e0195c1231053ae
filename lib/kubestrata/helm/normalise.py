"""TemplateOutput that each rendering gives anew: certificates, keys, passwords, and orders of maps.

Two renderings are compared; where they differ, a constant takes the place of the value. It keeps
the form: base64 in Secrets, PEM, hexadecimal digests, and what is equal around a random part.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping
from kubestrata.helm.output import TemplateOutput
from kubestrata.helm.rendered import RenderedObject

PLACEHOLDER = "placeholder"
_PEM = re.compile(r"(-----BEGIN ([A-Z0-9 ]+)-----).*?(-----END \2-----)", re.DOTALL)
_PEM_BODY = "cGxhY2Vob2xkZXI="
_HEX = re.compile(r"[0-9a-f]{32,}\Z")
_START = re.compile(r".*[^A-Za-z0-9]", re.DOTALL)
_END = re.compile(r"[^A-Za-z0-9].*", re.DOTALL)
_PEM_IN_BASE64 = "LS0tLS1CRUdJTi"

_Path = tuple[str, ...]


def normalised(
    found: TemplateOutput, again: TemplateOutput
) -> tuple[TemplateOutput, frozenset[str]]:
    """Return what two outputs of a template have in common, and the fields that differ.

    A field is named as in `Secret shop/tls data.ca.crt`.
    """
    merged: list[RenderedObject] = []
    replaced: set[str] = set()
    for one, other in _pairs(found.objects, again.objects):
        comparison = _Comparison(is_secret=one.manifest.get("kind") == "Secret")
        manifest: Manifest = comparison.of(one.manifest, other.manifest, ())
        merged.append(replace(one, manifest=manifest))
        replaced.update(f"{named_in(manifest)} {'.'.join(path)}" for path in comparison.paths)
    if [*map(_identity, found.objects)] != [*map(_identity, again.objects)]:
        merged.sort(key=_identity)
    return TemplateOutput(merged, found.faults), frozenset(replaced)


def _identity(each: RenderedObject) -> tuple[str, str, str, str]:
    metadata = mapping(each.manifest.get("metadata"))
    names = (str(metadata.get("namespace", "")), str(metadata.get("name", "")))
    return each.template, str(each.manifest.get("kind")), *names


def named_in(manifest: Manifest) -> str:
    """Return the name of an object in `Rendered.replaced`: `Secret shop/tls`."""
    metadata = mapping(manifest.get("metadata"))
    name, namespace = metadata.get("name", ""), metadata.get("namespace", "")
    return f"{manifest.get('kind')} {f'{namespace}/' if namespace else ''}{name}"


def _pairs(
    first: Sequence[RenderedObject], again: Sequence[RenderedObject]
) -> Iterator[tuple[RenderedObject, RenderedObject]]:
    """Pair the objects of two renderings: by name, and those whose names differ in their order.

    An object that only one of them has is left out.
    """
    known = {_identity(each): each for each in again}
    named = {_identity(each) for each in first}
    others: dict[tuple[str, str], list[RenderedObject]] = {}
    for each in again:
        if _identity(each) not in named:
            others.setdefault(_identity(each)[:2], []).append(each)
    for each in first:
        identity = _identity(each)
        if identity in known:
            yield each, known[identity]
        elif rest := others.get(identity[:2]):
            yield each, rest.pop(0)


@dataclass(slots=True)
class _Comparison:
    """The comparison of one object; `paths` are the fields that differ."""

    is_secret: bool
    paths: list[_Path]

    def __init__(self, *, is_secret: bool) -> None:
        self.is_secret = is_secret
        self.paths = []

    def of(self, one: Any, other: Any, path: _Path) -> Any:
        if one == other:
            return one
        if is_mapping(one) and is_mapping(other):
            return self._mappings(one, other, path)
        if is_list(one) and is_list(other):
            return self._lists(one, other, path)
        self.paths.append(path)
        if isinstance(one, str) and isinstance(other, str):
            is_encoded = self.is_secret and path[:1] == ("data",)
            return _encoded(one, other) if is_encoded else stable_text(one, other)
        is_number = isinstance(one, int | float) and isinstance(other, int | float)
        return 0 if is_number else PLACEHOLDER

    def _mappings(self, one: dict[str, Any], other: dict[str, Any], path: _Path) -> dict[str, Any]:
        """Compare by key; keys of one side only are paired in their order, or left out."""
        own, foreign = sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())
        renamed = dict(zip(own, foreign, strict=False)) if len(own) == len(foreign) else {}
        made: dict[str, Any] = {}
        for key, mine in one.items():
            if key in other:
                made[key] = self.of(mine, other[key], (*path, key))
            elif key in renamed:
                name = stable_text(key, renamed[key])
                self.paths.append((*path, name))
                made[name] = self.of(mine, other[renamed[key]], (*path, name))
            else:
                self.paths.append((*path, PLACEHOLDER))
        return made

    def _lists(self, one: list[Any], other: list[Any], path: _Path) -> list[Any]:
        ours, theirs = [_spelled(each) for each in one], [_spelled(each) for each in other]
        if Counter(ours) == Counter(theirs):
            self.paths.append(path)
            return sorted(one, key=_spelled)
        if len(one) != len(other):
            self.paths.append(path)
        pairs = enumerate(zip(one, other, strict=False))
        return [self.of(mine, theirs, (*path, str(at))) for at, (mine, theirs) in pairs]


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _encoded(one: str, other: str) -> str:
    """Return the stable form of two values of a Secret's `data`."""
    return base64.b64encode(stable_text(_decoded(one), _decoded(other)).encode()).decode()


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except (binascii.Error, ValueError):
        return PLACEHOLDER


def is_stand_in(value: object) -> bool:
    """Return True if a value that two renderings differ in is no longer that of either."""
    if isinstance(value, str):
        return PLACEHOLDER in value or _PEM_BODY in value or set(value) == {"0"}
    # A list or a mapping is only sorted; a number is 0.
    return not isinstance(value, bool) and value == 0


def stable_text(one: str, other: str) -> str:
    """Return a text that two texts of the same template have in common."""
    if _HEX.match(one) and _HEX.match(other) and len(one) == len(other):
        return "0" * len(one)
    if one.startswith(_PEM_IN_BASE64) and other.startswith(_PEM_IN_BASE64):
        return _encoded(one, other)
    one, other = _without_bodies(one, other)
    if one == other:
        return one
    ours, theirs = one.split("\n"), other.split("\n")
    if len(ours) == len(theirs) > 1:
        if Counter(ours) == Counter(theirs):
            return "\n".join(sorted(ours))
        pairs = zip(ours, theirs, strict=True)
        return "\n".join(mine if mine == each else stable_text(mine, each) for mine, each in pairs)
    return _around(one, other)


def _without_bodies(one: str, other: str) -> tuple[str, str]:
    """Replace the bodies of PEM blocks that differ, in both texts."""
    ours, theirs = (
        [each[0] for each in _PEM.finditer(one)],
        [each[0] for each in _PEM.finditer(other)],
    )
    differing = {*ours} ^ {*theirs}

    def body(block: re.Match[str]) -> str:
        return f"{block[1]}\n{_PEM_BODY}\n{block[3]}" if block[0] in differing else block[0]

    return _PEM.sub(body, one), _PEM.sub(body, other)


def _around(one: str, other: str) -> str:
    """Return what is equal at both ends, up to whole words, with the placeholder between."""
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    head = _START.match(one[:start])
    tail = _END.search(one[len(one) - end :])
    return f"{head[0] if head else ''}{PLACEHOLDER}{tail[0] if tail else ''}"


def _common(one: str, other: str) -> int:
    at = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        at += 1
    return at
