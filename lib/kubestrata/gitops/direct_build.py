"""Builds of folders whose lists only do what needs nothing of Kustomize.

That is: files and folders, components, a namespace, labels, and patches of objects that Kustomize
has no schema of. The result is that of `kubectl kustomize`, without a process for each folder.
Everything else, and everything that is wrong, is left to Kustomize.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kubestrata.core.identity import group_of
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping, sequence
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.direct_generator import generated_maps, hashed_name
from kubestrata.gitops.direct_patch import (
    NotDirectError,
    apply_operations,
    copied,
    has_folded,
    merge,
    patch_documents,
    selected,
)
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, TreeDocument, is_object
from kubestrata.rules.violation import Location

_API = "kustomize.config.k8s.io/"
_FIELDS = frozenset(
    {
        *("apiVersion", "kind", "metadata", "resources", "bases", "components", "namespace"),
        *("configMapGenerator", "generatorOptions", "labels", "patches", "patchesStrategicMerge"),
    }
)
_BUILT_IN = frozenset(
    {
        *("", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io"),
        *("apps", "auditregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io"),
        *("autoscaling", "batch", "certificates.k8s.io", "coordination.k8s.io"),
        *("discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io"),
        *("internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy"),
        *("rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io"),
        *("settings.k8s.io", "storage.k8s.io"),
    }
)
"""Groups of which Kustomize has schemas."""
_NAMESPACED = frozenset(
    {
        *("ConfigMap", "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress"),
        *("Job", "LimitRange", "NetworkPolicy", "PersistentVolumeClaim", "Pod"),
        *("PodDisruptionBudget", "ReplicaSet", "ResourceQuota", "Role", "Secret", "Service"),
        *("ServiceAccount", "StatefulSet"),
    }
)
_CLUSTER_WIDE = frozenset(
    {"ClusterRole", "IngressClass", "PriorityClass", "RuntimeClass", "StorageClass"}
)
"""Kinds of those groups in which a namespace changes nothing else."""
_FIRST = (
    *("Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount"),
    *("PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap"),
    *("Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume"),
    *("PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget"),
)
"""The kinds that come first in what Kustomize writes, in its order; source: `legacy` sort order."""
_RANKS = {kind: rank - len(_FIRST) for rank, kind in enumerate(_FIRST)}
_REFERRING = (_NAMESPACED | _CLUSTER_WIDE) - {"ConfigMap", "NetworkPolicy", "Service"}
_PATCH = frozenset({"patch", "path", "target"})
_LABELS = frozenset({"includeSelectors", "includeTemplates", "pairs"})
_MARKS = (
    "config.kubernetes.io/",
    "config.k8s.io/",
    "internal.config.kubernetes.io/",
    "kustomize.config.k8s.io/",
)


@dataclass(slots=True)
class _Object:
    """An object during a build; `space` is the namespace in its file, by which patches find it."""

    manifest: Manifest
    source: TreeDocument
    kind: str | None
    """The kind if Kustomize has a schema of it, None for a custom one."""
    space: object
    hashed: bool = False
    """True if its name gets a hash at the end."""
    renamed: bool = False
    """True for a Namespace that got another name; patches may select it by the first one."""

    @classmethod
    def of(cls, document: TreeDocument) -> _Object:
        """Return a copy of an object; raises NotDirectError if Kustomize may write it otherwise."""
        manifest = document.manifest
        if not is_object(manifest) or "name" not in mapping(manifest.get("metadata")):
            raise NotDirectError
        metadata = mapping(manifest["metadata"])
        for key in ("annotations", "labels"):
            part = metadata.get(key, {})
            if not is_mapping(part) or not all(isinstance(one, str) for one in part.values()):
                raise NotDirectError
            if any(str(name).startswith(_MARKS) for name in part):
                raise NotDirectError
        return cls(copied(manifest), document, _kind_of(manifest), metadata.get("namespace"))

    @property
    def metadata(self) -> dict[str, Any]:
        """Return its metadata."""
        return mapping(self.manifest["metadata"])

    @property
    def key(self) -> tuple[object, ...]:
        """Return what Kustomize tells objects apart by."""
        at, space = self.metadata, self.metadata.get("namespace") or ""
        return self.manifest["apiVersion"], self.manifest["kind"], at["name"], space

    @property
    def order(self) -> tuple[object, ...]:
        """Return its place in what Kustomize writes."""
        group, _, version = str(self.manifest["apiVersion"]).rpartition("/")
        kind, at = str(self.manifest["kind"]), self.metadata
        sort = "_".join((group or "~G", version, kind))
        return _RANKS.get(kind, 0), sort, f"{at.get('namespace') or '~X'}|{at['name']}"


def built(
    disk: Repository, folder: str, closure: Closure, overlay: Mapping[str, Any]
) -> list[TreeDocument] | None:
    """Return the objects of a folder, None if Kustomize has to build it."""
    if closure.strange or closure.excess or not closure.kustomized:
        return None
    lists = {each.folder: each.value for each in closure.lists}
    if closure.entries or closure.components:
        lists[folder] = {"resources": closure.entries, "components": closure.components}
    try:
        home = closure.lists[0].place() if closure.lists else Location("", 1)
        made = _Build(disk, lists, home).folder(folder)
        if overlay:
            _transform(disk, "", overlay, made)
        _add_hashes(made)
    except (NotDirectError, RecursionError):
        return None
    made.sort(key=lambda each: each.order)
    return [replace(each.source, manifest=each.manifest) for each in made]


class _Build:
    """A build of the lists of some folders."""

    def __init__(
        self, disk: Repository, lists: Mapping[str, Mapping[str, Any]], home: Location
    ) -> None:
        self._disk = disk
        self._lists = lists
        self._home = home

    def folder(self, folder: str) -> list[_Object]:
        """Return the objects of one folder."""
        found: list[_Object] = []
        self._add(folder, found, "Kustomization")
        if not found:
            raise NotDirectError
        return found

    def _add(self, folder: str, found: list[_Object], kind: str) -> None:
        """Add the objects of a list, and change all that are there, as components do."""
        value = self._lists.get(folder)
        if value is None or not _is_direct(value, kind):
            raise NotDirectError
        for entry in (*sequence(value.get("resources")), *sequence(value.get("bases"))):
            path = join(folder, str(entry))
            if path in self._lists:
                found += self.folder(path)
            else:
                found += self._file(path)
        for manifest, is_hashed in generated_maps(self._disk, folder, value):
            made = _Object.of(TreeDocument(manifest, self._home))
            made.hashed = is_hashed
            found.append(made)
        for entry in sequence(value.get("components")):
            self._add(join(folder, str(entry)), found, "Component")
        _refuse_twins(found)
        _transform(self._disk, folder, value, found)

    def _file(self, path: str) -> Iterator[_Object]:
        documents = self._disk.reading(path).documents
        folded = has_folded(_text(self._disk, "", path))
        for each in documents:
            if folded and _has_lines(each.manifest):
                raise NotDirectError
            yield _Object.of(each)


def _has_lines(value: Any) -> bool:
    if is_mapping(value):
        return any(map(_has_lines, value.values()))
    if is_list(value):
        return any(map(_has_lines, value))
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _is_direct(value: Mapping[str, Any], kind: str) -> bool:
    version = str(value.get("apiVersion", _API))
    fields = {key for key, part in value.items() if part is not None}
    return value.get("kind", kind) == kind and version.startswith(_API) and fields <= _FIELDS


def _kind_of(manifest: Manifest) -> str | None:
    group = group_of(str(manifest["apiVersion"]))
    if group not in _BUILT_IN:
        return None
    kind = str(manifest["kind"])
    spec = mapping(manifest.get("spec"))
    if kind == "CustomResourceDefinition" and "conversion" not in spec:
        return kind
    if kind not in _NAMESPACED | _CLUSTER_WIDE | {"Namespace"}:
        raise NotDirectError
    return kind


def _refuse_twins(found: Iterable[_Object]) -> None:
    if any(count > 1 for count in Counter(each.key for each in found).values()):
        raise NotDirectError


def _add_hashes(found: Iterable[_Object]) -> None:
    """Add hashes to names, where no object can have a reference that Kustomize would change."""
    hashed = [each for each in found if each.hashed]
    if hashed and any(each.kind in _REFERRING for each in found):
        raise NotDirectError
    for each in hashed:
        each.metadata["name"] = hashed_name(each.manifest)


def _transform(
    disk: Repository, folder: str, value: Mapping[str, Any], found: list[_Object]
) -> None:
    """Change objects in place, in the order of Kustomize."""
    for each in map(str, sequence(value.get("patchesStrategicMerge"))):
        _patch(each if "\n" in each else _text(disk, folder, each), {}, found)
    for entry in map(mapping, sequence(value.get("patches"))):
        target = entry.get("target")
        if not entry.keys() <= _PATCH or not (target is None or is_mapping(target)):
            raise NotDirectError
        if ("patch" in entry) == ("path" in entry):
            raise NotDirectError
        text = entry["patch"] if "patch" in entry else _text(disk, folder, entry["path"])
        _patch(str(text), target or {}, found)
    if namespace := value.get("namespace"):
        _set_namespace(str(namespace), found)
    for entry in map(mapping, sequence(value.get("labels"))):
        if not entry.keys() <= _LABELS or any(entry.get(key) for key in _LABELS - {"pairs"}):
            raise NotDirectError
        _add_labels(mapping(entry.get("pairs")), found)
    _refuse_twins(found)


def _text(disk: Repository, folder: str, entry: object) -> str:
    try:
        return disk.text(join(folder, str(entry)))
    except OSError:
        raise NotDirectError from None


def _patch(text: str, target: Mapping[str, Any], found: Sequence[_Object]) -> None:
    documents = patch_documents(text)
    if not documents or (target and len(documents) > 1):
        raise NotDirectError
    for document in documents:
        if is_mapping(document) and is_object(document):
            for each in _selected(target, found) if target else _named(document, found):
                if each.kind is not None:
                    raise NotDirectError
                merge(each.manifest, document)
        elif is_list(document) and target:
            for each in _selected(target, found):
                apply_operations(each.manifest, document)
        else:
            raise NotDirectError


def _selected(target: Mapping[str, Any], found: Sequence[_Object]) -> list[_Object]:
    if target.get("name") and any(each.renamed for each in found):
        raise NotDirectError
    names = selected(target, [each.manifest for each in found])
    return [each for each in found if any(each.manifest is one for one in names)]


def _named(patch: Manifest, found: Sequence[_Object]) -> list[_Object]:
    """Return the only object of a patch's kind and name, if neither has a namespace written."""
    metadata = mapping(patch.get("metadata"))
    key = (patch.get("apiVersion"), patch.get("kind"), metadata.get("name"))
    same = [each for each in found if each.key[:3] == key]
    if len(same) != 1 or same[0].space is not None or metadata.get("namespace") is not None:
        raise NotDirectError
    return same


def _set_namespace(namespace: str, found: Iterable[_Object]) -> None:
    for each in found:
        if each.kind == "Namespace":
            each.renamed |= each.metadata["name"] != namespace
            each.metadata["name"] = namespace
        if each.kind is None or each.kind in _NAMESPACED:
            each.metadata["namespace"] = namespace


def _add_labels(pairs: Mapping[str, Any], found: Iterable[_Object]) -> None:
    if not all(isinstance(each, str) for each in pairs.values()):
        raise NotDirectError
    for each in found if pairs else ():
        each.metadata.setdefault("labels", {}).update(pairs)
