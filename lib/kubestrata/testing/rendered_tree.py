"""Rendering of components and clusters for tests, and lookups of rendered objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import Manifest
from kubestrata.core.resource import Resource
from kubestrata.core.waiver import Waiver
from kubestrata.core.yaml_text import dump_all
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.testing.fake_cluster import FakeCluster, full_cluster
from kubestrata.testing.labelled_pod import labelled_pod
from kubestrata.testing.tree_object import TreeObject, nearest

Kind: TypeAlias = type[Resource] | str
"""A class of the bindings, or a kind as text: `Deployment`, `Cluster.postgresql.cnpg.io`."""

Renderable: TypeAlias = Component | Cluster | Callable[[Cluster], object]


@dataclass(frozen=True)
class RenderedTree:
    """Rendered objects, by identity, and the tree of their cluster as rules see it."""

    objects: Sequence[TreeObject]
    waivers: Sequence[Waiver] = field(repr=False)
    derive: Callable[[], ClusterTree] = field(repr=False, compare=False)

    @cached_property
    def tree(self) -> ClusterTree:
        """The whole cluster; raises the errors of `kubestrata synth`."""
        return self.derive()

    @property
    def yaml(self) -> str:
        """All objects as one YAML stream, for snapshots."""
        return dump_all(each.manifest for each in self.objects)

    def all(self, kind: Kind) -> list[TreeObject]:
        """Return the objects of a kind, by namespace and name."""
        return [each for each in self.objects if _is(each.identity, kind)]

    def manifests(self, kind: Kind) -> list[Manifest]:
        """Return the objects of a kind as plain dicts."""
        return [each.manifest for each in self.all(kind)]

    def names(self, kind: Kind) -> list[str]:
        """Return the names of the objects of a kind."""
        return [each.name for each in self.all(kind)]

    def one(
        self, kind: Kind, name: str | None = None, *, namespace: str | None = None
    ) -> TreeObject:
        """Return the only object of a kind, or that of a name and a namespace.

        Raises AssertionError with the existing objects and the nearest name.
        """
        __tracebackhide__ = True
        found = [
            each
            for each in self.all(kind)
            if name in (None, each.name) and namespace in (None, each.namespace)
        ]
        if len(found) == 1:
            return found[0]
        raise AssertionError(self._missed(_text(kind), name, found))

    def _missed(self, kind: str, name: str | None, found: Sequence[TreeObject]) -> str:
        same = self.all(kind)
        if not same:
            kinds = {each.kind for each in self.objects}
            return f"kind {kind}: no object of it is rendered; {nearest(kind, kinds, 'rendered:')}"
        if found:
            listed = ", ".join(map(str, found))
            return f"{kind}: {len(found)} are rendered: {listed}\n  fix: pass a name or namespace="
        known = [each.name for each in same]
        wanted = name or ""
        if wanted in known:
            listed = ", ".join(map(str, same))
            return f"{kind} {wanted!r}: is not in that namespace; rendered: {listed}"
        return f"{kind} {wanted!r}: is not rendered; {nearest(wanted, known, 'rendered:')}"

    def has(self, kind: Kind, name: str) -> bool:
        """Return True if there is an object of that kind and name."""
        return name in self.names(kind)

    def named(self, text: str) -> TreeObject:
        """Return the object of `Kind/name` or `Kind/namespace/name`."""
        __tracebackhide__ = True
        kind, _, rest = text.partition("/")
        namespace, _, name = rest.rpartition("/")
        if not name:
            why = "not a valid name of an object: must be kind and name"
            raise AssertionError(f"{text!r}: {why}\n  fix: write 'Deployment/web'")
        return self.one(kind, name, namespace=namespace or None)


def render(what: Renderable, *, cluster: Cluster | None = None) -> RenderedTree:
    """Render a component, all components of a cluster, or what a function adds to a cluster.

    The function gets `cluster`, by default one that provides all features (see `full_cluster`).
    """
    if isinstance(what, Component):
        return _rendered(what.cluster, [what])
    if isinstance(what, Cluster):
        return _rendered(what, [each for each in what.components if each.name not in _fakes(what)])
    target = cluster or full_cluster()
    before = {each.name for each in target.components}
    what(target)
    return _rendered(target, [each for each in target.components if each.name not in before])


def _rendered(cluster: Cluster, components: Sequence[Component]) -> RenderedTree:
    written = [each for component in components for each in component.rendered()]
    objects = [TreeObject(each.identity, each.manifest, str(each.origin)) for each in written]
    return RenderedTree(
        sorted(objects, key=lambda each: each.identity),
        [waiver for component in components for waiver in component.waivers],
        lambda: _derived(cluster),
    )


def _derived(cluster: Cluster) -> ClusterTree:
    (tree,) = trees_of(Delivered([deliver(cluster)]))
    if isinstance(cluster, FakeCluster):
        pods = [labelled_pod(each) for each in cluster.pods]
        homes = [each.identity.name for each in tree.of_kind("", "Namespace")]
        copies = {Identity("", "Secret", home, name) for home in homes for name in cluster.secrets}
        external = tree.external | cluster.existing | copies
        return replace(tree, subjects=[*tree.subjects, *pods], external=external)
    return tree


def _fakes(cluster: Cluster) -> Iterable[str]:
    return cluster.fakes if isinstance(cluster, FakeCluster) else ()


def _is(identity: Identity, kind: Kind) -> bool:
    if isinstance(kind, str):
        name, dot, group = kind.partition(".")
        return identity.kind == name and (not dot or identity.group == group)
    return (identity.group, identity.kind) == (group_of(kind.api_version), kind.kind)


def _text(kind: Kind) -> str:
    return kind if isinstance(kind, str) else kind.kind
