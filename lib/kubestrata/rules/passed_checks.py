"""Checks of single objects that found nothing, kept on disk so that they are not repeated.

An entry is a digest of all that a check depends on: object, schema, version of Kubernetes; the
name of the file is one of the library. It has no other content, and no result that says anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import msgspec

from kubestrata.core.atomic_file import write_atomically
from kubestrata.core.folder_signature import signature_of
from kubestrata.core.json_value import Manifest
from kubestrata.core.regular_file import read_regular

_Found = TypeVar("_Found")
_LIBRARIES = ("cel", "jsonschema_rs", "re2")
_MAX_BYTES = 64 * 1024 * 1024
_MOST = 500_000
_KEPT_FILES = 4
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_DIGEST = hashlib.sha256().digest_size
_KEY = 16


class KeptCheck(Enum):
    """The checks of an object by its schema, and of a schema itself."""

    SCHEMA = b"schema"
    DATED_FIELDS = b"dated fields"
    CEL_RULES = b"CEL"
    LISTS = b"lists"
    REQUIREMENTS = b"requirements"
    CUT_OFF_NUMBERS = b"numbers"
    PLAIN_TEXT = b"plain text"
    PLACEHOLDERS = b"placeholders"
    KEYWORDS = b"keywords"
    UNCHECKED_RULES = b"unchecked CEL"


class PassedChecks:
    """The checks that are known to find nothing; without a file, those of this process.

    A file that is damaged, or that another version of the library wrote, is ignored.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known: frozenset[bytes] = frozenset() if file is None else _read(file)
        self._new: set[bytes] = set()
        self._digests: dict[int, tuple[Manifest, bytes]] = {}
        """The digests of objects by their ids, with the objects, so that no id is used again."""

    @classmethod
    def in_folder(cls, folder: Path) -> PassedChecks:
        """Return those that this version of the library has kept in a folder."""
        signature = _library()
        return cls(folder / signature if signature else None)

    def found(
        self, key: bytes, check: KeptCheck, find: Callable[[], Iterable[_Found]], version: int = 0
    ) -> tuple[_Found, ...]:
        """Return what a check finds; it is not run if it is known to find nothing.

        `version` is what the result depends on beside the key.
        """
        if not key:
            return tuple(find())
        entry = b"%b%d %b" % (key, version, check.value)
        if entry in self._known or entry in self._new:
            return ()
        found = tuple(find())
        if not found:
            self._new.add(entry)
        return found

    def key(self, manifest: Manifest, *facts: bytes) -> bytes:
        """Return the digest of an object and of what else its checks depend on.

        It is b"" for a value that only Python has, whose checks are not kept.
        """
        known = self._digests.get(id(manifest))
        digest = _digest(manifest) if known is None else known[1]
        self._digests[id(manifest)] = manifest, digest
        return digest and hashlib.sha256(b"".join((digest, *facts))).digest()[:_KEY]

    def save(self) -> None:
        """Write what is new, with what other processes wrote since; a full disk is ignored."""
        if self._file is None or not self._new:
            return
        entries = _read(self._file) | self._new
        content = msgspec.msgpack.encode(entries if len(entries) <= _MOST else self._new)
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._file, hashlib.sha256(content).digest() + content)
            _prune(self._file.parent)


def _digest(manifest: Manifest) -> bytes:
    try:
        return hashlib.sha256(msgspec.msgpack.encode(manifest)).digest()
    except (OverflowError, RecursionError, TypeError, ValueError):
        return b""


def _read(file: Path) -> frozenset[bytes]:
    """Return the entries of a file; none of one that another user may have written."""
    with contextlib.suppress(OSError, ValueError, msgspec.MsgspecError):
        facts = file.stat()
        if facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS_WRITE:
            return frozenset()
        data = read_regular(file, _MAX_BYTES)
        if hashlib.sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
            return msgspec.msgpack.decode(data[_DIGEST:], type=frozenset[bytes])
    return frozenset()


def _library() -> str:
    """Return a digest of the files of this library and of those that validate, '' if unknown."""
    own = signature_of(Path(__file__).parents[1], ".py", ".json", ".toml")
    others = [signature_of(each) for name in _LIBRARIES for each in _folders(name)]
    text = " ".join((own, sys.version, *others))
    return hashlib.sha256(text.encode()).hexdigest() if all((own, *others)) else ""


def _folders(package: str) -> Iterable[Path]:
    spec = find_spec(package)
    return map(Path, (spec and spec.submodule_search_locations) or ())


def _prune(folder: Path) -> None:
    """Remove the files of versions of the library that were written least recently."""
    found = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
    for each in found[_KEPT_FILES:]:
        each.unlink()
