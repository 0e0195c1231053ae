"""Parsing of Kubernetes YAML to plain values, as in kubectl and Helm (sigs.k8s.io/yaml).

That is YAML 1.1 for words (`on` is true) and octals (`0644` is 420), more than that for
numbers (`0o17`, `08`, `1e3`), and no dates. Keys become text as they do there (`on:` is
the key "true"). Rejected although some readers accept them: duplicate keys, float keys, `<<`
below a key that it would replace, and tags other than YAML's own scalars. Depth and repetition
by aliases are limited, so that the cost is proportional to the length of the file. `yaml_text`
writes YAML.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, cast

import yaml
from yaml.composer import ComposerError
from yaml.reader import Reader, ReaderError

from kubestrata.core.conflict_marker import conflict_line
from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.secret_record import remember
from kubestrata.core.yaml_plain import is_not_finite, is_text_to_kustomize, plain_value

if TYPE_CHECKING:
    from kubestrata.core.json_value import Json

_MERGE = "tag:yaml.org,2002:merge"
_PLAIN = "plain"
SET_TWICE = "is set twice"
"""The reason of a YamlSyntaxError for a key that a map has twice."""
_TWICE = "second occurrence"
"""The problem in PyYAML's error for an anchor that is defined twice."""
_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}
_MAX_DEPTH = 100
_MAX_DIRECTIVES = 100
_SAFE_DEPTH = 1_000
"""The nesting depth that libyaml's caller can handle without a crash."""
_INDENTED = re.compile(rf"^[ \-?:\t]{{{_SAFE_DEPTH}}}", re.MULTILINE)
_TEXT_PER_VALUE = 100


@dataclass(slots=True)
class Aliases:
    """The number of values that the aliases of one file may still repeat.

    It is proportional to the file's length: 9 lines of anchors can expand to a billion values.
    """

    limit: int
    left: int

    @classmethod
    def of(cls, text: str) -> Aliases:
        """Return the allowance of a file."""
        limit = min(100_000, 1_000 + 10 * len(text))
        return cls(limit, limit)


class PathlessLoader(yaml.CSafeLoader):
    """A loader that resolves nothing by path, for which PyYAML makes two calls for each node."""

    # Both do nothing here. As they are not written in Python, calling them is almost free.
    descend_resolver: Any = operator.is_
    ascend_resolver: Any = dict


class _Loader(PathlessLoader):
    """A loader that leaves the resolution of plain scalars to this module."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:  # noqa: ARG002 - PyYAML's signature
        """Return the tag of a node, without searching for a resolver."""
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else f"{_TAG}str"
        return f"{_TAG}seq" if kind is yaml.SequenceNode else f"{_TAG}map"


class _SlowLoader(yaml.SafeLoader):
    """A loader for texts that define an anchor twice: the last definition before an alias holds.

    libyaml refuses them, other than YAML and the readers of Kubernetes.
    """

    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node; forget an earlier definition of its anchor."""
        if not self.check_event(yaml.AliasEvent):
            composer = cast("Any", self)  # PyYAML has no types for what it inherits
            composer.anchors.pop(composer.peek_event().anchor, None)
        return super().compose_node(parent, index)


def load_all(
    text: str, source: str, *, kustomized: bool = False, aliases: Aliases | None = None
) -> list[Json]:
    """Return the documents of a text, without empty ones.

    Kustomize reads `on`, `yes` and `n` as text, and quotes them. Texts of one file share
    `aliases`. Raises YamlSyntaxError with `source` and the line.
    """
    shared = aliases or Aliases.of(text)
    try:
        refuse_depth(text, source)
        values = [
            _Document(source, shared, kustomized=kustomized).read(node) for node in _composed(text)
        ]
    except yaml.MarkedYAMLError as error:
        if line := conflict_line(text.encode(errors="replace")):
            why = "a conflict marker of git: the merge is not finished"
            raise YamlSyntaxError(f"{source}:{line}", "not YAML", why) from None
        mark = error.problem_mark or error.context_mark
        where = f"{source}:{mark.line + 1}" if mark else source
        raise YamlSyntaxError(where, "not YAML", error.problem or "unreadable") from None
    except (ReaderError, UnicodeEncodeError):
        excluded = Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, excluded.start() if excluded else 0) + 1
        where = f"{source}:{line}"
        raise YamlSyntaxError(where, "not YAML", "a character that YAML excludes") from None
    except MemoryError:
        why = "out of memory; split the file, or run with more memory"
        raise YamlSyntaxError(source, "document", why) from None
    for value in values:
        remember(value)
    return [value for value in values if value is not None]


def _composed(text: str) -> list[yaml.Node]:
    """Return the documents as nodes."""
    try:
        return list(yaml.compose_all(text, _Loader))
    except ComposerError as error:
        if error.problem != _TWICE:
            raise
        return list(yaml.compose_all(text, _SlowLoader))


def refuse_depth(text: str, source: str) -> None:
    """Raise YamlSyntaxError for a depth at which libyaml's caller would crash the process."""
    if text.count("\n%") > _MAX_DIRECTIVES:
        raise YamlSyntaxError(source, "document", f"has more than {_MAX_DIRECTIVES} directives")
    if text.count("[") + text.count("{") <= _SAFE_DEPTH and not _INDENTED.search(text):
        return
    if line := line_nested_beyond(text, _MAX_DEPTH):
        raise _too_deep(f"{source}:{line}")


def line_nested_beyond(text: str, limit: int) -> int | None:
    """Return the first line with a collection nested in `limit` others; None without one."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > limit:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _too_deep(where: str) -> YamlSyntaxError:
    why = f"nested more than {_MAX_DEPTH} levels deep, or an alias inside itself"
    return YamlSyntaxError(where, "document", why)


class _Document:
    """The construction of values from the nodes of one document."""

    def __init__(self, source: str, aliases: Aliases, *, kustomized: bool) -> None:
        self._source = source
        self._kustomized = kustomized
        self._seen: set[int] = set()
        self._aliases = aliases
        self._depth = 0

    def read(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            if len(node.value) > _TEXT_PER_VALUE:
                self._count(node, len(node.value) // _TEXT_PER_VALUE)
            return self._scalar(node)
        self._count(node, len(node.value))
        if node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            self._refuse_tag(node)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _too_deep(self._at(node))
        if isinstance(node, yaml.SequenceNode):
            value: Any = [self.read(item) for item in node.value]
        else:
            value = self._mapping(node)
        self._depth -= 1
        return value

    def _mapping(self, node: yaml.Node) -> dict[str, Any]:
        result: dict[str, Any] = {}
        own: set[str] = set()
        for key_node, value_node in node.value:
            if key_node.tag in (_PLAIN, _MERGE) and key_node.value == "<<":
                merged = self._merged(value_node)
                if hidden := own & merged.keys():
                    why = "readers disagree on which one takes precedence"
                    self._refuse(key_node, f"<< below {min(hidden)!r}", why)
                result |= merged
                continue
            key = self._key(key_node)
            if key in own:
                self._refuse(key_node, f"key {key!r}", SET_TWICE)
            own.add(key)
            result[key] = self.read(value_node)
        return result

    def _merged(self, node: yaml.Node) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in reversed(node.value) if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(part, yaml.MappingNode):
                self._refuse(part, "<<", "requires a mapping or a list of mappings")
            merged |= self.read(part)
        return merged

    def _key(self, node: yaml.Node) -> str:
        value = self.read(node)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and value < 2**63:
            return str(value)
        if not isinstance(value, str):
            self._refuse(node, "key", "is not text; quote it")
        return value

    def _scalar(self, node: yaml.ScalarNode) -> str | float | None:
        text: str = node.value
        if node.tag == _PLAIN:
            if is_not_finite(text):
                self._refuse(node, text, "JSON has only finite numbers")
            if self._kustomized and is_text_to_kustomize(text):
                return text
            return plain_value(text)
        kind = node.tag.removeprefix(_TAG)
        if kind in ("str", "timestamp"):
            return text
        value = plain_value(text)
        if type(value) not in _TYPES.get(kind, ()):
            self._refuse_tag(node)
        return value

    def _count(self, node: yaml.Node, size: int) -> None:
        """Raise YamlSyntaxError if aliases repeat too many values."""
        if id(node) in self._seen:
            self._aliases.left -= 1 + size
            if self._aliases.left < 0:
                limit = self._aliases.limit
                self._refuse(node, "alias", f"aliases of the file repeat more than {limit} values")
        self._seen.add(id(node))

    def _refuse_tag(self, node: yaml.Node) -> NoReturn:
        # An unquoted value that begins with an exclamation mark is a tag: it may be a secret.
        own = node.tag.startswith(_TAG)
        what = f"tag {node.tag.replace(_TAG, '!!')}" if own else "a tag that YAML does not define"
        self._refuse(node, what, "does not fit this Kubernetes value")

    def _refuse(self, node: yaml.Node, what: str, why: str) -> NoReturn:
        raise YamlSyntaxError(self._at(node), what, why)

    def _at(self, node: yaml.Node) -> str:
        return f"{self._source}:{node.start_mark.line + 1}"
