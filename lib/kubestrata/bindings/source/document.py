"""Untrusted YAML and JSON, read as JSON values within limits.

Only JSON's own types are recognised: no dates, no `yes`, no other tags. Each document of a file
is read on its own, so a bad one does not affect the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import isinf
from typing import Any, cast

import yaml

from kubestrata.core import encoding
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, is_list
from kubestrata.core.yaml_read import PathlessLoader, line_nested_beyond

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 1_000_000
MAX_SOURCE_VALUES = 4_000_000
MAX_DOCUMENTS = 100_000
_TEXT_PER_VALUE = 100
_SHOWN = 80
_LONGEST_NAME = 40
_MAX_INDENT = 1_000

_SEPARATOR = "\n---"
_BARE = re.compile(r"---[ \t]*\r?\n")
_INDENT = re.compile(rf"[ \-?:\t]{{{_MAX_INDENT}}}")
_CONTENT = re.compile(r"^[ \t]*(?![ \t]|\r?$|#|%|\.\.\.[ \t]*\r?$)", re.MULTILINE)
"""The start of a line that is not blank, a comment, a directive or the end of a document."""
_MERGE = "<<"
_TAG = "tag:yaml.org,2002:"
_STR, _SEQ, _MAP = f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map"
_ONLY_TEXT = frozenset([str])
_SCALARS = {
    "null": (r"~|null|Null|NULL|", [*"~nN", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", [*"-+0123456789"]),
    "float": (
        r"[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)",
        [*"-+.0123456789"],
    ),
}


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """One document, the line it begins on, and its text, in which lines can be looked up."""

    line: int
    content: Json
    text: str = field(default="", compare=False, repr=False)


class SourceProblem(Frozen):
    """The reason why a document could not be read, and its line."""

    line: int
    reason: str


def shown(name: str) -> str:
    """Return an untrusted name for a message: printable and short."""
    text = name if name.isprintable() and name.isascii() else ascii(name)[1:-1]
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."


class TooMuchError(ValueError):
    """A value exceeds a limit; the text names it."""


@dataclass(slots=True)
class ReadingBudget:
    """The number of documents and values that one source may still have."""

    left: int = MAX_SOURCE_VALUES
    documents: int = MAX_DOCUMENTS

    def spend(self, values: int) -> None:
        """Subtract the values of one document; raise TooMuchError if the source has too many."""
        self.left -= values
        if self.left < 0:
            raise TooMuchError(f"more than {MAX_SOURCE_VALUES} values in one source")


class _UnusualError(Exception):
    """A node that needs all of PyYAML's construction."""


class _JsonLoader(PathlessLoader):
    """Recognises only the types of JSON: see `_restrict`."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node; this is called for every node, so nothing is copied."""
        if kind is yaml.ScalarNode:
            if implicit[0]:
                for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                    if pattern.match(value):
                        return cast("str", tag)
            return _STR
        return _SEQ if kind is yaml.SequenceNode else _MAP

    def construct_document(self, node: yaml.Node) -> Any:
        """Construct a document; take the long way, with its errors, if anything is unusual."""
        try:
            return self._quickly(node, {})
        except (_UnusualError, RecursionError, yaml.YAMLError, ValueError):
            self.recursive_objects: dict[yaml.Node, None] = {}  # PyYAML keeps what failed
            return cast("Any", super()).construct_document(node)

    def _quickly(self, node: yaml.Node, made: dict[int, Any]) -> Any:
        """Construct a node; `made` are the collections so far, None for one that is not closed.

        Raises _UnusualError.
        """
        tag = node.tag
        if tag == _STR and type(node) is yaml.ScalarNode:
            return node.value
        if tag == _MAP and type(node) is yaml.MappingNode:
            return self._mapping(node, made)
        if tag == _SEQ and type(node) is yaml.SequenceNode:
            identity = id(node)
            if identity not in made:
                made[identity] = None
                made[identity] = [self._quickly(each, made) for each in node.value]
            return _closed(made[identity])
        if type(node) is not yaml.ScalarNode:
            raise _UnusualError
        return cast("Any", self).construct_object(node)

    def _mapping(self, node: yaml.MappingNode, made: dict[int, Any]) -> Any:
        identity = id(node)
        if identity not in made:
            made[identity] = None
            found: dict[str, Any] = {}
            for key, value in node.value:
                if key.tag != _STR or type(key) is not yaml.ScalarNode:
                    raise _UnusualError
                found[key.value] = self._quickly(value, made)
            self._accept(node, found)
            made[identity] = found
        return _closed(made[identity])

    def _accept(self, node: yaml.MappingNode, found: dict[str, Any]) -> None:
        """Raise _UnusualError for keys that have to be looked at one by one."""


def _closed(collection: Any) -> Any:
    if collection is None:  # it contains itself
        raise _UnusualError
    return collection


def _refuse_tag(_: _JsonLoader, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(
        None, None, f"unknown tag {node.tag!r}", node.start_mark
    )


def _restrict(loader: Any) -> None:
    """Leave a loader only the tags and the plain scalars of JSON."""
    known = {f"{_TAG}{name}" for name in (*_SCALARS, "str", "seq", "map")}
    inherited = loader.yaml_constructors
    loader.yaml_constructors = {tag: inherited[tag] for tag in known}
    loader.yaml_implicit_resolvers = {}
    loader.add_constructor(None, _refuse_tag)
    for name, (pattern, first) in _SCALARS.items():
        loader.add_implicit_resolver(f"{_TAG}{name}", re.compile(rf"(?:{pattern})\Z"), first)


_restrict(_JsonLoader)


class _StrictLoader(_JsonLoader):
    """Refuses duplicate keys and merge keys too: readers disagree on what they mean."""

    def _accept(self, node: yaml.MappingNode, found: dict[str, Any]) -> None:
        if len(found) < len(node.value) or _MERGE in found:
            raise _UnusualError

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's signature
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(found) < len(node.value) or _MERGE in found or not _has_text_keys(found):
            self._check_keys(node)
        return found

    def _check_keys(self, node: yaml.MappingNode) -> None:
        seen: set[str] = set()
        for each, _ in node.value:
            if each.value == _MERGE and not each.style:
                why = "merge key '<<': write out the keys that it would add"
                raise yaml.constructor.ConstructorError(None, None, why, each.start_mark)
            key = _spell(cast("Any", self).construct_object(each, deep=True))
            if key in seen:
                why = f"duplicate key {key[:_SHOWN]!r}"
                raise yaml.constructor.ConstructorError(None, None, why, each.start_mark)
            seen.add(key)


def _has_text_keys(mapping: dict[Any, Any]) -> bool:
    return _ONLY_TEXT.issuperset(map(type, mapping))


def _spell(key: object) -> str:
    """Return a key as JSON spells it: YAML allows `1:` and `true:` as keys."""
    return key if isinstance(key, str) else json.dumps(key)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build the mapping of a JSON object; raise ValueError for duplicate keys."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key")
    return found


def _items(value: Any) -> list[Any]:
    """Return the items of a list or the values of a mapping, whose keys become strings."""
    if is_list(value):
        return value
    mapping: dict[object, Any] = value
    if not _has_text_keys(mapping):
        spelled = {_spell(key): item for key, item in mapping.items()}
        mapping.clear()
        mapping.update(spelled)
    return list(mapping.values())


def _measure(value: Any, known: dict[int, int], depth: int) -> int:
    """Count the values below this one as if every alias were written out."""
    if depth > MAX_DEPTH:
        raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels, or an alias to itself")
    kind: type[object] = type(cast("object", value))
    if kind is str:
        return 1 + len(value) // _TEXT_PER_VALUE
    if kind is float and isinf(value):
        raise TooMuchError("a number that is too large")
    if kind not in (dict, list):
        return 1
    identity = id(cast("object", value))
    if identity in known:
        return known[identity]
    total = 1
    for item in _items(value):
        total += _measure(item, known, depth + 1)
    if total > MAX_VALUES:
        raise TooMuchError(f"more than {MAX_VALUES} values once aliases are written out")
    known[identity] = total
    return total


def measure(value: Any) -> int:
    """Return the number of values, aliases written out; raise TooMuchError beyond the limits."""
    return _measure(value, {}, 0)


def _refuse_depth(text: str) -> None:
    """Raise before libyaml's caller recurses so deep that the process would crash."""
    if any(len(line) >= _MAX_INDENT and _INDENT.match(line) for line in text.split("\n")):
        raise TooMuchError(f"indented by more than {_MAX_INDENT} columns")
    if text.count("[") + text.count("{") <= _MAX_INDENT:
        return
    if line_nested_beyond(text, MAX_DEPTH):
        raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels")


def _parse(text: str, *, strict: bool) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        pairs = _unique if strict else None
        try:
            found = json.loads(text, parse_constant=lambda name: name, object_pairs_hook=pairs)
        except ValueError:
            pass  # YAML, or a duplicate key, whose line the YAML loader reports
        else:
            json.dumps(found, ensure_ascii=False).encode()  # raises for half a surrogate pair
            return found
    _refuse_depth(text)
    loader = _StrictLoader if strict else _JsonLoader
    return yaml.load(text, Loader=loader)  # noqa: S506 - derived from CSafeLoader


def _read(
    text: str, line: int, budget: ReadingBudget, *, strict: bool
) -> SourceDocument | SourceProblem:
    try:
        content = _parse(text, strict=strict)
        budget.spend(measure(content))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reason = f"not readable as YAML: {error.problem}"
        return SourceProblem(line + (mark.line if mark else 0), reason)
    except TooMuchError as error:
        return SourceProblem(line, f"too large: {error}")
    except MemoryError:
        return SourceProblem(line, "needs more memory than there is; split the file")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first = str(error).splitlines() or [type(error).__name__]
        # For an integer of thousands of digits, Python suggests a change to its own settings.
        reason = first[0].partition("; use sys.")[0]
        return SourceProblem(line, f"not readable as YAML: {reason}")
    return SourceDocument(line, content, text)


def decoded(data: bytes) -> str:
    """Return the text of a file; raise ValueError, with the encoding, if it is not UTF-8."""
    if encoding.is_utf_16(data):
        raise ValueError("is UTF-16, not UTF-8 text: save it as UTF-8")
    return encoding.decoded(data)


def _starts(text: str) -> Iterator[int]:
    """Yield the offsets at which documents begin: each line `---` begins another one."""
    yield 0
    if _is_separator(text, 0):
        yield 0  # what is before it is empty
    at = text.find(_SEPARATOR)
    while at >= 0:
        if _is_separator(text, at + 1):
            yield at + 1
        at = text.find(_SEPARATOR, at + 1)


def _is_separator(text: str, at: int) -> bool:
    after = at + 3
    return text.startswith("---", at) and (after == len(text) or text[after].isspace())


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the text of every document, and the line that it begins on."""
    line = 1
    for start, end in pairwise([*_starts(text), len(text)]):
        bare = _BARE.match(text, start, end)
        begin = bare.end() if bare else start
        line += 1 if bare else 0
        yield line, text[begin:end]
        line += text.count("\n", begin, end)


def read_documents(
    text: str, budget: ReadingBudget | None = None, *, strict: bool = False
) -> Iterator[SourceDocument | SourceProblem]:
    """Yield every document that is not empty, with a SourceProblem in place of a bad one.

    A strict reader refuses duplicate keys and merge keys. Files of one source share a budget;
    nothing is read after the document that exceeds it.
    """
    budget = budget or ReadingBudget()
    for line, chunk in _chunks(text):
        budget.documents -= 1
        if budget.documents < 0:
            why = f"more than {MAX_DOCUMENTS} documents in one source, empty ones included"
            yield SourceProblem(line, f"too large: {why}")
            return
        if _CONTENT.search(chunk.removeprefix("---")):
            yield _read(chunk, line, budget, strict=strict)
            if budget.left < 0:
                return
