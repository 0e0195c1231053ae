"""What a folder with a kustomization.yaml is made of, found by following its lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.secret_record import remember
from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.document import Document, Reading, fault, file_identity, read
from kubestrata.gitops.file_list import (
    CHECKED,
    GENERATORS,
    NAMES,
    PLAIN,
    FileList,
    is_remote,
    other_files,
)
from kubestrata.gitops.secret_generator import generated_secrets
from kubestrata.rules.subject import Listed, Unjudged
from kubestrata.rules.violation import Finding

_LISTS = ("resources", "bases", "components")
_ELSEWHERE = ("helmCharts", "helmChartInflationGenerator")
_MAX_FOLDERS = 2_000


@dataclass
class Closure:
    """Everything below one folder's lists."""

    documents: list[Document] = field(default_factory=list[Document])
    lists: list[FileList] = field(default_factory=list[FileList])
    files: set[str] = field(default_factory=set[str])
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])
    kustomized: bool = True
    """Whether Kustomize reads the files; Argo CD sends those of a bare folder as they are."""
    generates: bool = False
    strange: bool = False
    """Whether something but a resource is named that is no file here."""
    entries: list[str] = field(default_factory=list[str])
    """What Flux would list for a folder that has no kustomization.yaml."""
    components: list[str] = field(default_factory=list[str])
    """What Flux adds to such a list, relative to the folder."""

    @property
    def complete(self) -> bool:
        """Whether everything was at hand."""
        return not self.unjudged and not self.faults

    @property
    def confined(self) -> bool:
        """Whether every file that is named is known to be here."""
        keys = (each.value.keys() <= CHECKED for each in self.lists)
        return not self.strange and all(keys)

    @property
    def plain(self) -> bool:
        """Whether the objects are rendered as they are written."""
        return not self.components and all(each.value.keys() <= PLAIN for each in self.lists)


def list_of(disk: Disk, folder: str) -> str | None:
    """The path of a folder's kustomization.yaml."""
    return next((path for name in NAMES if disk.is_file(path := join(folder, name))), None)


def closure_of(
    disk: Disk,
    folder: str,
    components: Sequence[str] = (),
    *,
    recurse: bool = True,
    kustomized: bool = True,
) -> Closure:
    """Follow a folder's lists, or take all its files where it has none, as Flux does.

    `components` are what Flux adds to the list, relative to the folder. Without `recurse` only
    the files of the folder itself, as Argo CD does; unless `kustomized` they are read as kubectl
    reads them.
    """
    found = Closure(kustomized=kustomized or list_of(disk, folder) is not None)
    walk = _Walk(disk, found)
    if list_of(disk, folder) is not None:
        walk.folder(folder)
        if found.lists and components:
            value = found.lists[0].value
            value["components"] = [*sequence(value.get("components")), *components]
    else:
        _whole(disk, folder, found, recurse=recurse)
        found.components += components
    for each in components:
        walk.folder(join(folder, each))
    return found


def _whole(disk: Disk, folder: str, found: Closure, *, recurse: bool) -> None:
    """Take all files of a folder that has no list."""
    walked: set[str] = set()
    for path in disk.yaml_files(folder):
        if not recurse and path.rpartition("/")[0] != folder:
            continue
        above = [part for part in _between(folder, path) if list_of(disk, part) is not None]
        if not above:
            if _take(disk, path, found).documents:
                found.entries.append(_relative(folder, path))
        elif (top := above[-1]) not in walked:
            walked.add(top)
            found.entries.append(_relative(folder, top))
            _Walk(disk, found).folder(top)


def _relative(folder: str, path: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _between(top: str, path: str) -> list[str]:
    """The folders below `top` on the way to a file."""
    parts: list[str] = []
    folder = path.rpartition("/")[0]
    while folder not in (top, ""):
        parts.append(folder)
        folder = folder.rpartition("/")[0]
    return parts


def _take(disk: Disk, path: str, found: Closure) -> Reading:
    if path in found.files:
        return Reading(())
    found.files.add(path)
    text = disk.text(path)
    if text is None:
        reading = Reading((), (fault(path, 1, "is too long, or no text"),))
    else:
        reading = read(text, path, kustomized=found.kustomized)
    found.documents += reading.documents
    found.faults += reading.faults
    return reading


class _Walk:
    """One walk over the lists of a folder and of the folders that they name."""

    def __init__(self, disk: Disk, found: Closure) -> None:
        self._disk = disk
        self._found = found
        self._seen: set[str] = set()

    def folder(self, folder: str) -> None:
        path = list_of(self._disk, folder)
        if folder in self._seen or path is None or len(self._seen) > _MAX_FOLDERS:
            return
        self._seen.add(folder)
        self._found.files.add(path)
        text = self._disk.text(path) or ""
        reading = read(text, path, kustomized=False)  # its own file Kustomize reads as kubectl does
        self._found.faults += reading.faults
        if not reading.documents:
            if not reading.faults:
                self._found.faults.append(fault(path, 1, "lists nothing", "list its files"))
            return
        made = FileList(path, text, dict(reading.documents[0].manifest))
        self._found.lists.append(made)
        for secret in generated_secrets(self._disk, made):
            remember(secret)
        for key in _LISTS:
            if key in made.value:
                made.value[key] = list(self._entries(made, key))
        for key, entry in other_files(made.value):
            self._other(made, key, entry)
        self._found.generates |= any(made.value.get(key) for key in (*GENERATORS, "generators"))
        for key in _ELSEWHERE:
            for chart in sequence(made.value.pop(key, ())):
                what = f"chart {mapping(chart).get('name')}"
                self._skip(made, what, "Kustomize inflates a chart")

    def _skip(self, made: FileList, what: str, why: str) -> None:
        entry = what.rpartition(" ")[2]
        self._found.unjudged.append(Unjudged(what, why, made.place(entry)))

    def _entries(self, made: FileList, key: str) -> Iterator[str]:
        seen: set[str] = set()
        for index, raw in enumerate(sequence(made.value[key])):
            entry, path = str(raw), join(made.folder, str(raw))
            at = f"{key}[{index}]"
            if path in seen:
                self._list(made, at, entry, "repeated")
                continue
            seen.add(path)
            if path.startswith("..") or self._disk.find(path) is None:
                if is_remote(entry):
                    self._skip(made, entry, "is in another repository")
                else:
                    self._list(made, at, entry, "missing")
            elif not self._disk.is_folder(path):
                if self._file(made, entry, path):
                    yield entry
            elif list_of(self._disk, path) is None:
                self._list(made, at, f"{entry.rstrip('/')}/{NAMES[0]}", "missing")
            else:
                self.folder(path)
                yield entry

    def _file(self, made: FileList, entry: str, path: str) -> bool:
        known = path in self._found.files
        reading = _take(self._disk, path, self._found)
        if not known and not reading.documents and not reading.faults:
            self._skip(made, entry, "has no object yet")
        return known or bool(reading.documents and not reading.faults)

    def _other(self, made: FileList, key: str, entry: str) -> None:
        path = join(made.folder, entry)
        if not path.startswith("..") and self._disk.is_file(path):
            self._found.files.add(path)
            return
        self._found.strange = True
        if is_remote(entry):
            self._skip(made, entry, "is in another repository")
        elif not self._disk.is_folder(path):
            self._list(made, key, entry, "missing")

    def _list(self, made: FileList, path: str, entry: str, problem: Any) -> None:
        place = made.place(entry.removesuffix(f"/{NAMES[0]}"))
        self._found.listed.append(Listed(file_identity(made.path), place, path, entry, problem))
