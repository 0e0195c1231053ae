"""Folders as Flux applies them: objects with the lines of their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from kubestrata.core.identity import group_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops import kubectl
from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.direct_build import built
from kubestrata.gitops.document import Reading, Repository, TreeDocument, fault, is_object
from kubestrata.gitops.list_walk import closure_of
from kubestrata.gitops.missing_target import leave_out_unknown
from kubestrata.gitops.patch_target import unmatched
from kubestrata.knowledge import knowledge
from kubestrata.rules.provider import repository_of
from kubestrata.rules.subject import Listed, Unchecked
from kubestrata.rules.violation import Finding, Location

_SPLIT = "split the folder, or apply its parts with separate Kustomizations"
OVERLAY = ("patches", "images", "components", "namePrefix", "nameSuffix")
"""Fields of a Flux Kustomization with the same names as in kustomization.yaml."""


@dataclass
class BuiltFolder:
    """The result of rendering one folder."""

    documents: list[TreeDocument]
    files: set[str]
    complete: bool
    sources: list[TreeDocument] = field(default_factory=list[TreeDocument])
    """The objects before they are patched."""
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unchecked: list[Unchecked] = field(default_factory=list[Unchecked])
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


@dataclass
class StartedFolder:
    """A folder with its inputs, rendered as far as that needs no other program."""

    folder: str
    made: BuiltFolder
    _closure: Closure
    _run: Callable[[kubectl.Builder], Reading] | None = None

    @property
    def needs_kustomize(self) -> bool:
        """Return True if Kustomize has to build the folder."""
        return self._run is not None

    def finished(self, builder: kubectl.Builder) -> BuiltFolder:
        """Return the folder, built by Kustomize if it has to be; errors become findings."""
        made, closure = self.made, self._closure
        if self._run is not None:
            _build(made, partial(self._run, builder), closure, self.folder)
        made.listed += [*closure.listed, *unmatched(closure, made.documents)]
        named = [*made.unbuilt, *closure.names]
        made.unbuilt = [each for each in named if is_object(each.manifest)]
        good: list[TreeDocument] = []
        for each in made.documents:
            if is_object(each.manifest):
                good.append(each)
            elif not each.encrypted:
                message = "has no apiVersion, kind or name that is text"
                made.faults.append(fault(each.place.file, each.place.line, message))
        made.documents = good
        return made


def started(
    disk: Repository,
    folder: str,
    overlay: dict[str, Any],
    applied: AppliedFolder | None = None,
) -> StartedFolder:
    """Read a folder, and render it here if possible. `applied` is the choice of an Application."""
    components = [str(each) for each in sequence(overlay.get("components"))]
    overlay = {key: each for key, each in overlay.items() if key != "components"}
    closure = closure_of(disk, folder, components, applied)
    made = BuiltFolder(closure.documents, closure.files, closure.complete, closure.documents)
    made.complete = made.complete or _lacks_only_crds(closure)
    made.faults += closure.faults
    made.unchecked += closure.unchecked
    made.left_out |= closure.left_out
    if closure.unchecked:
        overlay = leave_out_unknown(disk, closure, overlay)
    run = None
    if (made.documents or closure.generates) and (overlay or not closure.plain):
        direct = (
            None if closure.strange or closure.excess else built(disk, folder, closure, overlay)
        )
        if direct is not None:
            made.documents = direct
        else:
            run = partial(_built, disk, folder, closure, overlay)
    return StartedFolder(folder, made, closure, run)


def _built(
    disk: Repository,
    folder: str,
    closure: Closure,
    overlay: dict[str, Any],
    builder: kubectl.Builder,
) -> Reading:
    return builder.render(disk, folder, closure, overlay)


def _build(made: BuiltFolder, run: Callable[[], Reading], closure: Closure, folder: str) -> None:
    """Replace the objects of a folder by those that Kustomize makes of them."""
    where = closure.lists[0].path if closure.lists else made.documents[0].place.file
    try:
        reading = run()
    except kubectl.NotRunError as error:
        # A list with missing files is reported for these.
        if not (closure.strange and closure.listed):
            made.unchecked.append(Unchecked(folder or ".", str(error), Location(where, 1)))
    except kubectl.MissingFileError:
        pass  # its entry is in a list of files that do not exist
    except kubectl.BudgetError as error:
        made.faults.append(fault(where, 1, f"cannot be built: {error}", _SPLIT))
    except kubectl.RenderError as error:
        if made.complete:
            made.faults.append(fault(where, 1, f"Kustomize refuses it: {error}"))
        else:
            made.unchecked.append(Unchecked(folder or ".", str(error), Location(where, 1)))
    else:
        made.faults += reading.faults
        made.documents = _placed(reading.documents, closure)
        return
    made.complete = False
    made.unbuilt, made.documents = made.documents, []


def _lacks_only_crds(closure: Closure) -> bool:
    """Return True if all that is not available are known definitions of kinds."""
    repositories = knowledge().repositories
    return not closure.faults and all(
        repository_of(each.what) in repositories and "crd" in each.what.lower()
        for each in closure.unchecked
        if each.hides
    )


_Key: TypeAlias = tuple[str, str, str]


def _key(manifest: Manifest) -> _Key:
    group = group_of(str(manifest.get("apiVersion", "")))
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
