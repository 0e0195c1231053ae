"""Traversal of kustomization.yaml files, which checks every input before a build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.secret_record import remember
from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.closure import Closure, Cost, list_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Reading, Repository, fault, file_identity
from kubestrata.gitops.file_list import (
    GENERATORS,
    NAMES,
    PLUGINS,
    FileList,
    generated_name,
    inline_documents,
    is_builtin_plugin,
    is_remote,
    other_files,
    plugin_files,
    spelled,
)
from kubestrata.gitops.glob import matches_files
from kubestrata.gitops.kustomize_edit import edit
from kubestrata.gitops.list_field import list_faults
from kubestrata.gitops.secret_generator import generated_secrets
from kubestrata.rules.subject import Listed, Unchecked
from kubestrata.rules.violation import Location

_LISTS = ("resources", "bases", "components")
_ELSEWHERE = ("helmCharts", "helmChartInflationGenerator")
_JSONNET = ".jsonnet"
_SUFFIXES = (".yaml", ".yml", ".json", _JSONNET)
_MARKS = ("apiVersion:", "kind:", "metadata:")
_EXAMPLE = re.compile(r"(?:^|[./_-])(?:example|sample|template)s?(?:[._-][^/]*)?\.(?:ya?ml|json)$")
"""Names of files to copy: `secret.example.yaml`, `secret-sample.yaml`."""
_SKIPPED = "+argocd:skip-file-rendering"
_MOST_LISTS = 50_000
"""A limit, because symlinks can give one folder any number of paths."""


def closure_of(
    disk: Repository,
    folder: str,
    components: Sequence[str] = (),
    applied: AppliedFolder | None = None,
    *,
    nested: bool = True,
) -> Closure:
    """Return the inputs of a folder: those of its lists, or all files if it has none, as in Flux.

    `components` are added to the list by Flux, relative to the folder. A folder that is `applied`
    by Argo CD is edited and chosen from as the Application tells; without a list, its files are
    read as by kubectl. Folders of transformers are followed only if they may be `nested`.
    """
    listed = list_of(disk, folder) is not None and not (applied and applied.plain)
    found = Closure(kustomized=applied is None or listed)
    walk = _Walk(disk, found, nested=nested)
    if listed:
        walk.folder(folder, applied.overlay if applied else {})
        if found.lists and components:
            value = found.lists[0].value
            value["components"] = [*sequence(value.get("components")), *components]
    elif applied is None:
        _whole(disk, folder, found)
        found.components += components
    else:
        _chosen(disk, applied, found)
    for each in components:
        walk.folder(join(folder, each))
    return found


def _whole(disk: Repository, folder: str, found: Closure) -> None:
    """Add all files of a folder without a kustomization.yaml."""
    walked: set[str] = set()
    for path in disk.yaml_files(folder):
        above = [part for part in _between(folder, path) if list_of(disk, part) is not None]
        if not above:
            found.cost.size += disk.size(path)
            if _take(disk, path, found).documents:
                found.entries.append(_relative(folder, path))
        elif (top := above[-1]) not in walked:
            walked.add(top)
            found.entries.append(_relative(folder, top))
            _Walk(disk, found).folder(top)


def _chosen(disk: Repository, applied: AppliedFolder, found: Closure) -> None:
    """Add the files of a folder that Argo CD applies as they are written."""
    for path in disk.files(applied.folder, recurse=applied.recurse):
        relative = _relative(applied.folder, path)
        if not applied.any_name and not path.endswith(_SUFFIXES):
            continue
        excluded = applied.exclude and matches_files(applied.exclude, relative)
        if excluded or (applied.include and not matches_files(applied.include, relative)):
            found.left_out.add(path)
        elif path.endswith(_JSONNET):
            found.files.add(path)
            found.unchecked.append(Unchecked(path, "is written in Jsonnet", Location(path, 1)))
        else:
            found.cost.size += disk.size(path)
            _take_manifests(disk, path, found, by_hand=applied.by_hand)


def _take_manifests(disk: Repository, path: str, found: Closure, *, by_hand: bool) -> None:
    """Add the objects of a file, as Argo CD: a file without any is passed over."""
    reading = disk.reading(path, kustomized=False)
    text = disk.text(path) if reading.text else ""
    if _SKIPPED in text:
        found.left_out.add(path)
        return
    objects = [each for each in reading.documents if each.manifest.get("kind")]
    if objects and path.rpartition("/")[2] in NAMES:  # a list that nothing reads as one
        why = "is read as an object: Argo CD does not run Kustomize below a directory source"
        found.faults += [] if by_hand else [fault(path, 1, why, "exclude it")]
        return
    if by_hand and (not objects or _EXAMPLE.search(path)):
        return  # a file of values, or a template to copy and fill in, is not applied
    found.files.add(path)
    is_json = path.endswith(".json")
    if not objects and reading.text and not is_json and not all(m in text for m in _MARKS):
        return
    found.documents += objects if is_json else reading.documents
    found.faults += reading.faults


def _relative(folder: str, path: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _between(top: str, path: str) -> list[str]:
    """Return the folders between `top` and a file."""
    parts: list[str] = []
    folder = path.rpartition("/")[0]
    while folder not in (top, ""):
        parts.append(folder)
        folder = folder.rpartition("/")[0]
    return parts


def _take(disk: Repository, path: str, found: Closure) -> Reading:
    if path in found.files:
        return Reading(())
    found.files.add(path)
    reading = disk.reading(path, kustomized=found.kustomized)
    found.documents += reading.documents
    found.faults += reading.faults
    return reading


class _Walk:
    """One walk over the lists of a folder and of the folders that they name."""

    def __init__(self, disk: Repository, found: Closure, *, nested: bool = True) -> None:
        self._disk = disk
        self._found = found
        self._nested = nested
        self._costs: dict[str, Cost] = {}
        self._open: set[Path | None] = set()
        self._settings: Mapping[str, Any] = {}

    def folder(self, folder: str, settings: Mapping[str, Any] | None = None) -> None:
        """Follow a folder's list and, recursively, the lists of the folders in it.

        `settings` are those of an Application for the list of the folder itself.
        """
        self._settings = settings or {}
        pending = [(folder, self._visit(folder))]
        while pending:
            deeper = next(pending[-1][1], None)
            if deeper is None:
                self._open.discard(self._disk.find(pending.pop()[0]))
            elif self._disk.find(deeper) not in self._open:
                pending.append((deeper, self._visit(deeper)))
            else:
                where = list_of(self._disk, pending[-1][0]) or deeper
                why = f"refers to {deeper or '.'}, which includes it"
                self._found.faults.append(fault(where, 1, why, "break the cycle"))
        self._found.cost.add(self._cost_of(folder))

    def _cost_of(self, folder: str) -> Cost:
        return self._costs.get(folder, Cost())

    def _visit(self, folder: str) -> Iterator[str]:
        """Follow one list, yielding folders to visit first."""
        path = list_of(self._disk, folder)
        if path is None or folder in self._costs:
            return
        if len(self._costs) >= _MOST_LISTS:
            why = f"is one of more than {_MOST_LISTS} folders that one list names, and was not read"
            self._found.faults.append(fault(path, 1, why, "check the parts one by one with --root"))
            return
        self._open.add(self._disk.find(folder))
        cost = self._costs[folder] = Cost(folders=1)
        self._found.files.add(path)
        made = self._list_at(path)
        if made is None:
            return
        self._found.lists.append(made)
        for secret in generated_secrets(self._disk, made):
            remember(secret)
        for key in _LISTS:
            if key in made.value:
                kept: list[str] = []
                for entry, deeper in self._entries(made, key, kept):
                    yield deeper
                    cost.add(self._cost_of(deeper))
                    kept.append(entry)
                made.value[key] = kept
        self._others(made)
        self._found.generates |= any(made.value.get(key) for key in (*GENERATORS, "generators"))
        for key in _ELSEWHERE:
            for chart in sequence(made.value.pop(key, ())):
                what = f"chart {mapping(chart).get('name')}"
                self._skip(made, what, "Kustomize inflates a chart")

    def _list_at(self, path: str) -> FileList | None:
        # Kustomize reads its own file as kubectl does.
        reading = self._disk.reading(path, kustomized=False)
        self._found.faults += reading.faults
        try:
            if reading.documents:
                value = spelled(reading.documents[0].manifest)
                wrong = list(list_faults(value))
                if self._settings and not wrong:
                    self._found.added_patches = edit(value, self._settings)
                    self._settings = {}
                made = FileList(path, partial(self._disk.text, path), value)
                for field, message, fix in wrong:
                    place = made.place(f"{field}:")
                    self._found.faults.append(fault(path, place.line, message, fix))
                return None if wrong else made
            if not reading.faults:
                self._found.faults.append(fault(path, 1, "lists nothing", "list its files"))
        except ValueError as error:
            self._found.faults.append(fault(path, 1, str(error)))
        return None

    def _skip(self, made: FileList, what: str, why: str, *, hides: bool = True) -> None:
        entry = what.rpartition(" ")[2]
        self._found.unchecked.append(Unchecked(what, why, made.place(entry), hides))

    def _entries(self, made: FileList, key: str, kept: list[str]) -> Iterator[tuple[str, str]]:
        """Keep the files of a list; yield its folders, as written and from the root."""
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
                    self._list(made, at, entry, self._disk.absence(path) or "missing")
            elif not self._disk.is_folder(path):
                if self._file(made, entry, path):
                    kept.append(entry)
            elif list_of(self._disk, path) is None:
                self._list(made, at, f"{entry.rstrip('/')}/{NAMES[0]}", "missing")
            else:
                yield entry, path

    def _file(self, made: FileList, entry: str, path: str) -> bool:
        known = path in self._found.files
        reading = _take(self._disk, path, self._found)
        if not known and not reading.documents and not reading.faults:
            self._skip(made, entry, "has no object yet", hides=False)
        self._weigh(made, path)
        return known or bool(reading.documents and not reading.faults)

    def _weigh(self, made: FileList, path: str) -> None:
        self._costs[made.folder].size += self._disk.size(path)

    def _others(self, made: FileList) -> None:
        """Check the other entries of a list: only files inside the repository are read."""
        remote = [
            key
            for key, entry in list(other_files(made.value))
            if not self._other(made, key, entry) and is_remote(entry)
        ]
        self._leave_out(made, remote)
        for key in PLUGINS:
            entries = [str(each) for each in sequence(made.value.get(key))]
            kept = [
                entry
                for index, entry in enumerate(entries)
                if self._plugin(made, f"{key}[{index}]", entry)
            ]
            if len(kept) < len(entries):
                made.value[key] = kept

    def _leave_out(self, made: FileList, paths: Sequence[str]) -> None:
        """Remove entries with files of other repositories; Kustomize builds the rest."""
        for key in {path.partition("[")[0].partition(".")[0] for path in paths}:
            numbers = {
                int(path.partition("[")[2].partition("]")[0])
                for path in paths
                if path.startswith(f"{key}[")
            }
            entries = sequence(made.value.get(key))
            for number in numbers if key in GENERATORS else ():
                self._found.names.append(generated_name(key, mapping(entries[number])))
            kept = [each for at, each in enumerate(entries) if at not in numbers]
            if kept:
                made.value[key] = kept
            else:
                made.value.pop(key, None)

    def _plugin(self, made: FileList, key: str, entry: str) -> bool:
        """Follow a generator, transformer or validator; return True if Kustomize can run it."""
        path = join(made.folder, entry)
        inline = inline_documents(entry)
        if inline is None and self._disk.is_folder(path):
            if self._nested and self._folder_of_plugins(path):
                return True
            self._skip(made, entry, "is a folder of generators or transformers")
            return False
        if inline is None:
            if not self._other(made, key, entry):
                return not is_remote(entry)
            reading = self._disk.reading(path)
            self._found.faults += reading.faults
            inline = [each.manifest for each in reading.documents]
        runs = [self._runs(made, key, entry, each) for each in inline]
        return all(runs)

    def _folder_of_plugins(self, path: str) -> bool:
        """Add a folder whose list makes plugins of Kustomize that read no files; else False."""
        if path.startswith(".."):
            return False
        inner = closure_of(self._disk, path, nested=False)
        known = inner.lists and not (inner.unchecked or inner.faults or inner.listed)
        plugins = [each.manifest for each in inner.documents]
        if not known or not plugins or not all(map(is_builtin_plugin, plugins)):
            return False
        if any(file for each in plugins for file in plugin_files(each)):
            return False
        self._found.files |= inner.files
        return True

    def _runs(self, made: FileList, key: str, entry: str, plugin: Mapping[str, Any]) -> bool:
        """Follow the files of one plugin; return False if it is not run here."""
        own = is_builtin_plugin(plugin)
        try:
            files = list(plugin_files(plugin))
        except ValueError as error:
            self._found.strange = True
            self._found.faults.append(fault(made.path, 1, f"{key}: {error}"))
            return own
        for at, file in files:
            path = join(made.folder, file)
            if own:
                own = self._other(made, f"{key}.{at}", file) or not is_remote(file)
            elif not path.startswith("..") and self._disk.is_file(path):
                self._found.files.add(path)
        if not is_builtin_plugin(plugin):
            what = f"{key.partition('[')[0]} {plugin.get('kind')}"
            place = made.place(entry if "\n" not in entry else str(plugin.get("kind")))
            self._found.unchecked.append(Unchecked(what, "Kustomize runs a plugin", place))
        return own

    def _other(self, made: FileList, key: str, entry: str) -> bool:
        path = join(made.folder, entry)
        if not path.startswith("..") and self._disk.is_file(path):
            self._found.files.add(path)
            self._weigh(made, path)
            return True
        if is_remote(entry):
            self._skip(made, entry, "is in another repository")
            return False
        self._found.strange = True
        if self._disk.is_folder(path):
            line = made.place(entry).line
            self._found.faults.append(fault(made.path, line, f"{key}: {entry} is a folder"))
        else:
            self._list(made, key, entry, self._disk.absence(path) or "missing")
        return False

    def _list(self, made: FileList, path: str, entry: str, problem: Any) -> None:
        place = made.place(entry.removesuffix(f"/{NAMES[0]}"))
        self._found.listed.append(Listed(file_identity(made.path), place, path, entry, problem))
