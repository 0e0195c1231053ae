"""A repository of plain YAML becomes a tree for each of its clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kubestrata.gitops.disk import Disk, below
from kubestrata.gitops.document import Document, Reading, is_object, read
from kubestrata.gitops.file_list import NAMES
from kubestrata.gitops.provided import providers
from kubestrata.gitops.reader import Cluster, Renderer
from kubestrata.gitops.roots import Root, roots_of
from kubestrata.gitops.variables import variables_of
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Place

_NOT_APPLIED = (
    "kustomize.config.k8s.io/",
    "kind.x-k8s.io/",
    "k3d.io/",
    "eksctl.io/",
    "ctlptl.dev/",
)


def from_folder(folder: Path, root: str | None = None, kubernetes: str = "") -> list[ClusterTree]:
    """The clusters of a repository that Flux or Argo CD delivers, read and rendered.

    `root` names the folder where the only cluster begins, if it is not to be found. Nothing in
    the folder is run, nothing is fetched; what is wrong with it is in the trees' `faults`.
    """
    disk = Disk(Path(folder))
    files = {path: _read(disk, path) for path in disk.yaml_files()}
    renderer = Renderer(disk)
    roots = roots_of(renderer, files, root)
    trees: list[ClusterTree] = []
    reached: set[str] = set()
    for each in roots:
        cluster = Cluster(renderer)
        cluster.start(each.folder)
        reached |= cluster.reached
        trees.append(_tree(each, cluster, kubernetes))
    orphans = [] if root is not None else list(_orphans(disk, files, reached))
    return [
        replace(tree, orphans=[one for one in orphans if _home(one, roots) == index])
        for index, tree in enumerate(trees)
    ]


def _read(disk: Disk, path: str) -> Reading:
    text = disk.text(path)
    return Reading(()) if text is None else read(text, path)


def _tree(root: Root, cluster: Cluster, kubernetes: str) -> ClusterTree:
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


def _home(place: Place, roots: list[Root]) -> int:
    """Which cluster is told of an orphan: the one whose folder is nearest, else the first."""
    homes = [each.folder.rpartition("/")[0] or each.folder for each in roots]
    fitting = [
        (len(home), -index)
        for index, (home, each) in enumerate(zip(homes, roots, strict=True))
        if below(place.file, each.folder)
    ]
    return -max(fitting)[1] if fitting else 0


def _orphans(disk: Disk, files: Mapping[str, Reading], reached: set[str]) -> Iterator[Place]:
    """Files that nothing applies, in those folders at the top of which something is applied."""
    tops = {path.partition("/")[0] if "/" in path else "" for path in reached}
    charts = {path.rpartition("/")[0] for path in files if path.endswith("Chart.yaml")}
    for path, reading in files.items():
        if path in reached or any(below(path, chart) for chart in charts if chart):
            continue
        if path.rpartition("/")[2] in NAMES or not any(below(path, top) for top in tops):
            continue
        applied = [each for each in reading.documents if _is_applied(each)]
        if applied and disk.is_file(path):
            yield applied[0].place


def _is_applied(document: Document) -> bool:
    version = str(document.manifest.get("apiVersion"))
    return is_object(document.manifest) and not version.startswith(_NOT_APPLIED)
