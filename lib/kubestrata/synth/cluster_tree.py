"""The tree of a cluster as rules check it, built without reading files again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kubestrata.core.cluster import Cluster
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.origin import Line, shown
from kubestrata.core.written import Located, WrittenFile
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.delivered import Delivered, DeliveredCluster
from kubestrata.delivery.flux import Flux
from kubestrata.gitops.document import read
from kubestrata.gitops.provided import remote_note
from kubestrata.gitops.variables import variables_of
from kubestrata.rules.api_group import ARGO, KUSTOMIZE, SOURCE
from kubestrata.rules.dependency import depends_on, in_waves
from kubestrata.rules.machine_config import MachineDocument
from kubestrata.rules.subject import ClusterTree, Declared, Subject, Unchecked, Unit
from kubestrata.rules.violation import Location


def trees_of(delivered: Delivered) -> list[ClusterTree]:
    """Return the tree of each cluster, with the declarations of its components."""
    return [_tree(each) for each in delivered.clusters]


def _tree(delivered: DeliveredCluster) -> ClusterTree:
    cluster = delivered.cluster
    tree = replace(_objects(delivered), kubernetes=cluster.kubernetes)
    provides = dict(_provisions(cluster))
    for crd in tree.of_kind("apiextensions.k8s.io", "CustomResourceDefinition"):
        provides.setdefault(str(crd.spec.get("group", "")), crd.identity)
    return replace(
        tree,
        provides=provides,
        given_groups=cluster.provided_groups,
        variables=variables_of(tree, cluster.delivery.placeholders),
        external=frozenset([*_outside(tree), *cluster.given_objects]),
        declared=tuple(_declared(cluster)),
        machines=[MachineDocument(each, _place(at)) for each, at in cluster.early_documents],
    )


def _declared(cluster: Cluster) -> Iterator[Declared]:
    """Yield what the delivery declares: variables and its repository; and given Secrets."""
    for identity, origin in cluster.given_objects.items():
        if (identity.group, identity.kind) == ("", "Secret"):
            yield Declared("secret", f"{identity.namespace}/{identity.name}", _place(origin))
    delivery = cluster.delivery
    if not isinstance(delivery, (ArgoCd, Flux)):
        return
    for source in delivery.substitute_from if isinstance(delivery, Flux) else ():
        home = str(Identity("", source.kind, delivery.namespace, source.name))
        for each in source.variables:
            yield Declared(
                "variable",
                each.name,
                _place(source.origin),
                home,
                type=each.type,
                example=each.example,
            )
    repository, place = delivery.repository, _place(delivery.origin)
    yield Declared("git-repository", repository.url, place, part=repository.branch)
    if repository.secret is not None:
        yield Declared("secret", f"{delivery.namespace}/{repository.secret}", place)


def _objects(delivered: DeliveredCluster) -> ClusterTree:
    root = None if delivered.root is None else identity_of(mapping(delivered.root.manifest))
    entry = _subjects(delivered.entry, root)
    by_identity = {each.identity: each for each in entry}
    addresses = _addresses(entry)
    units: dict[Identity, Unit] = {}
    subjects = list(entry)
    unchecked: list[Unchecked] = []
    if root is not None:
        units[root] = Unit(by_identity[root], depends_on(by_identity[root]), None, entry)
    ordered = sorted(delivered.units, key=lambda one: (one.applied_by.path, one.wave))
    appliers = [_applier(one.applied_by, by_identity, root) for one in ordered]
    subjects += [each for each in appliers if each.identity not in by_identity]
    waves = zip(appliers, ordered, strict=True)
    after_wave = in_waves({each.identity: unit.wave for each, unit in waves if unit.wave})
    for unit, applied_by in zip(ordered, appliers, strict=True):
        made = _subjects(unit.files or (), applied_by.identity)
        subjects += made
        after = after_wave.get(applied_by.identity, depends_on(applied_by))
        is_known = unit.files is not None
        units[applied_by.identity] = Unit(applied_by, after, root, made, is_known)
        if not is_known:
            unchecked.append(remote_note(applied_by, *_remote(applied_by, addresses)))
    return ClusterTree(delivered.name, "", subjects, units, unchecked=unchecked, generated=True)


def _applier(
    file: WrittenFile, entry: Mapping[Identity, Subject], root: Identity | None
) -> Subject:
    """Return the object of a unit; an ApplicationSet may make it, so that it has no file."""
    manifest = mapping(file.manifest)
    identity = identity_of(manifest)
    return entry.get(identity) or Subject(identity, manifest, _place(file.origin), root)


def _subjects(files: Iterable[WrittenFile], unit: Identity | None) -> tuple[Subject, ...]:
    """Return the objects of files, by path."""
    ordered = sorted(files, key=lambda file: file.path)
    return tuple(each for file in ordered for each in _in_file(file, unit))


def _in_file(file: WrittenFile, unit: Identity | None) -> Iterator[Subject]:
    place = _place(file.origin)
    if file.manifest is not None:
        yield Subject(identity_of(file.manifest), file.manifest, place, unit, file.path)
        return
    # A file that is passed through: its objects are known from its text alone.
    for each in read(file.content.decode(), file.path).documents:
        identity = identity_of(each.manifest)
        yield Subject(identity, each.manifest, place, unit, file.path, each.encrypted)


def _place(origin: Located) -> Location:
    above = origin.called_from
    called_from = None if above is None else Line(shown(above.file), above.line)
    return Location(shown(origin.file), origin.line, called_from)


def _remote(unit: Subject, addresses: Mapping[str, str]) -> tuple[str, str]:
    """Return the address and the path of a folder in another repository."""
    if unit.identity.group == ARGO:
        source = mapping(unit.spec.get("source"))
        return str(source.get("repoURL", "")), str(source.get("path", ""))
    named = mapping(unit.spec.get("sourceRef")).get("name")
    return addresses.get(str(named), ""), str(unit.spec.get("path", ""))


def _addresses(objects: Iterable[Subject]) -> Mapping[str, str]:
    return {one.identity.name: str(one.spec["url"]) for one in objects if "url" in one.spec}


def _provisions(cluster: Cluster) -> Iterator[tuple[str, Identity]]:
    ordered = sorted(
        cluster.components,
        key=lambda one: (cluster.layers.index(one.layer), one.name),
        reverse=True,
    )
    for component in ordered:
        home = _unit_identity(cluster, component.name)
        is_argo = isinstance(cluster.delivery, ArgoCd)
        for provision in component.provisions:
            by = home if provision.by is None or is_argo else provision.by
            yield from ((group, by) for group in provision.groups)


def _unit_identity(cluster: Cluster, name: str) -> Identity:
    """Return the identity of the Kustomization or Application of a unit."""
    delivery = cluster.delivery
    if isinstance(delivery, ArgoCd):
        return Identity(ARGO, "Application", delivery.namespace, delivery.prefix + name)
    return Identity(KUSTOMIZE, "Kustomization", delivery.namespace, name)


def _outside(tree: ClusterTree) -> Iterator[Identity]:
    """Yield objects that Flux refers to and that exist outside the tree."""
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
