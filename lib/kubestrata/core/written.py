"""Contributions of a component to the tree: rendered objects and passed-through files."""

from __future__ import annotations

from typing import Protocol

from kubestrata.core.frozen import Frozen, FrozenRecord
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.core.origin import Line, Origin
from kubestrata.core.reference import Reference


class Located(Protocol):
    """A line of Python, printed in messages by `str()`."""

    @property
    def file(self) -> str: ...

    @property
    def line(self) -> int: ...

    @property
    def path(self) -> str: ...

    @property
    def called_from(self) -> Line | None: ...


class WrittenObject(FrozenRecord):
    """One object as it will be written, with its origin."""

    identity: Identity
    manifest: Manifest
    origin: Located
    references: tuple[Reference, ...] = ()


class PassedFile(Frozen):
    """A file that is written byte for byte, never parsed and re-emitted."""

    name: str
    content: bytes
    identity: Identity
    origin: Origin
    encrypted: bool


class WrittenFile(FrozenRecord):
    """One file of the tree, as it will be on disk.

    `manifest` and `origin` are those of its object; lists of files (kustomization.yaml) and
    encrypted files have no manifest. Files that the delivery adds have their component's origin.
    """

    path: str
    content: bytes
    origin: Located
    manifest: Manifest | None = None


class Edge(Frozen):
    """A dependency of a component on a reference, with the line that declares it."""

    target: Reference
    origin: Origin


class Provision(Frozen):
    """API groups whose CRDs exist once `by` is ready (None: the component's remote source)."""

    groups: frozenset[str]
    by: Identity | None
    origin: Origin
