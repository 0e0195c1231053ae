"""The difference of two clusters, or components: what one has alone, and fields that differ.

Clusters are compared by what their components apply. What the delivery adds (Kustomizations,
Applications, sources) follows from that, and is left out, but for the content of other repositories
and the charts that Argo CD renders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from kubestrata.core.cluster import Component
from kubestrata.core.field_change import FieldChange, field_changes
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.plan.folded_change import FoldedChange, folded
from kubestrata.plan.redaction import without_secrets
from kubestrata.plan.tree_diff import ObjectChange


class ClusterDiff(Frozen):
    """The difference of two clusters; objects are shown by kind, namespace and name.

    `only` has for each cluster its own components with all of their objects, `extra` the objects
    that one cluster alone has in a component of both.
    """

    names: tuple[str, str]
    equal: int
    differing: int
    changes: Sequence[FoldedChange]
    only: tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]
    extra: tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]

    @property
    def is_empty(self) -> bool:
        """Return True if both clusters apply the same objects."""
        return not (self.differing or any(chain(*self.only, *self.extra)))


_Objects: TypeAlias = Mapping[Identity, tuple[str, Manifest]]
"""The objects of a cluster or of a component, each with its component."""
_HOME = "(its own)"


def compare_clusters(one: DeliveredCluster, other: DeliveredCluster) -> ClusterDiff:
    """Return the difference of two clusters."""
    return _compared((one.name, other.name), _objects(one), _objects(other))


def compare_components(
    one: tuple[DeliveredCluster, Component], other: tuple[DeliveredCluster, Component]
) -> ClusterDiff:
    """Return the difference of two components, also of one cluster.

    Their own namespaces correspond to each other, whatever their names.
    """
    names = tuple(f"{cluster.name}/{component.name}" for cluster, component in (one, other))
    first, second = (_of_component(*side, str(one[1].name)) for side in (one, other))
    return _compared((names[0], names[1]), first, second)


def _compared(names: tuple[str, str], first: _Objects, second: _Objects) -> ClusterDiff:
    both = [identity for identity in first if identity in second]
    changed = {
        identity: fields
        for identity in both
        if (fields := _fields(identity, first[identity][1], second[identity][1]))
    }
    return ClusterDiff(
        names=names,
        equal=len(both) - len(changed),
        differing=len(changed),
        changes=folded(changed),
        only=(_own(first, second, whole=True), _own(second, first, whole=True)),
        extra=(_own(first, second, whole=False), _own(second, first, whole=False)),
    )


def _of_component(cluster: DeliveredCluster, component: Component, name: str) -> _Objects:
    """Return the objects of a component, without its namespace, as those of `name`."""
    own = f"{component.layer}/{component.name}"
    found: dict[Identity, tuple[str, Manifest]] = {}
    for identity, (where, manifest) in _objects(cluster).items():
        if where == own:
            inner = _within(identity, component, name)
            found[inner] = (name, manifest if inner == identity else _unplaced(manifest, inner))
    return found


def _unplaced(manifest: Manifest, inner: Identity) -> Manifest:
    """Return an object with the name and the namespace of an identity in its component."""
    if "metadata" not in manifest:
        return manifest
    metadata = {**manifest["metadata"], "name": inner.name}
    metadata.pop("namespace", None)
    return {**manifest, "metadata": metadata}


def _within(identity: Identity, component: Component, name: str) -> Identity:
    """Return an identity as it is in a component: without the names that are the component's."""
    home = component.home_name
    if home is not None and identity.namespace == home:
        return identity._replace(namespace="")
    if (identity.group, identity.kind, identity.name) == ("", "Namespace", home):
        return identity._replace(name=_HOME)
    # A repository or charts, which have the name of their component.
    is_own = (identity.namespace, identity.name) == ("", component.name)
    return identity._replace(name=name) if is_own else identity


def _objects(cluster: DeliveredCluster) -> _Objects:
    found: dict[Identity, tuple[str, Manifest]] = {}
    for unit in cluster.units:
        for file in unit.files or ():
            if file.manifest is not None:
                _, layer, component, *_ = file.path.split("/")
                found[identity_of(file.manifest)] = (f"{layer}/{component}", file.manifest)
    for home, what, manifest in _elsewhere(cluster):
        found[Identity("", what, "", home.name)] = (f"{home.layer}/{home.name}", manifest)
    return found


def _elsewhere(cluster: DeliveredCluster) -> Iterator[tuple[Component, str, Manifest]]:
    """Yield what components apply that is not in the output: other repositories, and charts.

    Charts are here those that Argo CD renders itself; a HelmRelease is an object like others.
    """
    applications = {
        each.applied_by.manifest["metadata"]["name"]: each.applied_by.manifest["spec"]
        for each in cluster.units
        if each.applied_by.manifest is not None
        and each.applied_by.manifest["kind"] == "Application"
    }
    prefix = getattr(cluster.cluster.delivery, "prefix", "")
    for component in cluster.cluster.components:
        if (remote := component.source) is not None:
            yield (
                component,
                "Repository",
                {"url": remote.url, "path": remote.path, **remote.revision},
            )
        spec = mapping(applications.get(prefix + component.name))
        charts = [each for each in map(mapping, sequence(spec.get("sources"))) if "helm" in each]
        charts += [each for each in (mapping(spec.get("source")),) if "helm" in each]
        named = {str(each["helm"].get("releaseName")): each for each in charts}
        if named:
            yield component, "Chart", {"releases": named}


def _fields(identity: Identity, before: Manifest, after: Manifest) -> Sequence[FieldChange]:
    change = ObjectChange("changed", str(identity), "", field_changes(before, after))
    return without_secrets(change).fields


def _own(mine: _Objects, theirs: _Objects, *, whole: bool) -> dict[str, list[str]]:
    """Return the objects that one cluster alone has, by component; `whole` ones or parts."""
    shared = {component for component, _ in theirs.values()}
    found: dict[str, list[str]] = {}
    for identity, (component, _) in mine.items():
        if identity not in theirs and (component not in shared) is whole:
            found.setdefault(component, []).append(str(identity))
    return {component: sorted(objects) for component, objects in sorted(found.items())}
