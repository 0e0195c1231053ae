"""YAML and JSON from strangers, read as JSON values, within limits.

Only what JSON knows is recognised: no dates, no `yes`, no merge keys, no other tags. Each
document of a file stands alone, so that a bad one does not take the others with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import yaml

from kubestrata.core.json_value import Json, is_list

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 1_000_000
MAX_SOURCE_VALUES = 4_000_000
_TEXT_PER_VALUE = 100
_MAX_INDENT = 1_000

_SEPARATOR = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_BARE = re.compile(r"---[ \t]*\r?\n")
_INDENT = re.compile(rf"^[ \-?:\t]{{{_MAX_INDENT}}}", re.MULTILINE)
_EMPTY = re.compile(r"(?:[ \t]*(?:#.*|%.*|\.\.\.[ \t]*)?(?:\r?\n|\Z))*\Z")
_TAG = "tag:yaml.org,2002:"
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
class Document:
    """One document, the line it begins on, and its text, in which lines can be looked up."""

    line: int
    content: Json
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a document could not be read, and on which line."""

    line: int
    reason: str


class TooMuchError(ValueError):
    """Which limit a value exceeds."""


@dataclass(slots=True)
class Budget:
    """How many values the documents of one source may still have together."""

    left: int = MAX_SOURCE_VALUES

    def spend(self, values: int) -> None:
        """Take off what one document has; raises once the source has too much."""
        self.left -= values
        if self.left < 0:
            raise TooMuchError(f"more than {MAX_SOURCE_VALUES} values in one source")


class _JsonLoader(yaml.CSafeLoader):
    """Recognises what JSON knows: see `_restrict`."""


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


def _spell(key: object) -> str:
    """A key as JSON spells it: YAML lets `1:` and `true:` be keys."""
    return key if isinstance(key, str) else json.dumps(key)


def _items(value: Any) -> list[Any]:
    """The items of a list, or the values of a mapping, whose keys are made strings."""
    if is_list(value):
        return value
    mapping: dict[object, Any] = value
    if not all(type(key) is str for key in mapping):
        spelled = {_spell(key): item for key, item in mapping.items()}
        mapping.clear()
        mapping.update(spelled)
    return list(mapping.values())


def _measure(value: Any, known: dict[int, int], depth: int) -> int:
    """Count the values below this one as if every alias were written out."""
    if depth > MAX_DEPTH:
        raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels, or an alias to itself")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise TooMuchError("a number that is too large")
    if isinstance(value, str):
        return 1 + len(value) // _TEXT_PER_VALUE
    if not isinstance(value, (dict, list)):
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
    """How many values there are, aliases written out; raises TooMuchError beyond the limits."""
    return _measure(value, {}, 0)


def _refuse_depth(text: str) -> None:
    """Raise before libyaml's caller recurses so deep that the process would crash."""
    if _INDENT.search(text):
        raise TooMuchError(f"indented by more than {_MAX_INDENT} columns")
    if text.count("[") + text.count("{") <= _MAX_INDENT:
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _parse(text: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(text, parse_constant=lambda name: name)
        except ValueError:
            pass
        else:
            json.dumps(found, ensure_ascii=False).encode()  # raises for half a surrogate pair
            return found
    _refuse_depth(text)
    return yaml.load(text, Loader=_JsonLoader)  # noqa: S506 - derived from CSafeLoader


def _read(text: str, line: int, budget: Budget) -> Document | Fault:
    try:
        content = _parse(text)
        budget.spend(measure(content))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reason = f"not readable as YAML: {error.problem}"
        return Fault(line + (mark.line if mark else 0), reason)
    except TooMuchError as error:
        return Fault(line, f"too large: {error}")
    except MemoryError:
        return Fault(line, "needs more memory than there is; split the file")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first = str(error).splitlines() or [type(error).__name__]
        # What Python says of an integer of thousands of digits is advice to change Python.
        reason = first[0].partition("; use sys.")[0]
        return Fault(line, f"not readable as YAML: {reason}")
    return Document(line, content, text)


def read_documents(text: str, budget: Budget | None = None) -> Iterator[Document | Fault]:
    """Every document of a file that is not empty; a fault in place of one that is bad.

    Files of one source share a budget; what comes after the document that exceeds it is not read.
    """
    budget = budget or Budget()
    starts = [0, *(match.start() for match in _SEPARATOR.finditer(text)), len(text)]
    line = 1
    for start, end in pairwise(starts):
        chunk = text[start:end]
        bare = _BARE.match(chunk)
        if bare:
            chunk = chunk[bare.end() :]
            line += 1
        if not _EMPTY.match(chunk.removeprefix("---")):
            yield _read(chunk, line, budget)
            if budget.left < 0:
                return
        line += chunk.count("\n")
