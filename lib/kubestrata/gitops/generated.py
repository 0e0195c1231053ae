"""A generated platform becomes a tree for each of its clusters, without reading its YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kubestrata.core.cluster import Cluster, ClusterHolder
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.origin import Line, shown
from kubestrata.core.written import Located, WrittenFile
from kubestrata.gitops.disk import below, join
from kubestrata.gitops.document import read
from kubestrata.gitops.provided import providers, remote_note
from kubestrata.gitops.variables import variables_of
from kubestrata.rules.api_group import KUSTOMIZE, SOURCE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.subject import ClusterTree, Subject, Unit, Unjudged
from kubestrata.rules.violation import Place

_LIST = "kustomization.yaml"
_ENTRY = "flux"


def from_platform(platform: ClusterHolder) -> list[ClusterTree]:
    """The clusters of a platform, with all that its components declare."""
    return [_declared(cluster) for cluster in platform.clusters]


def from_files(files: Iterable[WrittenFile]) -> list[ClusterTree]:
    """The clusters of derived files, whose paths begin with the cluster's name."""
    by_cluster: dict[str, list[WrittenFile]] = {}
    for file in files:
        by_cluster.setdefault(file.path.partition("/")[0], []).append(file)
    return [_judged(_Files(name, by_cluster[name]).tree()) for name in sorted(by_cluster)]


def _judged(tree: ClusterTree) -> ClusterTree:
    provides, given = providers(tree)
    return replace(tree, provides=provides, given_groups=given, variables=variables_of(tree))


def _declared(cluster: Cluster) -> ClusterTree:
    files = [replace(file, path=f"{cluster.name}/{file.path}") for file in cluster.derive()]
    tree = replace(_Files(cluster.name, files).tree(), kubernetes=cluster.kubernetes)
    provides = dict(_provisions(cluster))
    for crd in tree.of_kind("apiextensions.k8s.io", "CustomResourceDefinition"):
        provides.setdefault(str(crd.spec.get("group", "")), crd.identity)
    return replace(
        tree,
        provides=provides,
        given_groups=cluster.provided_groups,
        variables=variables_of(tree, cluster.delivery.placeholders),
        external=frozenset(_outside(tree)),
    )


def _provisions(cluster: Cluster) -> Iterator[tuple[str, Identity]]:
    ordered = sorted(
        cluster.components,
        key=lambda one: (cluster.layers.index(one.layer), one.name),
        reverse=True,
    )
    for component in ordered:
        home = Identity(KUSTOMIZE, "Kustomization", cluster.delivery.namespace, component.name)
        for provision in component.provisions:
            by = home if provision.by is None else provision.by.identity
            yield from ((group, by) for group in provision.groups)


def _outside(tree: ClusterTree) -> Iterator[Identity]:
    """What Flux' own objects name, and nothing of Flux makes."""
    for each in tree.of_kind(KUSTOMIZE, "Kustomization"):
        named = [
            {"kind": "Secret", **mapping(mapping(each.spec.get("decryption")).get("secretRef"))}
        ]
        named += [
            mapping(one)
            for one in sequence(mapping(each.spec.get("postBuild")).get("substituteFrom"))
        ]
        for one in named:
            if one.get("name"):
                yield Identity("", str(one.get("kind")), each.namespace, str(one["name"]))
    for kind in ("GitRepository", "HelmRepository", "OCIRepository"):
        for each in tree.of_kind(SOURCE, kind):
            if name := mapping(each.spec.get("secretRef")).get("name"):
                yield Identity("", "Secret", each.namespace, str(name))


class _Files:
    """The files of one cluster, by folder."""

    def __init__(self, name: str, files: Sequence[WrittenFile]) -> None:
        self._name = name
        self._lists: dict[str, WrittenFile] = {}
        self._files = {file.path: file for file in files}
        for file in files:
            folder, _, base = file.path.rpartition("/")
            if base == _LIST and file.manifest is None:
                self._lists[folder] = file

    def tree(self) -> ClusterTree:
        entry = f"{self._name}/{_ENTRY}"
        first = self._objects(entry, None)
        root = next((one for one in first if self._folder(one) == entry), None)
        unit = root.identity if root is not None else None
        objects = tuple(replace(one, unit=unit) for one in first)
        units: dict[Identity, Unit] = {}
        subjects = list(objects)
        unjudged: list[Unjudged] = []
        if root is not None:
            units[root.identity] = _unit(replace(root, unit=unit), None, objects)
        addresses = _addresses(objects)
        for one in objects:
            if one.identity.kind != "Kustomization" or one.identity == unit:
                continue
            folder = self._folder(one)
            made = self._objects(folder, one.identity) if folder is not None else ()
            subjects += made
            units[one.identity] = _unit(one, unit, made, complete=folder is not None)
            if folder is None:
                source = mapping(one.spec.get("sourceRef")).get("name")
                unjudged.append(remote_note(one, addresses.get(str(source), "")))
        return ClusterTree(self._name, "", subjects, units, unjudged=unjudged)

    def _folder(self, subject: Subject) -> str | None:
        """The folder of these files that a Kustomization applies, None for one elsewhere."""
        if subject.identity.group != KUSTOMIZE:
            return None
        parts = join("", str(subject.spec.get("path", ""))).split("/")
        tails = ("/".join(parts[cut:]) for cut in range(len(parts)))
        return next((tail for tail in tails if tail in self._lists), None)

    def _objects(self, folder: str, unit: Identity | None) -> tuple[Subject, ...]:
        listed = self._lists.get(folder)
        if listed is None:
            return ()
        made: list[Subject] = []
        value = read(listed.content.decode(), listed.path).documents[0].manifest
        for entry in sequence(value.get("resources")):
            file = self._files.get(join(folder, str(entry)))
            if file is not None and below(file.path, folder):
                made += _subjects(file, unit)
        return tuple(made)


def _addresses(objects: Iterable[Subject]) -> Mapping[str, str]:
    return {one.identity.name: str(one.spec["url"]) for one in objects if "url" in one.spec}


def _subjects(file: WrittenFile, unit: Identity | None) -> Iterator[Subject]:
    place = _place(file.origin)
    if file.manifest is not None:
        manifest: dict[str, Any] = file.manifest
        yield Subject(identity_of(manifest), manifest, place, unit, file.path)
        return
    for each in read(file.content.decode(), file.path).documents:
        identity = identity_of(each.manifest)
        yield Subject(identity, each.manifest, place, unit, file.path, each.encrypted)


def _place(origin: Located) -> Place:
    above = origin.called_from
    called_from = None if above is None else Line(shown(above.file), above.line)
    return Place(shown(origin.file), origin.line, called_from)


def _unit(
    subject: Subject,
    parent: Identity | None,
    objects: tuple[Subject, ...],
    *,
    complete: bool = True,
) -> Unit:
    return Unit(subject, depends_on(subject), parent, objects, complete)
