"""Trees of the clusters in a repository of plain YAML."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping
from kubestrata.gitops.artifact_base import inferred_bases
from kubestrata.gitops.before import Before, installed_before
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.cluster_name import named
from kubestrata.gitops.disk import below, is_aside, join, parents
from kubestrata.gitops.document import Reading, Repository, TreeDocument, is_object
from kubestrata.gitops.file_list import NAMES
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.helmfile import (
    charts_without_crds,
    helmfile_releases,
    missing_files,
    of_cluster,
)
from kubestrata.gitops.kubernetes_version import kubernetes_version
from kubestrata.gitops.list_walk import closure_of
from kubestrata.gitops.maybe_applied import maybe_applied
from kubestrata.gitops.patch_target import unmatched
from kubestrata.gitops.provided import providers
from kubestrata.gitops.reader import ClusterReader, Start
from kubestrata.gitops.roots import Roots
from kubestrata.gitops.source import Sources, pushed_artifacts, rare_sources
from kubestrata.gitops.terraform_module import modules_of
from kubestrata.gitops.variables import Known, made_names, variables_of
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.helmfile_release import HelmfileRelease
from kubestrata.rules.machine_config import MachineDocument, is_machine_document
from kubestrata.rules.subject import ClusterTree, Listed, Orphans, Subject, Unchecked
from kubestrata.rules.violation import Finding, Location, Severity

_NOT_APPLIED = (
    "kustomize.config.k8s.io/",
    "kind.x-k8s.io/",
    "k3d.io/",
    "eksctl.io/",
    "ctlptl.dev/",
)
_CRD = "CustomResourceDefinition"
_MOST_READINGS = 4
"""A source of variables may be read after what it fills, which may be another such source."""


def from_folder(folder: Path, roots: Sequence[str] = (), kubernetes: str = "") -> list[ClusterTree]:
    """Return the rendered trees of the clusters in a repository for Flux or Argo CD.

    `roots` are the folders where clusters begin, if they cannot be detected. Nothing in the folder
    is run and nothing is fetched; problems are in the `faults` of the trees.
    """
    repository = _Repository(Repository(Path(folder)))
    clusters = _clusters(repository, roots)
    names = [each.start.name for each in clusters]
    unapplied = repository.unapplied(clusters)
    trees: list[ClusterTree] = []
    for number, cluster in enumerate(clusters):
        alone = len(clusters) == 1
        version = kubernetes or repository.kubernetes(cluster.start.name, alone=alone)
        tree = repository.tree(cluster, version, names)
        tree = dataclasses.replace(
            tree, orphans=repository.orphans(clusters, number), unapplied=unapplied
        )
        trees.append(tree if number else _with_unread(repository, clusters, tree))
    for full, other in _named_others(clusters):
        tree = repository.tree(_Cluster(Start(full, ()), other), kubernetes, names)
        trees.append(dataclasses.replace(tree, unapplied=unapplied))
    return trees


def _clusters(repository: _Repository, roots: Sequence[str]) -> list[_Cluster]:
    """Return the clusters that begin in the repository, with their names."""
    found = Roots(
        repository.renderer,
        repository.files,
        repository.declared,
        repository.pushed,
        repository.rare,
    )
    starts = found.given(roots) if roots else found.certain()
    clusters = [repository.cluster(each) for each in starts]
    if not roots:
        reached = {path for each in clusters for path in _reached(each)}
        if found.is_minor([each.start for each in clusters], reached):
            clusters, reached = [], set[str]()
        taken = {identity for each in clusters for identity in each.reader.units}
        followed = {folder for each in clusters for folder in each.reader.followed}
        others = [repository.cluster(each) for each in found.others(reached, taken, followed)]
        clusters += repository.certain(others)
    starts = named([each.start for each in clusters], repository.disk.root.name)
    for each, start in zip(clusters, starts, strict=True):
        each.start = start
    return clusters


def _with_unread(
    repository: _Repository, clusters: list[_Cluster], tree: ClusterTree
) -> ClusterTree:
    """Return the tree of the first cluster, with the files that belong to none."""
    listed, faults = repository.unreached(clusters)
    return dataclasses.replace(
        tree,
        unchecked=[*tree.unchecked, *repository.unread(clusters)],
        unreached=listed,
        listed=[*tree.listed, *missing_files(repository.disk, repository.files)],
        faults=[*tree.faults, *faults],
    )


def _named_others(clusters: Sequence[_Cluster]) -> Iterator[tuple[str, ClusterReader]]:
    """Yield the clusters to which others deliver, each with a name of its own."""
    taken = {each.start.name for each in clusters}
    for each in clusters:
        for name, other in sorted(each.reader.others.items()):
            full = name if name not in taken else f"{each.start.name}/{name}"
            taken.add(full)
            yield full, other


@dataclass
class _Cluster:
    start: Start
    reader: ClusterReader

    @property
    def perhaps(self) -> set[str]:
        """The folders of which it is not known what is applied."""
        return self.reader.perhaps


def _is_object(document: TreeDocument) -> bool:
    return is_object(document.manifest)


@dataclass
class _Repository:
    disk: Repository
    files: Mapping[str, Reading] = field(init=False)
    renderer: FolderBuilder = field(init=False)
    before: Before = field(init=False)
    machines: Sequence[MachineDocument] = field(init=False)
    early: Sequence[HelmfileRelease] = field(init=False)
    pushed: Mapping[str, str] = field(init=False)
    declared: dict[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    _made: frozenset[str] = frozenset()
    rare: frozenset[Identity] = frozenset()
    _scopes: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])

    def __post_init__(self) -> None:
        self.files = {path: self.disk.reading(path) for path in self.disk.yaml_files()}
        self.renderer = FolderBuilder(self.disk)
        self.before = installed_before(
            self.files, self.disk.scripts(), self.disk.bootstrap_templates()
        )
        documents = [each for reading in self.files.values() for each in reading.documents]
        for each in documents:
            self._index(each)
        self._made = made_names(each.manifest for each in documents)
        self.machines = [
            MachineDocument(each.manifest, each.place)
            for each in documents
            if not each.encrypted and is_machine_document(each.manifest)
        ]
        self.early = list(helmfile_releases(self.disk, self.files))
        objects = [each.manifest for each in documents if is_object(each.manifest)]
        self.rare = rare_sources(objects)
        inferred = inferred_bases(self.disk, self.declared, filter(_is_object, documents))
        self.pushed = {**inferred, **pushed_artifacts(self.disk.workflows())}

    def _index(self, document: TreeDocument) -> None:
        manifest = document.manifest
        if not is_object(manifest):
            return
        if manifest["kind"] == _CRD:
            spec = mapping(manifest.get("spec"))
            kind = (str(spec.get("group")), str(mapping(spec.get("names")).get("kind")))
            self._scopes[kind] = spec.get("scope") != "Cluster"
        elif str(manifest["apiVersion"]).startswith(f"{SOURCE}/"):
            identity = identity_of(manifest)
            made = Subject(identity, manifest, document.place, None, document.place.file)
            self.declared.setdefault(identity, made)

    def cluster(self, start: Start) -> _Cluster:
        """Read a cluster, again if its variables were read after the objects that use them."""
        known = Known(made=self._made)
        reader = self._reader(known)
        for _ in range(_MOST_READINGS):
            reader = self._reader(known)
            reader.start(start)
            if not known.missed.intersection(reader.by_identity):
                break
            known = Known(reader.by_identity, self._made)
        if start.owner is None and not any(each.objects for each in reader.units.values()):
            # Nothing is delivered: somebody may have left it, or fill in its paths.
            reader.faults = [
                replace(each, severity=Severity.WARNING) if each.path.endswith("path") else each
                for each in reader.faults
            ]
        return _Cluster(start, reader)

    def certain(self, clusters: Sequence[_Cluster]) -> list[_Cluster]:
        """Return the clusters, without those of folders that another one may apply."""
        perhaps = [(number, one) for number, each in enumerate(clusters) for one in each.perhaps]
        return [
            each
            for number, each in enumerate(clusters)
            if not any(
                number != other and all(below(one, folder) for one in each.start.folders)
                for other, folder in perhaps
            )
        ]

    def _reader(self, known: Known) -> ClusterReader:
        sources = Sources(self.declared, self.pushed, self.rare)
        return ClusterReader(self.renderer, sources, known, self._scopes)

    def kubernetes(self, name: str, *, alone: bool) -> str:
        """Return the Kubernetes version that the files of a cluster install, '' if unknown."""
        return kubernetes_version(self.files, name, alone=alone)

    def tree(self, cluster: _Cluster, kubernetes: str, names: Sequence[str]) -> ClusterTree:
        """Return the tree of a cluster; `names` are those of all clusters."""
        reader = cluster.reader
        tree = ClusterTree(
            cluster.start.name,
            kubernetes,
            reader.subjects,
            reader.units,
            unchecked=reader.unchecked,
            listed=reader.listed,
            unreplaced=reader.unreplaced,
            faults=reader.faults,
            unexpanded=reader.unexpanded,
            own_repository=reader.own_repository,
        )
        provides, given = providers(tree)
        own = self.before.of_cluster(tree.name, names)
        machines = [each for each in self.machines if _owner_of(each, names) == tree.name]
        early = of_cluster(self.early, tree.name, names)
        before = own.groups(tree, charts_without_crds(early, tree.knowledge))
        provides = {group: one for group, one in provides.items() if group not in before}
        if reader.is_partial:
            what = f"cluster {tree.name}"
            note = Unchecked(what, "what else is in it is not known", _first(tree.subjects))
            given |= {each.identity.group for each in tree.subjects}
            tree = dataclasses.replace(tree, unchecked=[*tree.unchecked, note])
        return dataclasses.replace(
            tree,
            provides=provides,
            given_groups=given | before,
            variables=variables_of(tree),
            machines=machines,
            modules=modules_of(self.disk, tree),
            early_releases=early,
            early_addresses=own.addresses,
            external=own.external | reader.unbuilt | set(_bootstrapped(reader)),
        )

    def orphans(self, clusters: Sequence[_Cluster], number: int) -> list[Orphans]:
        """Return what no cluster applies, below the folders that one cluster applies completely.

        A folder with nothing that is applied is one entry, whatever is in it.
        """
        reached = {path for each in clusters for path in _reached(each)}
        folders = {path for each in clusters for path in each.perhaps}
        reached |= maybe_applied(self.disk, self.files, folders) if folders else set()
        reached |= {path for each in clusters for path in _excluded(each)}
        used = {folder for path in reached for folder in parents(path)}
        charts = {path.rpartition("/")[0] for path in self.files if path.endswith("Chart.yaml")}
        found: dict[str, list[Location]] = {}
        for path, reading in self.files.items():
            aside = path.rpartition("/")[2] in NAMES or is_aside(path)
            if path in reached or aside or charts.intersection([*parents(path), ""]):
                continue
            applied = [each for each in reading.documents if _is_applied(each)]
            if applied and self.disk.is_file(path) and self._is_below(path, clusters, number):
                unused = [each for each in parents(path) if each not in used]
                found.setdefault(unused[-1] if unused else path, []).append(applied[0].place)
        return [Orphans(folder, tuple(places)) for folder, places in found.items()]

    def unapplied(self, clusters: Sequence[_Cluster]) -> frozenset[tuple[str, str, str]]:
        """Return the objects that no cluster applies, without those that G07 reports."""
        reached = {path for each in clusters for path in _reached(each)}
        charts = {path.rpartition("/")[0] for path in self.files if path.endswith("Chart.yaml")}
        followed = {
            folder
            for each in clusters
            for one in (each.reader, *each.reader.others.values())
            for folder in one.followed
        }
        return frozenset(
            (identity.group, identity.kind, identity.name)
            for path, reading in self.files.items()
            if path not in reached and not is_aside(path)
            if followed.isdisjoint(["", *parents(path)])
            if charts.isdisjoint(["", *parents(path)]) or self._is_beside_chart(path)
            for each in reading.documents
            if _is_applied(each)
            for identity in (identity_of(each.manifest),)
        )

    def _is_beside_chart(self, path: str) -> bool:
        """Return True for a file that a list names in the folder of a chart, beside the chart."""
        folder = path.rpartition("/")[0]
        return (
            list_of(self.disk, folder) is not None and path in closure_of(self.disk, folder).files
        )

    def _is_below(self, path: str, clusters: Sequence[_Cluster], number: int) -> bool:
        """Return True if the first cluster that applies a folder above a file is this one."""
        for index, each in enumerate(clusters):
            readers = (each.reader, *each.reader.others.values())
            if any(below(path, folder) for one in readers for folder in one.followed):
                return index == number
        return False

    def unreached(self, clusters: Sequence[_Cluster]) -> tuple[list[Listed], list[Finding]]:
        """Return the problems of lists that no cluster reads."""
        reached = {path for each in clusters for path in _reached(each)}
        charts = {path.rpartition("/")[0] for path in self.files if path.endswith("Chart.yaml")}
        listed: dict[Listed, None] = {}
        faults: dict[Finding, None] = {}
        for path in sorted(self.files, key=lambda each: each.count("/")):
            folder, _, name = path.rpartition("/")
            if name not in NAMES or path in reached or is_aside(path):
                continue
            if not charts.intersection([folder, *parents(path)]):
                closure = closure_of(self.disk, folder)
                reached |= closure.files
                listed |= dict.fromkeys([*closure.listed, *unmatched(closure, None)])
                # Nothing of the cluster fails by a list that no cluster reads.
                below = (replace(each, severity=Severity.WARNING) for each in closure.faults)
                faults |= dict.fromkeys(below)
        known = {each for one in clusters for each in one.reader.listed}
        reported = {
            replace(each, severity=Severity.WARNING)
            for one in clusters
            for each in one.reader.faults
        }
        return [each for each in listed if each not in known], [
            each for each in faults if each not in reported
        ]

    def unread(self, clusters: Sequence[_Cluster]) -> Iterator[Unchecked]:
        """Yield folders that could not be listed, and unused files that are not text."""
        reached = {path for each in clusters for path in _reached(each)}
        for folder, why in self.disk.unread.items():
            what = f"folder {folder or '.'}"
            yield Unchecked(what, f"cannot be listed: {why}", Location(folder, 1))
        for path, reading in self.files.items():
            if path not in reached and not reading.text:
                yield Unchecked(path, reading.faults[0].message, reading.faults[0].place)


def _bootstrapped(reader: ClusterReader) -> Iterator[Identity]:
    """Yield sources that most Kustomizations use and the tree does not declare.

    A bootstrap makes them: without them the cluster would apply nothing.
    """
    uses = Counter(
        reader.sources.reference(unit.subject)
        for unit in reader.units.values()
        if unit.subject.spec.get("sourceRef")
    )
    for reference, count in uses.items():
        if reference not in reader.by_identity and count > 1 and count * 2 > len(reader.units):
            yield reference


def _owner_of(document: MachineDocument, names: Sequence[str]) -> str:
    """Return the cluster in whose folder a document is, else the first one."""
    folders = document.place.file.split("/")[:-1]
    return next((each for each in names if each in folders), names[0])


def _reached(cluster: _Cluster) -> set[str]:
    """Return the files that a cluster applies, to itself and to others."""
    others = (each.reached for each in cluster.reader.others.values())
    return cluster.reader.reached.union(*others)


def _excluded(cluster: _Cluster) -> Iterator[str]:
    """Yield the files that a list names and the artifact does not have: G16 reports them."""
    for each in cluster.reader.listed:
        if each.problem == "ignored":
            yield join(each.by.name.rpartition("/")[0], each.entry)


def _first(subjects: Sequence[Subject]) -> Location:
    return subjects[0].place if subjects else Location("", 1)


def _is_applied(document: TreeDocument) -> bool:
    version = str(document.manifest.get("apiVersion"))
    return is_object(document.manifest) and not version.startswith(_NOT_APPLIED)
