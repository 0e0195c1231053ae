"""Owners of the files of a tree: what applies a folder, and if it deletes what is gone from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.plan.owner_of_set import application_at, folder_of_set, project_of_set
from kubestrata.rules.api_group import ARGO, KUSTOMIZE

_PRUNE = f"{KUSTOMIZE}/prune"
_OPTIONS = "argocd.argoproj.io/sync-options"
_DEPTH = 2
"""Layer and component: the folders of which sets make Applications are no higher."""
_FINALIZER = "resources-finalizer.argocd.argoproj.io"


class Owner(Frozen):
    """A Flux Kustomization or an Argo CD Application.

    `policy` is the `deletionPolicy` of a Kustomization, '' for Flux's default; an Application
    without the finalizer that deletes its objects has "Orphan". `project` is its AppProject.
    """

    kind: str
    name: str
    prunes: bool
    is_suspended: bool = False
    policy: str = ""
    project: str = ""

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Owner | None:
        """Return the owner that an object is, None for other objects."""
        group = group_of(str(manifest.get("apiVersion", "")))
        spec, metadata = mapping(manifest.get("spec")), mapping(manifest.get("metadata"))
        name = str(metadata.get("name", ""))
        if group == KUSTOMIZE:
            is_suspended, policy = spec.get("suspend") is True, spec.get("deletionPolicy")
            prunes = spec.get("prune") is True
            return cls("Kustomization", name, prunes, is_suspended, str(policy or ""))
        if (group, manifest.get("kind")) == (ARGO, "Application"):
            automated = mapping(mapping(spec.get("syncPolicy")).get("automated"))
            deletes = _FINALIZER in sequence(metadata.get("finalizers"))
            policy = "" if deletes else "Orphan"
            prunes, project = automated.get("prune") is True, str(spec.get("project", ""))
            return cls("Application", name, prunes, policy=policy, project=project)
        return None

    def keeps(self, *, is_deleted: bool) -> str:
        """Return why an object that it no longer applies stays, '' if it is deleted.

        `is_deleted` if the owner itself is deleted, with what it applied.
        """
        if self.is_suspended:
            return f"{self.kind} {self.name} is suspended"
        if is_deleted and self.kind == "Application":
            return f"Application {self.name} has no finalizer" if self.policy == "Orphan" else ""
        if is_deleted and self.policy not in ("", "MirrorPrune"):
            kept = self.policy == "Orphan"
            return f"the deletionPolicy of {self.kind} {self.name} is Orphan" if kept else ""
        return "" if self.prunes else f"{self.kind} {self.name} does not prune"


class Owners:
    """The owners of a tree, by the folder that each applies: `<cluster>/...`."""

    def __init__(self, manifests: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the files of a tree and the object in each."""
        self._by_folder: dict[str, Owner] = {}
        self._names: set[tuple[str, str, str]] = set()
        self._projects: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._of_sets: dict[str, str] = {}
        sets: dict[str, tuple[str, Mapping[str, Any]]] = {}
        folders: set[str] = set()
        for file, manifest in manifests:
            folders.add(file.rpartition("/")[0])
            if _is_project(manifest):
                name = str(mapping(manifest.get("metadata")).get("name"))
                self._projects[file.partition("/")[0], name] = mapping(manifest.get("spec"))
            if (folder := folder_of_set(manifest)) is not None:
                layer = "/".join(folder.split("/")[-2:])
                self._of_sets[layer] = project_of_set(manifest)
                sets[layer] = folder, manifest
            owner = Owner.of(manifest)
            if owner is None:
                continue
            cluster = file.partition("/")[0]
            self._names.add((cluster, owner.kind, owner.name))
            for path in _paths(mapping(manifest.get("spec"))):
                parts = path.split("/")
                if cluster in parts:
                    self._by_folder["/".join(parts[parts.index(cluster) :]).rstrip("/")] = owner

        self._add_made(folders, sets)

    def _add_made(
        self, folders: Iterable[str], sets: Mapping[str, tuple[str, Mapping[str, Any]]]
    ) -> None:
        """Add the Applications that sets make of the folders of their layer."""
        for folder in folders if sets else ():
            cluster, *rest = folder.split("/")
            top, manifest = sets.get("/".join([cluster, *rest[:1]]), ("", {}))
            if not top or len(rest) < _DEPTH:
                continue
            made = application_at(manifest, "/".join([top, *rest[1:]]))
            owner = None if made is None else Owner.of(made)
            if owner is not None:
                self._by_folder[folder] = owner
                self._names.add((cluster, owner.kind, owner.name))

    def has(self, owner: Owner, cluster: str) -> bool:
        """Return True if an owner of that name is in the tree."""
        return (cluster, owner.kind, owner.name) in self._names

    def project_of(self, file: str) -> str:
        """Return the AppProject of the Application that applies a file, '' without one."""
        owner, (cluster, _, rest) = self.of(file), file.partition("/")
        layer = f"{cluster}/{rest.partition('/')[0]}"
        return self._of_sets.get(layer, "") if owner is None else owner.project

    def refuses(self, project: str, cluster: str, manifest: Mapping[str, Any]) -> bool:
        """Return True if a project does not allow its Applications to delete an object."""
        spec = self._projects.get((cluster, project))
        return spec is not None and not permits(spec, manifest)

    def of(self, file: str) -> Owner | None:
        """Return the owner that applies a file: the one of the nearest folder above it."""
        folder = file.rpartition("/")[0]
        while folder and folder not in self._by_folder:
            folder = folder.rpartition("/")[0]
        return self._by_folder.get(folder)


def _is_project(manifest: Mapping[str, Any]) -> bool:
    group = group_of(str(manifest.get("apiVersion", "")))
    return (group, manifest.get("kind")) == (ARGO, "AppProject")


def permits(project: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Return True if the spec of an AppProject allows an object (source: AppProject)."""
    namespace = mapping(manifest.get("metadata")).get("namespace")
    scope = "namespaceResource" if namespace else "clusterResource"
    kind = group_of(str(manifest.get("apiVersion", ""))), str(manifest.get("kind", ""))
    allowed, refused = project.get(f"{scope}Whitelist"), project.get(f"{scope}Blacklist")
    # Without a whitelist every kind in a namespace is allowed, and none of the cluster's.
    is_allowed = bool(namespace) if allowed is None else _lists(allowed, kind)
    if not is_allowed or _lists(refused, kind):
        return False
    spaces = [str(mapping(each).get("namespace", "")) for each in _items(project, "destinations")]
    return not namespace or any(fnmatchcase(str(namespace), each) for each in spaces)


def _items(project: Mapping[str, Any], key: str) -> Sequence[Any]:
    return sequence(project.get(key))


def _lists(kinds: object, kind: tuple[str, str]) -> bool:
    """Return True if a list of kinds, which may be patterns, has a kind."""
    patterns = [mapping(each) for each in sequence(kinds)]
    return any(
        fnmatchcase(kind[0], str(each.get("group", "")))
        and fnmatchcase(kind[1], str(each.get("kind", "")))
        for each in patterns
    )


def _paths(spec: Mapping[str, Any]) -> list[str]:
    """Return the folders that a Kustomization or an Application applies."""
    sources = [spec, spec.get("source"), *sequence(spec.get("sources"))]
    return [str(path) for each in sources if (path := mapping(each).get("path"))]


def is_kept(manifest: Mapping[str, Any]) -> bool:
    """Return True if neither Flux nor Argo CD ever prunes the object."""
    metadata = mapping(manifest.get("metadata"))
    marks = (mapping(metadata.get(field)).get(_PRUNE) for field in ("annotations", "labels"))
    options = str(mapping(metadata.get("annotations")).get(_OPTIONS, ""))
    return "disabled" in marks or "Prune=false" in map(str.strip, options.split(","))
