"""Writes docs/reference/components.md: the components of this repository, and their clusters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kubestrata import Component, Frozen, Image
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.workload.pod import containers
from kubestrata.synth.release_tree import release_trees
from main import build

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "components.md"
_CHARTS = "charts"
_CLUSTERS = "Parts of single clusters"
LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")
# A chart for any image: the image says what runs.
_GENERIC = "app-template"
_SHORT = 7
_GROUPS = ("apps", "batch", HELM)

_HEAD = """\
# Components

Components of `charts/`, and the clusters of this repository that run them. Written by `make docs` \
from `main.py`.

A row is a class, linked to its module; a component without a class of its own is named as in the \
cluster. A cell has the name of the component in the cluster, and the version of its chart, of its \
remote manifests, or the tag of its image. Rows are sorted by these names, so that classes of one \
program are next to each other. Folders of `charts/` are layers; a cluster with fewer layers \
deploys a component in another one.
"""


class Version(NamedTuple):
    """A chart, an image or a repository, and its version."""

    name: str
    text: str


class Row(Frozen):
    """A class of components; `cells` has the instances by cluster."""

    name: str
    module: str
    cells: Mapping[str, Sequence[str]]

    @property
    def folder(self) -> str:
        """Return the folder in `charts/`, which is a layer."""
        return self.module.split("/")[1]

    @property
    def order(self) -> tuple[str, str]:
        """Return the first name of an instance, and the class."""
        return min(text for texts in self.cells.values() for text in texts), self.name


def _module(component: Component) -> str:
    return str(Path(inspect.getfile(type(component))).resolve().relative_to(ROOT))


def class_of(component: Component) -> tuple[str, str]:
    """Return the class of a component and its module; that of a plain one is where it is used."""
    module = _module(component)
    if module.startswith(f"{_CHARTS}/"):
        return type(component).__name__, module
    path = Path(component.origin.file)
    return component.name, str(path.relative_to(ROOT) if path.is_absolute() else path)


def _version_of(text: str) -> Version:
    image = Image(text)
    tag = image.tag or (image.digest or "").partition(":")[2][:_SHORT]
    return Version(image.repository.rpartition("/")[2], tag)


def _generic(release: Subject) -> Iterator[Version]:
    """Yield the images in the values of the generic chart."""
    for controller in mapping(mapping(release.spec.get("values")).get("controllers")).values():
        for container in mapping(mapping(controller).get("containers")).values():
            image = mapping(mapping(container).get("image"))
            name = str(image.get("repository", "")).rpartition("/")[2]
            yield Version(name, str(image.get("tag", "")))


def _versions(component: Component, tree: ClusterTree) -> Iterator[Version]:
    """Yield the versions of a component: of its source, of its workloads, of its charts."""
    if component.source is not None:
        text = component.source.tag or (component.source.commit or "")[:_SHORT]
        yield Version(component.name, text)
    charts: list[Version] = []
    for written in component.rendered():
        if written.identity.group not in _GROUPS:
            continue
        subject = tree.by_identity[written.identity]
        if written.identity.kind == "HelmRelease":
            chart = chart_of(tree, subject)
            if chart is not None and chart.name == _GENERIC:
                yield from _generic(subject)
            elif chart is not None:
                charts.append(Version(chart.name, chart.version))
        else:
            for path, body in containers(subject):
                if path.endswith(".containers[0]"):
                    yield _version_of(str(body["image"]))
    yield from charts


def _text(component: Component, tree: ClusterTree) -> str:
    """Return the name of a component with its version, and the names of other programs."""
    name = component.name
    match list(dict.fromkeys(_versions(component, tree))):
        case []:
            return name
        case [only] if only.name in name or name in only.name:
            return f"{name} {only.text}"
        case found:
            return f"{name}: {', '.join(' '.join(each) for each in found)}"


def rows() -> list[Row]:
    """Return a row for each class."""
    platform = build()
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for cluster, tree in zip(platform.clusters, release_trees(platform), strict=True):
        for component in cluster.components:
            cells = found.setdefault(class_of(component), {})
            cells.setdefault(cluster.name, []).append(_text(component, tree))
    return [Row(name, module, cells) for (name, module), cells in found.items()]


def _table(title: str, members: Sequence[Row], clusters: Sequence[str]) -> Iterator[str]:
    yield f"\n## {title}\n\n| component | {' | '.join(clusters)} |\n"
    yield f"| --- |{' --- |' * len(clusters)}\n"
    for row in sorted(members, key=lambda each: each.order):
        cells = ("<br>".join(sorted(row.cells.get(name, ()))) for name in clusters)
        yield f"| [{row.name}](../../{row.module}) | {' | '.join(cells)} |\n"


def page() -> str:
    """Return the text of the page."""
    every = rows()
    clusters = sorted({name for row in every for name in row.cells})
    parts = [_HEAD]
    for layer in LAYERS:
        members = [row for row in every if row.folder == layer]
        parts += _table(layer.capitalize(), members, clusters)
    rest = [row for row in every if row.folder not in LAYERS]
    parts += _table(_CLUSTERS, rest, clusters)
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
