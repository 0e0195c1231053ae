"""Argo CD Applications and ApplicationSets: the folders that they apply."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence
from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.document import TreeDocument
from kubestrata.rules.subject import Listed, Subject

ARGO = "argoproj.io"
Applied = tuple[Subject, str | None, bool]
"""An Application, its folder (None if it is not available), and whether it recurses."""


def is_argo(document: TreeDocument) -> bool:
    """Return True if a document makes Argo CD apply a folder."""
    version = str(document.manifest.get("apiVersion"))
    kinds = ("Application", "ApplicationSet")
    return version.startswith(f"{ARGO}/") and document.manifest.get("kind") in kinds


def applications(disk: Disk, subject: Subject, listed: list[Listed]) -> Iterator[Applied]:
    """Yield the Applications of an object; missing directories are added to `listed`."""
    if subject.identity.kind == "Application":
        yield subject, *_folder(disk, subject.spec)
    elif subject.identity.kind == "ApplicationSet":
        for path in _directories(disk, subject, listed):
            made = _filled(subject.spec.get("template"), path)
            name = str(mapping(made.get("metadata")).get("name", path))
            space = str(mapping(made.get("metadata")).get("namespace") or subject.namespace)
            identity = Identity(ARGO, "Application", space, name)
            manifest = {**made, "apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
            application = replace(subject, identity=identity, manifest=manifest, file="")
            yield application, *_folder(disk, application.spec)


def applied_folders(disk: Disk, document: TreeDocument) -> Iterator[str]:
    """Yield the folders that an Application or ApplicationSet applies."""
    subject = Subject(identity_of(document.manifest), document.manifest, document.place)
    for _, folder, _ in applications(disk, subject, []):
        if folder is not None:
            yield folder


def _folder(disk: Disk, spec: Any) -> tuple[str | None, bool]:
    sources = [mapping(spec.get("source")), *map(mapping, sequence(spec.get("sources")))]
    local = [one for one in sources if one.get("path") and not one.get("chart")]
    if len(local) != 1 or any(one.get("chart") for one in sources):
        return None, False
    folder = join("", str(local[0]["path"]).lstrip("/"))
    own = not folder.startswith("..") and disk.is_folder(folder)
    if not own or disk.is_file(join(folder, "Chart.yaml")) or local[0].get("plugin"):
        return None, False
    return folder, bool(mapping(local[0].get("directory")).get("recurse"))


def _directories(disk: Disk, subject: Subject, listed: list[Listed]) -> Iterator[str]:
    for number, generator in enumerate(sequence(subject.spec.get("generators"))):
        entries = sequence(mapping(mapping(generator).get("git")).get("directories"))
        paths = [(index, mapping(each)) for index, each in enumerate(entries)]
        out = [str(one.get("path")) for _, one in paths if one.get("exclude")]
        missing: list[Listed] = []
        found: list[str] = []
        for index, entry in paths:
            if entry.get("exclude"):
                continue
            pattern = join("", str(entry.get("path")))
            here = _matching(disk, pattern)
            found += [one for one in here if not any(fnmatch.fnmatch(one, no) for no in out)]
            if not here:
                at = f"spec.generators[{number}].git.directories[{index}].path"
                by, place = subject.identity, subject.place
                missing.append(Listed(by, place, at, pattern, "no folder"))
        if found:
            # A match shows that the generator reads this repository.
            listed += missing
        yield from dict.fromkeys(found)


def _matching(disk: Disk, pattern: str) -> list[str]:
    found = [""]
    for part in pattern.split("/"):
        found = [
            path for folder in found for path in _step(disk, folder, part) if disk.is_folder(path)
        ]
    return found if pattern and not pattern.startswith("..") else []


def _step(disk: Disk, folder: str, part: str) -> list[str]:
    if not any(mark in part for mark in "*?["):
        return [join(folder, part)]
    # Symlinks are skipped, as in Argo CD: they may form a cycle.
    names = disk.folders(folder)
    return [join(folder, name) for name in names if fnmatch.fnmatchcase(name, part)]


def _filled(template: Any, path: str) -> dict[str, Any]:
    base = path.rpartition("/")[2]
    pairs = {
        "path.basename": base,
        "path.path": path,
        "path.basenameNormalized": base,
        "path": path,
    }

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            for name, text in pairs.items():
                for form in (f"{{{{{name}}}}}", f"{{{{ {name} }}}}"):
                    value = value.replace(form, text).replace(form.replace(name, f".{name}"), text)
            return value
        if is_mapping(value):
            return {key: walk(part) for key, part in value.items()}
        return [walk(part) for part in value] if is_list(value) else value

    return mapping(walk(template))
