"""Trees of the clusters in a repository of plain YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kubestrata.gitops.disk import parents
from kubestrata.gitops.document import Reading, Repository, TreeDocument, is_object
from kubestrata.gitops.file_list import NAMES
from kubestrata.gitops.provided import providers
from kubestrata.gitops.reader import ClusterReader, Renderer
from kubestrata.gitops.roots import Root, roots_of
from kubestrata.gitops.variables import variables_of
from kubestrata.rules.subject import ClusterTree, Unjudged
from kubestrata.rules.violation import Location

_NOT_APPLIED = (
    "kustomize.config.k8s.io/",
    "kind.x-k8s.io/",
    "k3d.io/",
    "eksctl.io/",
    "ctlptl.dev/",
)


def from_folder(folder: Path, root: str | None = None, kubernetes: str = "") -> list[ClusterTree]:
    """Return the rendered trees of the clusters in a repository for Flux or Argo CD.

    `root` is the folder where the only cluster begins, if it cannot be detected. Nothing in the
    folder is run and nothing is fetched; problems are in the `faults` of the trees.
    """
    disk = Repository(Path(folder))
    files = {path: disk.reading(path) for path in disk.yaml_files()}
    renderer = Renderer(disk)
    roots = roots_of(renderer, files, root)
    trees: list[ClusterTree] = []
    reached: set[str] = set()
    for each in roots:
        cluster = ClusterReader(renderer)
        cluster.start(each.folder)
        reached |= cluster.reached
        trees.append(_tree(each, cluster, kubernetes))
    orphans = [] if root is not None else list(_orphans(disk, files, reached))
    by_home: dict[int, list[Location]] = {}
    homes = _Homes(roots)
    for place in orphans:
        by_home.setdefault(homes.of(place.file), []).append(place)
    unread = [] if root is not None else list(_unread(disk, files, reached))
    return [
        replace(
            tree,
            orphans=by_home.get(index, []),
            unjudged=[*tree.unjudged, *unread] if index == 0 else tree.unjudged,
        )
        for index, tree in enumerate(trees)
    ]


def _unread(
    disk: Repository, files: Mapping[str, Reading], reached: set[str]
) -> Iterator[Unjudged]:
    """Yield folders that could not be listed, and unused files that are not text."""
    for folder, why in disk.unread.items():
        yield Unjudged(f"folder {folder or '.'}", f"cannot be listed: {why}", Location(folder, 1))
    for path, reading in files.items():
        if path not in reached and not reading.text:
            yield Unjudged(path, reading.faults[0].message, reading.faults[0].place)


def _tree(root: Root, cluster: ClusterReader, kubernetes: str) -> ClusterTree:
    tree = ClusterTree(
        root.name,
        kubernetes,
        cluster.subjects,
        cluster.units,
        unjudged=cluster.unjudged,
        listed=cluster.listed,
        faults=cluster.faults,
    )
    provides, given = providers(tree)
    return replace(tree, provides=provides, given_groups=given, variables=variables_of(tree))


class _Homes:
    """The clusters by folder, to report an orphan for the nearest one, else for the first."""

    def __init__(self, roots: list[Root]) -> None:
        self._by_folder: dict[str, int] = {}
        for index, each in enumerate(roots):
            self._by_folder.setdefault(each.folder.rpartition("/")[0] or each.folder, index)

    def of(self, file: str) -> int:
        folder = file
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._by_folder:
                return self._by_folder[folder]
        return 0


def _orphans(
    disk: Repository, files: Mapping[str, Reading], reached: set[str]
) -> Iterator[Location]:
    """Yield files that nothing applies, in top-level folders with something that is applied."""
    tops = {path.partition("/")[0] if "/" in path else "" for path in reached}
    charts = {path.rpartition("/")[0] for path in files if path.endswith("Chart.yaml")} - {""}
    for path, reading in files.items():
        if path in reached or any(folder in charts for folder in parents(path)):
            continue
        if path.rpartition("/")[2] in NAMES or not tops & {"", path, *parents(path)}:
            continue
        applied = [each for each in reading.documents if _is_applied(each)]
        if applied and disk.is_file(path):
            yield applied[0].place


def _is_applied(document: TreeDocument) -> bool:
    version = str(document.manifest.get("apiVersion"))
    return is_object(document.manifest) and not version.startswith(_NOT_APPLIED)
