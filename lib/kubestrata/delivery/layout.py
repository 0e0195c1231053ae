"""Folders and files: one object per file, a kustomization.yaml in every folder."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from kubestrata.core.errors import DuplicateObject
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.core.value.placeholder import resolve
from kubestrata.core.written import Located, WrittenFile
from kubestrata.core.yaml_text import dump

KUSTOMIZATION = "kustomization.yaml"
Entry: TypeAlias = tuple[str, bytes, Located, Manifest | None]
"""A file of a folder: name, content, origin and object."""
_LONGEST = 200
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def _shortened(stem: str) -> str:
    if len(stem) <= _LONGEST:
        return stem
    digest = hashlib.sha256(stem.encode()).hexdigest()[:8]
    return f"{stem[: _LONGEST - 9]}-{digest}"


def _stem(identity: Identity, *more: str) -> str:
    name = resolve(identity.name, substituted=False)
    stem = f"{name}-{identity.kind.lower()}" if name else identity.kind.lower()
    for each in filter(None, more):
        stem += f"-{each}"
    return _UNSAFE.sub("_", stem)


def file_names(identities: Sequence[Identity]) -> dict[Identity, str]:
    """Return `<name>-<kind>.yaml` for each object, longer where two would share a file.

    The namespace is added first, then the group, then a digest (`a:b` and `a_b` become one file
    name).
    """
    stems = {identity: _stem(identity) for identity in identities}
    if len({stem.casefold() for stem in stems.values()}) == len(stems):
        return {identity: _shortened(stem) + ".yaml" for identity, stem in stems.items()}
    for identity in _clashing(stems):
        stems[identity] = _stem(identity, identity.namespace)
    for identity in _clashing(stems):
        stems[identity] = _stem(identity, identity.namespace, identity.group)
    for identity in _clashing(stems):
        stems[identity] += f"-{hashlib.sha256(repr(tuple(identity)).encode()).hexdigest()[:8]}"
    return {identity: _shortened(stem) + ".yaml" for identity, stem in stems.items()}


def _clashing(stems: Mapping[Identity, str]) -> list[Identity]:
    counts = Counter(stem.casefold() for stem in stems.values())
    return [identity for identity, stem in stems.items() if counts[stem.casefold()] > 1]


def folder(path: str, entries: Iterable[Entry], origin: Located) -> list[WrittenFile]:
    """Return the files at `path`, and last the kustomization.yaml that lists them.

    Raises DuplicateObject for a name in use.
    """
    files: dict[str, WrittenFile] = {}
    for name, content, line, manifest in entries:
        if name in files:
            raise DuplicateObject(f"file {name!r}", f"is in {path} already", where=line)
        files[name] = WrittenFile(f"{path}/{name}", content, line, manifest)
    listing: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(files),
    }
    listed = WrittenFile(f"{path}/{KUSTOMIZATION}", dump(listing).encode(), origin)
    return [*files.values(), listed]
