"""The bytes of a source: from a file, a mirror, or the network when a URL was given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from kubestrata.bindings.source.address import Entry
from kubestrata.bindings.source.chart import (
    SourceChart,
    chart_in_archive,
    chart_in_folder,
    is_chart_folder,
)
from kubestrata.bindings.source.document import MAX_BYTES, decoded
from kubestrata.bindings.source.download import download
from kubestrata.bindings.source.mirror import Mirror
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.regular_file import read_regular, walk

_SUFFIXES = (".yaml", ".yml", ".json")
_GLOB = frozenset("*?[")


class Retrieved(Frozen):
    """One source that was read: its text in parts (one, unless a mirror has split it).

    `parts` are the sha256 of several parts. A chart has no texts of its own.
    """

    entry: Entry
    texts: tuple[str, ...]
    sha256: str
    parts: tuple[str, ...] = ()
    chart: SourceChart | None = None

    @property
    def has_kinds(self) -> bool:
        """Return True if its texts define custom kinds."""
        return self.chart is None and not self.entry.is_schema and not self.entry.is_kubernetes

    @property
    def version(self) -> str:
        """The version in the address, or that of the chart."""
        return self.entry.version or (self.chart.version if self.chart else "")

    @property
    def is_pinned(self) -> bool:
        """Return True if the content of the address must never change."""
        own = self.chart.version if self.chart and self.entry.is_url else ""
        return bool(self.entry.version or (own and own in self.entry.address))


class Unreadable(Frozen):
    """One file of a folder or a glob that cannot be read, and the reason."""

    address: str
    why: str


def _decode(address: str, parts: list[bytes]) -> tuple[str, ...]:
    try:
        return tuple(decoded(part) for part in parts)
    except ValueError as error:
        raise ImportSourceError(address, "cannot be read", str(error)) from None


def _retrieved(entry: Entry, parts: list[bytes]) -> Retrieved:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    if sum(map(len, parts)) > MAX_BYTES:
        why = f"is larger than {MAX_BYTES} bytes"
        raise ImportSourceError(entry.address, "cannot be read", why)
    sha256 = whole.hexdigest()
    if entry.is_archive:
        chart = chart_in_archive(entry.address, b"".join(parts))
        return Retrieved(entry, (), sha256, chart=chart)
    several = [hashlib.sha256(part).hexdigest() for part in parts] if len(parts) > 1 else []
    return Retrieved(entry, _decode(entry.address, parts), sha256, tuple(several))


def _read_file(path: Path, address: str) -> bytes:
    try:
        return read_regular(path, MAX_BYTES)
    except OSError as error:
        dangling = path.is_symlink() and not path.exists()
        why = "is a link to a missing file" if dangling else error.strerror
        raise ImportSourceError(address, "cannot be read", why or type(error).__name__) from None


def _below(folder: Path) -> list[Path]:
    """Return the files of a folder by suffix, links to missing files and devices included."""
    return [
        Path(base, name)
        for base, _, names in walk(folder)
        for name in names
        if name.endswith(_SUFFIXES)
    ]


def _paths(entry: Entry, folder: Path) -> list[tuple[str, Path]] | None:
    """Return the files of a folder or a glob, each with the address to record; None for a file."""
    address = entry.address
    path = folder / address
    if path.is_dir():
        found = _below(path)
    elif not path.exists() and not path.is_symlink() and _GLOB & set(address):
        anchor = Path(address).anchor
        base = Path(anchor) if anchor else folder
        found = [each for each in base.glob(address.removeprefix(anchor)) if not each.is_dir()]
    else:
        return None
    if not found:
        fix = "correct the path in cdk8s.yaml"
        raise ImportSourceError(address, "cannot be read", "no file has this name", fix)
    absolute = Path(address).is_absolute()
    named = [(each if absolute else each.relative_to(folder), each) for each in found]
    return sorted((name.as_posix(), each) for name, each in named)


def _files(entry: Entry, folder: Path) -> Iterator[Retrieved | Unreadable]:
    """Read a file, or all files of a folder or a glob, in which an unreadable one is a result."""
    found = _find(entry, folder)
    if found is None:
        path = folder / entry.address
        yield _retrieved(Entry(entry.name, entry.address, ""), [_read_file(path, entry.address)])
        return
    for address, path in found:
        try:
            yield _retrieved(Entry(entry.name, address, ""), [_read_file(path, address)])
        except ImportSourceError as error:
            yield Unreadable(address, error.why)


def _find(entry: Entry, folder: Path) -> list[tuple[str, Path]] | None:
    try:
        return _paths(entry, folder)
    except (OSError, ValueError, NotImplementedError) as error:
        raise ImportSourceError(entry.address, "cannot be read", str(error)) from None


def _read_folder(address: str, folder: Path) -> tuple[SourceChart, str]:
    try:
        return chart_in_folder(address.rstrip("/"), folder / address)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ImportSourceError(address, "cannot be read", why) from None


def retrieve(entry: Entry, folder: Path, mirror: Mirror | None) -> Iterator[Retrieved | Unreadable]:
    """Read the sources of an entry; relative paths begin at `folder`.

    Raises ImportSourceError for a source that cannot be read or is not what it should be.
    """
    if not (entry.is_url or entry.is_kubernetes):
        if is_chart_folder(folder / entry.address):
            chart, sha256 = _read_folder(entry.address, folder)
            yield Retrieved(entry, (), sha256, chart=chart)
            return
        yield from _files(entry, folder)
    elif mirror is None:
        yield _retrieved(entry, [download(entry.url)])
    else:
        parts = mirror.read(entry.url)
        if parts is None:
            fix = "correct the version, or import without the mirror"
            raise ImportSourceError(entry.address, "cannot be read", "is not in the mirror", fix)
        yield _retrieved(entry, parts)
