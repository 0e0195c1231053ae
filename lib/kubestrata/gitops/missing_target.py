"""Edits of a kustomization.yaml for objects that are not at hand, such as those of remote bases.

Kustomize refuses a patch, a replica count or a source of values for an object that it does not
find. Where some inputs are in another repository, the object may be among those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.yaml_text import dump
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, TreeDocument
from kubestrata.gitops.file_list import GENERATORS, FileList, generated_name, inline_documents

_MERGED = ("merge", "replace")
_SCALED = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds that `replicas` counts; Kustomize looks for no other."""


def leave_out_unknown(
    disk: Repository, closure: Closure, overlay: dict[str, Any]
) -> dict[str, Any]:
    """Remove the edits of objects that no input of a folder has; return what is left of `overlay`.

    Names of ConfigMaps and Secrets that are merged into unknown ones go to `closure.names`.
    """
    edits = _Edits(disk, closure)
    for made in closure.lists:
        edits.remove(made.folder, made.value)
    left = dict(overlay)
    edits.remove("", left)
    return left


class _Edits:
    def __init__(self, disk: Repository, closure: Closure) -> None:
        self._disk = disk
        self._closure = closure
        self._known: dict[str, set[str]] = {}
        for each in [*closure.documents, *generated_names(closure.lists)]:
            name = mapping(each.manifest.get("metadata")).get("name")
            self._known.setdefault(str(each.manifest.get("kind")), set()).add(str(name))

    def remove(self, folder: str, value: dict[str, Any]) -> None:
        """Remove the edits of one list that Kustomize would refuse."""
        _keep(
            value,
            "patches",
            [one for each in _of(value, "patches") for one in self._patch(folder, each)],
        )
        merged = [
            one for each in _of(value, "patchesStrategicMerge") for one in self._merge(folder, each)
        ]
        _keep(value, "patchesStrategicMerge", merged)
        for key, path in (("patchesJson6902", "target"), ("vars", "objref")):
            kept = [each for each in _of(value, key) if self._has(mapping(mapping(each).get(path)))]
            _keep(value, key, kept)
        _keep(value, "replicas", [e for e in _of(value, "replicas") if self._is_scaled(mapping(e))])
        kept = [e for e in _of(value, "replacements") if self._is_filled(folder, mapping(e))]
        _keep(value, "replacements", kept)
        for key in GENERATORS:
            self._generators(value, key)

    def _patch(self, folder: str, patch: Any) -> Iterator[Any]:
        """Yield what is kept of an entry of `patches`, which may have several documents."""
        if not is_mapping(patch) or patch.get("target"):
            yield patch
            return
        documents = self._documents(folder, patch.get("path") or patch.get("patch"))
        known = [each for each in documents if self._is_known(each)]
        if len(known) == len(documents):
            yield patch
        else:
            rest = {key: part for key, part in patch.items() if key not in ("path", "patch")}
            yield from ({**rest, "patch": dump(each)} for each in known)

    def _merge(self, folder: str, entry: Any) -> Iterator[Any]:
        documents = self._documents(folder, entry)
        known = [each for each in documents if self._is_known(each)]
        if len(known) == len(documents):
            yield entry
        else:
            yield from (dump(each) for each in known)

    def _documents(self, folder: str, entry: object) -> list[Manifest]:
        """Return the documents of a text or of a file, none if it has something else."""
        inline = inline_documents(str(entry))
        if inline is not None:
            return inline
        path = join(folder, str(entry))
        if path.startswith("..") or not self._disk.is_file(path):
            return []
        return [each.manifest for each in self._disk.reading(path).documents]

    def _generators(self, value: dict[str, Any], key: str) -> None:
        kept: list[Any] = []
        for each in _of(value, key):
            made = generated_name(key, mapping(each))
            if mapping(each).get("behavior") in _MERGED and not self._is_known(made.manifest):
                self._closure.names.append(made)
            else:
                kept.append(each)
        _keep(value, key, kept)

    def _is_filled(self, folder: str, replacement: Mapping[str, Any]) -> bool:
        """Return True if the sources of a replacement are known."""
        if path := replacement.get("path"):
            inner = self._documents(folder, path)
            return all(self._is_filled(folder, each) for each in inner)
        source = mapping(replacement.get("source"))
        return not source or self._has(source)

    def _is_known(self, manifest: Mapping[str, Any]) -> bool:
        name = mapping(manifest.get("metadata")).get("name")
        return self._has({"kind": manifest.get("kind"), "name": name})

    def _is_scaled(self, count: Mapping[str, Any]) -> bool:
        return any(self._has({"kind": kind, "name": count.get("name")}) for kind in _SCALED)

    def _has(self, target: Mapping[str, Any]) -> bool:
        """Return True if an object is known; its name may have got a prefix or a suffix."""
        kind, name = target.get("kind"), str(target.get("name") or "")
        kinds = self._known if kind is None else {str(kind)}
        names = {one for each in kinds for one in self._known.get(each, ())}
        return any(not name or each in name for each in names)


def generated_names(lists: list[FileList]) -> Iterator[TreeDocument]:
    """Yield the objects that generators of lists add, by their written names, without data."""
    for made in lists:
        for key in GENERATORS:
            for each in _of(made.value, key):
                if mapping(each).get("behavior") not in _MERGED:
                    yield generated_name(key, mapping(each))


def _of(value: Mapping[str, Any], key: str) -> list[Any]:
    return list(sequence(value.get(key)))


def _keep(value: dict[str, Any], key: str, kept: list[Any]) -> None:
    if kept:
        value[key] = kept
    else:
        value.pop(key, None)
