"""Folders and files: one object a file, a kustomization.yaml in every folder."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kubestrata.core.errors import DuplicateObject
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.core.value.placeholder import resolve
from kubestrata.core.written import Located, WrittenFile
from kubestrata.core.yaml_text import dump

KUSTOMIZATION = "kustomization.yaml"
_LONGEST = 200
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def _shortened(stem: str) -> str:
    if len(stem) <= _LONGEST:
        return stem
    digest = hashlib.sha256(stem.encode()).hexdigest()[:8]
    return f"{stem[: _LONGEST - 9]}-{digest}"


def _stem(identity: Identity, *more: str) -> str:
    parts = [resolve(identity.name, substituted=False), identity.kind.lower(), *more]
    return _UNSAFE.sub("_", "-".join(part for part in parts if part))


def file_names(identities: Sequence[Identity]) -> dict[Identity, str]:
    """`<name>-<kind>.yaml`; where two objects would share a file, more of the identity joins.

    First the namespace, then the group, then a digest (`a:b` and `a_b` are one name to a file
    system).
    """
    stems = {identity: _stem(identity) for identity in identities}
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


def folder(path: str, files: Sequence[WrittenFile], origin: Located) -> list[WrittenFile]:
    """The files, named below `path`, and the kustomization.yaml that lists them, sorted.

    Raises DuplicateObject for a name in use.
    """
    names: set[str] = set()
    for file in files:
        if file.path in names:
            raise DuplicateObject(f"file {file.path!r}", f"is in {path} already", where=file.origin)
        names.add(file.path)
    listing: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(names),
    }
    listed = WrittenFile(KUSTOMIZATION, dump(listing).encode(), origin)
    return [replace(file, path=f"{path}/{file.path}") for file in (*files, listed)]
