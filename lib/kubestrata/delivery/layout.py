"""Folders and files: one object a file, a kustomization.yaml in every folder."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from kubestrata.core.errors import DuplicateObject
from kubestrata.core.identity import Identity
from kubestrata.core.value.placeholder import resolve
from kubestrata.core.yaml_text import dump
from kubestrata.delivery.unit import Unit

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
    """`<name>-<kind>.yaml`; namespace and group join where two objects would share a file."""
    counts = Counter(_stem(identity).casefold() for identity in identities)
    names: dict[Identity, str] = {}
    for identity in identities:
        stem = _stem(identity)
        if counts[stem.casefold()] > 1:
            stem = _stem(identity, identity.namespace, identity.group)
        names[identity] = _shortened(stem) + ".yaml"
    return names


def kustomization(resources: Sequence[str]) -> bytes:
    """The kustomization.yaml that lists these files, sorted."""
    manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(resources),
    }
    return dump(manifest).encode()


def folder(path: str, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Path -> content of a folder with its kustomization.yaml."""
    files = {f"{path}/{name}": content for name, content in contents.items()}
    files[f"{path}/{KUSTOMIZATION}"] = kustomization(list(contents))
    return files


def passed_files(unit: Unit, contents: dict[str, bytes]) -> None:
    """Add the files that are passed through; raises DuplicateObject for a name in use."""
    for file in unit.files:
        if file.name in contents:
            what = f"file {file.name!r}"
            raise DuplicateObject(str(file.origin), what, f"is in {unit.folder} already")
        contents[file.name] = file.content
