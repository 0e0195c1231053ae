"""Kinds as the knowledge files write them: `Certificate.cert-manager.io`, `*.cilium.io`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class KindName(NamedTuple):
    """A group and a kind, or a pattern of both."""

    group: str
    kind: str

    @classmethod
    def parse(cls, text: str) -> KindName:
        """Split `Kind.group`; `*` alone is every kind of every group."""
        kind, _, group = text.partition(".")
        return cls("*" if text == "*" else group, kind)

    @property
    def is_pattern(self) -> bool:
        """Return True if it stands for more than one kind."""
        return self.kind == "*" or self.group.startswith("*")

    def matches(self, group: str, kind: str) -> bool:
        """Return True if a kind is this one, or one that the pattern stands for."""
        return self.kind in ("*", kind) and matches_group(self.group, group)


def matches_group(pattern: str, group: str) -> bool:
    """Return True if a group is the one given, or has the ending behind a leading `*`."""
    return group.endswith(pattern[1:]) if pattern.startswith("*") else group == pattern


class KindSet:
    """Kinds and patterns of kinds, with fast membership."""

    def __init__(self, texts: Iterable[str]) -> None:
        names = [KindName.parse(each) for each in texts]
        self._exact = frozenset(names)
        self._endings = tuple(each for each in names if each.group.startswith("*"))

    def __contains__(self, key: tuple[str, str]) -> bool:
        if key in self._exact or (key[0], "*") in self._exact:
            return True
        return any(each.matches(*key) for each in self._endings)
