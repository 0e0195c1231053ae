"""Charts at hand: the store, and folders of charts beside it.

The store is a folder that repositories share; nothing in it is a project's own. Its charts are
`charts/<name>/<version>/<digest>.tgz`; a text beside each has its version as the chart spells
it, and the address of its source.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from kubestrata.bindings.source.address import ARCHIVES
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.atomic_file import write_atomically
from kubestrata.core.cache_folder import cache_folder
from kubestrata.core.errors import ConfigError, ImportSourceError
from kubestrata.core.folder_signature import signature_of
from kubestrata.core.json_value import mapping
from kubestrata.core.regular_file import read_regular, read_regular_text
from kubestrata.helm.chart_file import read_chart_file
from kubestrata.helm.chart_folder import files_of, is_chart
from kubestrata.helm.chart_source import WantedChart, is_git
from kubestrata.helm.locked_chart import LockedChart, locked_as
from kubestrata.helm.packed import packed, unpacked
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.version_range import highest, parse_version, plain

_ARCHIVE = ".tgz"
_SOURCE = ".source"
_LONGEST_SOURCE = 10_000


def default_root() -> Path:
    """Return the folder of charts in the user's cache."""
    return cache_folder("charts")


def store_root(config: Mapping[str, Any], folder: Path) -> Path:
    """Return the store that a cdk8s.yaml in `folder` names: `kubestrata: charts: store: PATH`.

    Raises ConfigError if it names none, but has other settings of charts.
    """
    settings = mapping(config.get("kubestrata")).get("charts")
    if settings is None:
        return default_root()
    named = mapping(settings).get("store")
    if not isinstance(named, str) or not named or set(mapping(settings)) != {"store"}:
        fix = "write charts: {store: PATH}"
        raise ConfigError("cdk8s.yaml", "kubestrata.charts", "has only the setting store", fix)
    return folder / Path(named).expanduser()


def digest_of(data: bytes) -> str:
    """Return `sha256:` and the digest of an archive."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def chart_at(path: Path, source: str = "") -> StoredChart:
    """Return the chart in a folder or an archive; raise ImportSourceError if there is none."""
    files, data = contents_at(path)
    found = read_chart_file(path.name, files)
    return StoredChart(found.name, found.version, digest_of(data), source or str(path), path)


def contents_at(path: Path) -> tuple[dict[str, bytes], bytes]:
    """Return the files of the chart at a path, and its archive; raise ImportSourceError."""
    if path.is_dir():
        files = files_of(path)
        return files, packed(read_chart_file(path.name, files).name, files)
    data = archive_at(path)
    return unpacked(path.name, data), data


def files_in(chart: StoredChart) -> dict[str, bytes]:
    """Return the files of a chart; raise ImportSourceError if it cannot be read any more."""
    path = chart.path
    return files_of(path) if path.is_dir() else unpacked(chart.name, archive_at(path))


def archive_at(path: Path) -> bytes:
    """Return the archive at a path, or the packed folder; raise ImportSourceError."""
    if path.is_dir():
        return contents_at(path)[1]
    try:
        return read_regular(path, MAX_BYTES)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ImportSourceError(path.name, "cannot be read", why) from None


class _KnownFolder(msgspec.Struct, frozen=True):
    """A chart that was read from a folder whose files had a signature."""

    signature: str
    name: str
    version: str
    digest: str


class ChartStore:
    """Charts by name and version: those of `folders`, at any depth, before those of the store.

    `repository` is the folder whose tree is read: releases may name charts in it by their paths.
    `lock` has the versions that ranges stand for.
    """

    def __init__(
        self,
        root: Path | None = None,
        folders: Sequence[Path] = (),
        repository: Path | None = None,
        lock: Sequence[LockedChart] = (),
    ) -> None:
        self.root = default_root() if root is None else root
        self.folders = folders
        self.repository = repository
        self._lock = lock
        self._shelf: dict[tuple[str, str], Path] | None = None
        self._found: dict[Path, StoredChart | None] = {}
        self.import_command = "kubestrata import --charts"
        """The command that adds the charts of the tree to the store."""
        self.problems: list[str] = []
        """The charts of the folders that cannot be used, each with the reason."""
        self.assumed: dict[str, None] = {}
        """A line for each range of versions that the lock does not have."""

    def find(self, name: str, version: str, source: str = "") -> StoredChart | None:
        """Return a chart, None if it is not at hand; a leading `v` of versions is ignored.

        A range, or '' for any version, gives the locked version of the source, or the highest one
        at hand. A chart that was fetched from the source is preferred; one in a folder of a Git
        repository may have another name than its folder.
        """
        entry = locked_as(WantedChart("" if is_git(source) else name, version, source), self._lock)
        if entry is not None:
            name, version = entry.name, entry.version
        elif is_git(source) and (found := self._of_folder(name, source)) is not None:
            return found
        path = self._shelved().get((name, plain(version)))
        if path is not None and (chart := self._chart_at(path)) is not None:
            return chart
        stored = list(self._stored(name, version))
        if stored or entry is not None:
            return _preferred(stored, source, "" if entry is None else entry.digest)
        chosen = _preferred(self._in_range(name, version), source, "")
        if chosen is not None and source and not is_git(source):
            what = f"{name} {version}".rstrip()
            why = f"rendered as {chosen.version}, the highest version at hand"
            self.assumed[f"{what}: {why}; `{self.import_command}` locks it"] = None
        return chosen

    def _of_folder(self, name: str, source: str) -> StoredChart | None:
        """Return the chart that was fetched from a folder in Git, or is in a folder of its name."""
        for note in sorted(self.root.glob(f"charts/*/*/*{_SOURCE}")):
            with contextlib.suppress(OSError):
                version, _, known = read_regular_text(note, _LONGEST_SOURCE).partition(" ")
                archive = note.with_suffix(_ARCHIVE)
                if known == source and archive.is_file():
                    digest = f"sha256:{note.stem}"
                    return StoredChart(note.parents[1].name, version, digest, source, archive)
        shelved = self._shelved()
        if any(each == name for each, _ in shelved):
            return None
        path = next(
            (each for each in shelved.values() if each.name == name and each.is_dir()), None
        )
        return None if path is None else self._chart_at(path)

    def _in_range(self, name: str, range_text: str) -> list[StoredChart]:
        """Return the charts at the highest stored version of a range; '' is any version."""
        if parse_version(range_text) is not None:
            return []
        known = [version for shelved, version in self._shelved() if shelved == name]
        place = self._place(name, "version", "digest")
        if place is not None and place.parents[1].is_dir():
            known += [each.name for each in place.parents[1].iterdir()]
        chosen = highest(known, range_text)
        if chosen is None:
            return []
        path = self._shelved().get((name, chosen))
        shelved = None if path is None else self._chart_at(path)
        return [shelved] if shelved else list(self._stored(name, chosen))

    def in_repository(self, path: str) -> StoredChart | None:
        """Return the chart in a folder of the repository, None if there is none.

        Raises ImportSourceError if the folder is not a valid chart. Links are not followed.
        """
        if self.repository is None:
            return None
        top = self.repository.resolve()
        place = top / path
        if ".." in place.parts or place.resolve() != place or not is_chart(place):
            return None
        return self._folder_at(place)

    def open(self) -> None:
        """Read the names of the charts of the folders, and their problems."""
        self._shelved()

    def _report(self, error: ImportSourceError) -> None:
        problem = f"{error.where}: {error.what}: {error.why}"
        if problem not in self.problems:
            self.problems.append(problem)

    def has(self, name: str, version: str, digest: str) -> bool:
        """Return True if the store has a chart with a digest, and its bytes are those."""
        path = self._place(name, version, digest)
        try:
            return path is not None and digest_of(read_regular(path, MAX_BYTES)) == digest
        except OSError:
            return False

    def get(self, name: str, version: str, digest: str, source: str) -> StoredChart:
        """Return a chart of which `has` is True."""
        path = self._place(name, version, digest)
        if path is None:
            raise ImportSourceError(source, "is not in the store", "its name is not valid")
        return StoredChart(name, version, digest, source, path)

    def add(self, data: bytes, source: str) -> StoredChart:
        """Store an archive; raises ImportSourceError if it is not a chart, or cannot be written."""
        found = read_chart_file(source, unpacked(source, data))
        digest = digest_of(data)
        path = self._place(found.name, found.version, digest)
        if path is None:
            raise ImportSourceError(source, "cannot be stored", "its name or version is not valid")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path.with_suffix(_SOURCE), f"{found.version} {source}".encode())
            write_atomically(path, data)
        except OSError as error:
            why = f"{path.parent}: {error.strerror or type(error).__name__}"
            fix = "name another folder in cdk8s.yaml: kubestrata: charts: {store: PATH}"
            raise ImportSourceError(source, "cannot be stored", why, fix) from None
        return StoredChart(found.name, found.version, digest, source, path)

    def _place(self, name: str, version: str, digest: str) -> Path | None:
        """Return the path of an archive; None for names that are not those of a folder."""
        parts = (name, plain(version), digest.removeprefix("sha256:"))
        if any(not each or "/" in each or "\0" in each or each.startswith(".") for each in parts):
            return None
        return self.root.joinpath("charts", *parts[:2], f"{parts[2]}{_ARCHIVE}")

    def _stored(self, name: str, version: str) -> Iterator[StoredChart]:
        place = self._place(name, version, "digest")
        if place is None or not place.parent.is_dir():
            return
        for path in sorted(place.parent.glob(f"*{_ARCHIVE}")):
            text = plain(version)
            with contextlib.suppress(OSError):
                text = read_regular_text(path.with_suffix(_SOURCE), _LONGEST_SOURCE)
            spelled, _, source = text.partition(" ")
            yield StoredChart(name, spelled, f"sha256:{path.stem}", source, path)

    def _chart_at(self, path: Path) -> StoredChart | None:
        if path not in self._found:
            try:
                self._found[path] = self._folder_at(path) if path.is_dir() else chart_at(path)
            except ImportSourceError as error:
                self._found[path] = None
                self._report(error)
        return self._found[path]

    def _folder_at(self, path: Path) -> StoredChart:
        """Return the chart in a folder, with the digest of an earlier run if no file changed."""
        place = str(path.resolve())
        note = self.root / "folders" / f"{hashlib.sha256(place.encode()).hexdigest()}.json"
        now = signature_of(path)
        try:
            known = msgspec.json.decode(read_regular(note, _LONGEST_SOURCE), type=_KnownFolder)
        except (OSError, ValueError, msgspec.MsgspecError):
            known = None
        if known is not None and known.signature == now:
            return StoredChart(known.name, known.version, known.digest, str(path), path)
        found = chart_at(path)
        if now:
            made = _KnownFolder(now, found.name, found.version, found.digest)
            with contextlib.suppress(OSError):
                note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_atomically(note, msgspec.json.encode(made))
        return found

    def _shelved(self) -> dict[tuple[str, str], Path]:
        """Return the charts of the folders; the first one of a name and a version counts."""
        if self._shelf is None:
            self._shelf = {}
            for folder in self.folders:
                for path in charts_below(folder, self._report_folder):
                    self._shelve(folder, path, self._shelf)
        return self._shelf

    def _report_folder(self, error: OSError) -> None:
        self.problems.append(f"{error.filename}: cannot be read: {error.strerror}")

    def _shelve(self, folder: Path, path: Path, shelf: dict[tuple[str, str], Path]) -> None:
        where = path.name if path == folder else path.relative_to(folder).as_posix()
        try:
            if path.is_dir():
                files = {"Chart.yaml": read_regular(path / "Chart.yaml", MAX_BYTES)}
            else:
                files = unpacked(where, read_regular(path, MAX_BYTES))
            found = read_chart_file(where, files)
        except ImportSourceError as error:
            self._report(error)
        except OSError as error:
            self.problems.append(f"{where}: cannot be read: {error.strerror}")
        else:
            shelf.setdefault((found.name, plain(found.version)), path)


def _preferred(found: Sequence[StoredChart], source: str, digest: str) -> StoredChart | None:
    """Return the chart with a digest, else the one of a source, else the first."""
    by_digest = (each for each in found if each.digest == digest)
    by_source = (each for each in found if each.source == source)
    return next(by_digest, None) or next(by_source, None) or next(iter(found), None)


def charts_below(folder: Path, refused: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the charts at any depth of a folder, itself one or not; none within another, no links.

    `refused` gets the errors of folders that cannot be read.
    """
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            if here.is_dir() and is_chart(here):
                yield here
            elif here.is_dir():
                below = [each for each in here.iterdir() if not each.is_symlink()]
                pending += sorted(below, reverse=True)
            elif here.name.endswith(ARCHIVES) and here.is_file():
                yield here
        except OSError as error:
            refused(error)
