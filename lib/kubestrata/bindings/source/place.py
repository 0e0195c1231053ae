"""The line of a part of a document in its file, looked up only for messages."""

from __future__ import annotations

from functools import cached_property

import yaml

from kubestrata.bindings.source.document import SourceDocument
from kubestrata.core.frozen import Frozen


class Lines:
    """The lines of one document."""

    def __init__(self, document: SourceDocument) -> None:
        self._document = document

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            return yaml.compose(self._document.text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError):
            return None  # JSON that is not YAML

    def at(self, path: tuple[str | int, ...]) -> int:
        """Return the line of the part at a path of keys and positions, else of the document."""
        if not path or "\n" not in self._document.text:
            return self._document.line
        node = self._root
        for step in path:
            node = _below(node, step)
        return self._document.line + (node.start_mark.line if node else 0)


def _below(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


class SchemaPlace(Frozen):
    """A part of a document: the document itself, or an item of a list in it."""

    lines: Lines
    path: tuple[str | int, ...] = ()

    @property
    def line(self) -> int:
        """The line that it begins on."""
        return self.lines.at(self.path)
