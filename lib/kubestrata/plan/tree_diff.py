"""The difference of two trees, object by object and field by field.

An object is its group, kind, namespace and name: with another one of these it is another object,
and the old one is deleted. Comments, key order and quoting are no difference of objects; where
only they changed, the change says so. Files that are not plain YAML objects are compared as bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from kubestrata.core.conflict_marker import conflict_line
from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.field_change import FieldChange, field_changes
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.core.list_key import canonical
from kubestrata.core.yaml_read import load_all
from kubestrata.plan.data_holder import data_lost
from kubestrata.plan.owner import Owners, is_kept
from kubestrata.rules.defined_kind import composite_kinds

Verb = Literal["added", "removed", "changed", "recreated"]
_OPAQUE = (".enc.yaml",)


class ObjectChange(Frozen):
    """One object, or one file that holds none, that differs.

    "recreated" is an object that moves to another Kustomization or Application: the old one
    deletes it, the new one creates it. `data_lost` is what is deleted with the object, '' if it
    holds no data.
    """

    verb: Verb
    name: str
    file: str
    fields: Sequence[FieldChange] = ()
    note: str = ""
    data_lost: str = ""


class _Entry(Frozen):
    """A file, with the object that it holds if it holds one."""

    file: str
    content: bytes
    value: Any = None
    identity: Identity | None = None

    @property
    def cluster(self) -> str:
        return self.file.partition("/")[0]

    @property
    def name(self) -> str:
        return self.file if self.identity is None else str(self.identity)

    @property
    def key(self) -> str:
        return self.file if self.identity is None else f"{self.cluster} {self.identity}"


class _Tree:
    """One side of the comparison."""

    def __init__(self, files: Mapping[str, bytes], known: Mapping[str, _Entry]) -> None:
        self.entries: dict[str, _Entry] = {}
        for file in sorted(files):
            entry = known.get(file) or _read(file, files[file])
            taken = entry.key in self.entries
            self.entries[f"{entry.key} in {file}" if taken else entry.key] = entry
        objects = [(one.file, one.value) for one in self._objects()]
        self.clusters = {entry.cluster for entry in self.entries.values()}
        self.owners = Owners(objects)
        self.composites = frozenset(
            kind for one in self._objects() for kind in composite_kinds(one.value)
        )

    def pair_unreadable(self, other: _Tree) -> None:
        """Pair files that hold no object by their location in both trees."""
        keys = {entry.file: key for key, entry in other.entries.items()}
        for key, entry in list(self.entries.items()):
            place = keys.get(entry.file)
            if entry.identity is None and place is not None and place not in self.entries:
                self.entries[place] = self.entries.pop(key)

    def _objects(self) -> Iterator[_Entry]:
        return (one for one in self.entries.values() if one.identity is not None)


def _entry(file: str, content: bytes, manifest: Manifest | None) -> _Entry:
    if manifest is None:
        return _read(file, content)
    return _Entry(file, content, manifest, identity_of(manifest))


def _read(file: str, content: bytes) -> _Entry:
    if file.endswith(_OPAQUE):
        return _Entry(file, content)
    try:
        documents = load_all(content.decode(), file)
    except (YamlSyntaxError, UnicodeDecodeError):
        return _Entry(file, content)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        return _Entry(file, content)
    value: dict[str, Any] = documents[0]
    is_object = isinstance(value.get("metadata"), dict) and all(
        isinstance(value.get(field), str) for field in ("apiVersion", "kind")
    )
    return _Entry(file, content, value, identity_of(value) if is_object else None)


def compare(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    manifests: Mapping[str, Manifest] | None = None,
) -> list[ObjectChange]:
    """Return the changes from `before` to `after`: deleted data first, then sorted by file.

    `manifests` are the objects in files of `after`, so that unchanged files need not be parsed.
    """
    if before == after:
        return []
    known = {
        file: _entry(file, content, (manifests or {}).get(file))
        for file, content in after.items()
        if before.get(file) == content
    }
    old, new = _Tree(before, known), _Tree(after, known)
    old.pair_unreadable(new)
    removed = [entry for key, entry in old.entries.items() if key not in new.entries]
    added = [entry for key, entry in new.entries.items() if key not in old.entries]
    pairs = _alike(removed, added)
    changes = [_removal(entry, old, new) for entry in removed]
    changes += [_addition(entry, pairs.get(entry.file)) for entry in added]
    for key, entry in new.entries.items():
        if key in old.entries:
            changes += _comparison(old.entries[key], entry, old, new)
    return sorted(changes, key=lambda one: (not one.data_lost, one.file, one.name, one.verb))


def _removal(entry: _Entry, old: _Tree, new: _Tree) -> ObjectChange:
    if entry.identity is None:
        return ObjectChange("removed", entry.name, entry.file)
    if why := _left_alone(entry, old, new):
        return ObjectChange("removed", entry.name, entry.file, note=f"stays in the cluster: {why}")
    lost = data_lost(entry.value, old.composites)
    return ObjectChange("removed", entry.name, entry.file, data_lost=lost)


def _left_alone(entry: _Entry, old: _Tree, new: _Tree) -> str:
    """Return why nothing deletes an object that its file no longer holds, '' if it does."""
    owner = old.owners.of(entry.file)
    if entry.cluster not in new.clusters:
        return f"without the folder {entry.cluster} its delivery applies and deletes nothing"
    if is_kept(entry.value):
        return "its prune is disabled"
    is_deleted = owner is not None and not new.owners.has(owner, entry.cluster)
    project = old.owners.project_of(entry.file)
    if new.owners.refuses(project, entry.cluster, entry.value or {}):
        return f"AppProject {project} no longer allows it; see ArgoCd(retiring=...)"
    return "" if owner is None else owner.keeps(is_deleted=is_deleted)


def _addition(entry: _Entry, like: _Entry | None) -> ObjectChange:
    note = "" if like is None else f"resembles {like.name}; a rename deletes and creates"
    return ObjectChange("added", entry.name, entry.file, note=note)


def _comparison(before: _Entry, after: _Entry, old: _Tree, new: _Tree) -> Iterator[ObjectChange]:
    """Yield the change of an object, or of a file, that both trees have, if it differs."""
    if before.content == after.content and before.file == after.file:
        return
    was_unreadable = before.value is None and after.value is not None
    fields = [] if was_unreadable else field_changes(before.value, after.value)
    change = ObjectChange("changed", after.name, after.file, fields)
    line = conflict_line(before.content)
    if line is not None:
        yield replace(change, note=f"line {line} on disk is a Git conflict marker")
    elif was_unreadable:
        yield replace(change, note="the file on disk holds no readable object")
    elif before.file != after.file:
        yield _relocated(change, before, after, old, new)
    else:
        yield change if fields else replace(change, note="same values, other bytes")


def _relocated(
    change: ObjectChange, before: _Entry, after: _Entry, old: _Tree, new: _Tree
) -> ObjectChange:
    """Return what becomes of an object whose file is in another folder, or has another name."""
    source, target = old.owners.of(before.file), new.owners.of(after.file)
    was = f"was in {before.file}"
    if source is None or target is None or source.name == target.name:
        return replace(change, note=was)
    if why := _left_alone(before, old, new):
        note = f"{was}; {target.kind} {target.name} takes it over: {why}"
        return replace(change, note=note)
    old_owner, new_owner = f"{source.kind} {source.name}", f"{target.kind} {target.name}"
    note = f"{was}; {old_owner} deletes it, {new_owner} creates it"
    lost = data_lost(before.value, old.composites)
    return replace(change, verb="recreated", note=note, data_lost=lost)


def _alike(removed: Iterable[_Entry], added: Iterable[_Entry]) -> dict[str, _Entry]:
    """Return by file the added objects of which one removed object is the only likely origin.

    That is one of the same kind and name, or of the same kind and content beside its metadata.
    """
    pairs: dict[str, _Entry] = {}
    for likeness in (_by_name, _by_content):
        old = {likeness(one): one for one in removed if one.identity is not None}
        seen = Counter(likeness(one) for one in removed if one.identity is not None)
        made = [one for one in added if one.identity is not None and one.file not in pairs]
        counts = Counter(likeness(one) for one in made)
        for one in made:
            key = likeness(one)
            if counts[key] == seen[key] == 1:
                pairs[one.file] = old[key]
    return pairs


def _by_name(entry: _Entry) -> tuple[str, ...]:
    found = entry.identity or Identity("", "", "", "")
    return entry.cluster, found.group, found.kind, found.name


def _by_content(entry: _Entry) -> tuple[str, ...]:
    found = entry.identity or Identity("", "", "", "")
    body = {key: each for key, each in entry.value.items() if key != "metadata"}
    return entry.cluster, found.group, found.kind, canonical(body)
