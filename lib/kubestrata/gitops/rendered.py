"""Folders as Flux applies them: objects with the lines of their sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.gitops import kubectl
from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.document import Repository, TreeDocument, fault, file_identity, is_object
from kubestrata.gitops.file_list import FileList
from kubestrata.gitops.list_walk import closure_of
from kubestrata.knowledge import knowledge
from kubestrata.rules.provider import repository_of
from kubestrata.rules.subject import Listed, Unjudged
from kubestrata.rules.violation import Finding, Location

_SPLIT = "split the folder, or apply its parts with separate Kustomizations"
_GENERATED = tuple(
    TreeDocument({"apiVersion": "v1", "kind": kind, "metadata": {}}, Location("", 1))
    for kind in ("ConfigMap", "Secret")
)
OVERLAY = ("patches", "images", "components", "namePrefix", "nameSuffix")
"""Fields of a Flux Kustomization with the same names as in kustomization.yaml."""


@dataclass
class Rendered:
    """The result of rendering one folder."""

    documents: list[TreeDocument]
    files: set[str]
    complete: bool
    sources: list[TreeDocument] = field(default_factory=list[TreeDocument])
    """The objects before they are patched."""
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])
    unbuilt: list[TreeDocument] = field(default_factory=list[TreeDocument])
    """The objects of a folder that Kustomize does not build: they are not checked, but named."""
    left_out: set[str] = field(default_factory=set[str])
    """The files that an Application excludes."""


def overlay_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that a Flux Kustomization adds to the kustomization of its folder."""
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
    disk: Repository,
    folder: str,
    overlay: dict[str, Any],
    *,
    builder: kubectl.Builder,
    applied: AppliedFolder | None = None,
) -> Rendered:
    """Render a folder; errors become findings. `applied` is the choice of an Application."""
    components = [str(each) for each in sequence(overlay.get("components"))]
    overlay = {key: each for key, each in overlay.items() if key != "components"}
    closure = closure_of(disk, folder, components, applied)
    faults, unjudged = list(closure.faults), list(closure.unjudged)
    documents, complete = closure.documents, closure.complete or _lacks_only_crds(closure)
    unbuilt: list[TreeDocument] = []
    if (documents or closure.generates) and (overlay or not closure.plain):
        try:
            reading = builder.render(disk, folder, closure, overlay)
        except kubectl.RenderError as error:
            _note_failure(error, folder, closure, complete=complete, faults=faults, notes=unjudged)
            complete = False
            unbuilt, documents = documents, []
        else:
            faults += reading.faults
            documents = _placed(reading.documents, closure)
    listed = [*closure.listed, *_unmatched(closure, documents)]
    good: list[TreeDocument] = []
    for each in documents:
        if is_object(each.manifest):
            good.append(each)
        elif not each.encrypted:
            message = "has no apiVersion, kind or name that is text"
            faults.append(fault(each.place.file, each.place.line, message))
    unbuilt = [each for each in (*unbuilt, *closure.names) if is_object(each.manifest)]
    return Rendered(
        good,
        closure.files,
        complete,
        closure.documents,
        listed,
        faults,
        unjudged,
        unbuilt,
        closure.left_out,
    )


def _note_failure(
    error: kubectl.RenderError,
    folder: str,
    closure: Closure,
    *,
    complete: bool,
    faults: list[Finding],
    notes: list[Unjudged],
) -> None:
    """Add why Kustomize did not build a folder; it may be that inputs are not available."""
    where = closure.lists[0].path if closure.lists else closure.documents[0].place.file
    note = Unjudged(folder or ".", str(error), Location(where, 1))
    if isinstance(error, kubectl.NotRunError):
        # A list with missing files is reported for these.
        notes += [] if closure.strange and closure.listed else [note]
    elif isinstance(error, kubectl.BudgetError):
        faults.append(fault(where, 1, f"cannot be built: {error}", _SPLIT))
    elif complete:
        faults.append(fault(where, 1, f"Kustomize refuses it: {error}"))
    else:
        notes.append(note)


def _lacks_only_crds(closure: Closure) -> bool:
    """Return True if all that is not available are known definitions of kinds."""
    repositories = knowledge().repositories
    return not closure.faults and all(
        repository_of(each.what) in repositories and "crd" in each.what.lower()
        for each in closure.unjudged
        if each.hides
    )


_Key: TypeAlias = tuple[str, str, str]


def _key(manifest: Manifest) -> _Key:
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    name = mapping(manifest.get("metadata")).get("name")
    return (group, str(manifest.get("kind")), str(name))


def _placed(documents: Iterable[TreeDocument], closure: Closure) -> list[TreeDocument]:
    """Return the objects with the lines of their sources, matched by namespace if possible."""
    exact: dict[tuple[_Key, str], TreeDocument] = {}
    loose: dict[_Key, TreeDocument] = {}
    for each in closure.documents:
        key, space = _key(each.manifest), _namespace(each)
        exact.setdefault((key, str(space)), each)
        loose.setdefault(key, each)
    home = closure.lists[0].place() if closure.lists else Location("", 1)
    placed: list[TreeDocument] = []
    for each in documents:
        key, space = _key(each.manifest), _namespace(each)
        same = exact.get((key, str(space))) or exact.get((key, str(None)))
        source = same or loose.get(key) or TreeDocument(each.manifest, home)
        placed.append(TreeDocument(each.manifest, source.place, source.encrypted))
    return placed


def _namespace(document: TreeDocument) -> object:
    return mapping(document.manifest.get("metadata")).get("namespace")


def _unmatched(closure: Closure, rendered: Sequence[TreeDocument]) -> list[Listed]:
    """Return patches without a target, unless some inputs are not available, or still empty."""
    if closure.unjudged or closure.faults:
        return []
    found: list[Listed] = []
    for made in closure.lists:
        for key in ("patches", "patchesJson6902"):
            patches = sequence(made.value.get(key))
            own = len(patches) - (closure.added_patches if made is closure.lists[0] else 0)
            for index, patch in enumerate(patches[:own] if key == "patches" else patches):
                target = mapping(patch).get("target")
                if not is_mapping(target) or chooses(target, [*closure.documents, *rendered]):
                    continue
                if closure.generates and chooses({**target, "name": ""}, _GENERATED):
                    continue  # a generated object, whose name has a hash
                found.append(_no_match(made, f"{key}[{index}].target", target))
    return found


def described(target: dict[str, Any]) -> str:
    """Return a patch target in words."""
    return ", ".join(f"{key} {value}" for key, value in target.items())


def _no_match(made: FileList, path: str, target: dict[str, Any]) -> Listed:
    name = str(target.get("name") or target.get("kind") or "target:")
    by = file_identity(made.path)
    return Listed(by, made.place(name), path, described(target), "unmatched")


def chooses(target: dict[str, Any], documents: Iterable[TreeDocument]) -> bool:
    """Return True if a patch target matches one of the objects, compared as in Kustomize.

    A pattern that is invalid in Go matches everything: Kustomize reports it.
    """
    patterns: dict[str, Pattern] = {}
    for key in ("group", "version", "kind", "name", "namespace"):
        if wanted := target.get(key):
            try:
                patterns[key] = Pattern(str(wanted))
            except PatternError:
                continue
    return any(_fits(patterns, each.manifest) for each in documents)


def _fits(patterns: dict[str, Pattern], manifest: Manifest) -> bool:
    group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
    metadata = mapping(manifest.get("metadata"))
    actual = {
        "group": group,
        "version": version,
        "kind": str(manifest.get("kind")),
        "name": str(metadata.get("name")),
        "namespace": str(metadata.get("namespace", "")),
    }
    return all(pattern.matches(actual[key]) for key, pattern in patterns.items())
