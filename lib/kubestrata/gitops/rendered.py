"""A folder as Flux applies it: its objects, each at the line that wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.gitops import kubectl
from kubestrata.gitops.closure import Closure, closure_of
from kubestrata.gitops.disk import Disk
from kubestrata.gitops.document import Document, fault, file_identity, is_object
from kubestrata.gitops.file_list import FileList
from kubestrata.rules.subject import Listed, Unjudged
from kubestrata.rules.violation import Finding, Place

OVERLAY = ("patches", "images", "components", "namePrefix", "nameSuffix")
"""What a Flux Kustomization adds to a folder under the same names as kustomization.yaml."""


@dataclass
class Rendered:
    """What one folder comes to."""

    documents: list[Document]
    files: set[str]
    complete: bool
    sources: list[Document] = field(default_factory=list[Document])
    """The objects before anything patched them."""
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])


def overlay_of(spec: dict[str, Any]) -> dict[str, Any]:
    """What `spec` of a Flux Kustomization adds to the kustomization of its folder."""
    added = {key: spec[key] for key in OVERLAY if spec.get(key)}
    if "patches" in added:
        wanted = ("patch", "target")
        added["patches"] = [
            {key: part for key, part in mapping(one).items() if key in wanted}
            for one in sequence(added["patches"])
        ]
    if target := spec.get("targetNamespace"):
        added["namespace"] = target
    if common := mapping(spec.get("commonMetadata")):
        if labels := common.get("labels"):
            added["labels"] = [{"pairs": labels}]
        if annotations := common.get("annotations"):
            added["commonAnnotations"] = annotations
    return added


def render(
    disk: Disk,
    folder: str,
    overlay: dict[str, Any],
    *,
    recurse: bool = True,
    kustomized: bool = True,
) -> Rendered:
    """Render a folder; faults take the place of exceptions."""
    components = [str(each) for each in sequence(overlay.get("components"))]
    overlay = {key: each for key, each in overlay.items() if key != "components"}
    closure = closure_of(disk, folder, components, recurse=recurse, kustomized=kustomized)
    faults, unjudged = list(closure.faults), list(closure.unjudged)
    documents, complete = closure.documents, closure.complete
    if documents and (overlay or not closure.plain):
        try:
            reading = kubectl.render(disk, folder, closure, overlay)
        except kubectl.RenderError as error:
            where = closure.lists[0].path if closure.lists else documents[0].place.file
            if str(error) == kubectl.ABSENT or not complete:
                unjudged.append(Unjudged(folder, str(error), Place(where, 1)))
            else:
                faults.append(fault(where, 1, f"Kustomize refuses it: {error}"))
            complete = False
        else:
            faults += reading.faults
            documents = _placed(reading.documents, closure)
    listed = [*closure.listed, *_unmatched(closure, documents)]
    good: list[Document] = []
    for each in documents:
        if is_object(each.manifest):
            good.append(each)
        elif not each.encrypted:
            message = "has no apiVersion, kind or name that is text"
            faults.append(fault(each.place.file, each.place.line, message))
    return Rendered(good, closure.files, complete, closure.documents, listed, faults, unjudged)


def _key(manifest: Manifest) -> tuple[object, object, object]:
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    name = mapping(manifest.get("metadata")).get("name")
    return (group, str(manifest.get("kind")), str(name))


def _placed(documents: Iterable[Document], closure: Closure) -> list[Document]:
    sources: dict[tuple[object, object, object], list[Document]] = {}
    for each in closure.documents:
        sources.setdefault(_key(each.manifest), []).append(each)
    home = closure.lists[0].place() if closure.lists else Place("", 1)
    placed: list[Document] = []
    for each in documents:
        found = sources.get(_key(each.manifest), [])
        where = mapping(each.manifest.get("metadata")).get("namespace")
        same = [one for one in found if _namespace(one) in (where, None)] or found
        source = same[0] if same else Document(each.manifest, home)
        placed.append(Document(each.manifest, source.place, source.encrypted))
    return placed


def _namespace(document: Document) -> object:
    return mapping(document.manifest.get("metadata")).get("namespace")


def _unmatched(closure: Closure, rendered: Sequence[Document]) -> list[Listed]:
    """Patches that choose nothing; where something is not at hand, nobody can tell."""
    if not closure.complete or closure.generates:
        return []
    found: list[Listed] = []
    for made in closure.lists:
        for key in ("patches", "patchesJson6902"):
            for index, patch in enumerate(sequence(made.value.get(key))):
                target = mapping(patch).get("target")
                if not is_mapping(target) or chooses(target, [*closure.documents, *rendered]):
                    continue
                found.append(_no_match(made, f"{key}[{index}].target", target))
    return found


def described(target: dict[str, Any]) -> str:
    """A patch target in words."""
    return ", ".join(f"{key} {value}" for key, value in target.items())


def _no_match(made: FileList, path: str, target: dict[str, Any]) -> Listed:
    name = str(target.get("name") or target.get("kind") or "target:")
    by = file_identity(made.path)
    return Listed(by, made.place(name), path, described(target), "unmatched")


def chooses(target: dict[str, Any], documents: Iterable[Document]) -> bool:
    """Whether a patch target fits one of the objects, as Kustomize compares them."""
    return any(_fits(target, each.manifest) for each in documents)


def _fits(target: dict[str, Any], manifest: Manifest) -> bool:
    group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
    metadata = mapping(manifest.get("metadata"))
    actual = {
        "group": group,
        "version": version,
        "kind": str(manifest.get("kind")),
        "name": str(metadata.get("name")),
        "namespace": str(metadata.get("namespace", "")),
    }
    for key, text in actual.items():
        wanted = target.get(key)
        if wanted and not _matches(str(wanted), text):
            return False
    return True


def _matches(pattern: str, text: str) -> bool:
    if len(pattern) > 256:
        return True
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True
