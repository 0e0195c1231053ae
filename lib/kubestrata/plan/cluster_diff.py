"""The difference of two clusters: components and objects of one alone, and fields that differ.

Clusters are compared by what their components apply. What the delivery adds (Kustomizations,
Applications, sources) follows from that, and is left out, but for the content of other repositories
and the charts that Argo CD renders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from kubestrata.core.cluster import Component
from kubestrata.core.field_change import FieldChange, field_changes
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.list_key import canonical
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.plan.redaction import without_secrets
from kubestrata.plan.tree_diff import ObjectChange


class FoldedChange(Frozen):
    """One change of a field, from the first cluster to the second, and the objects that have it."""

    change: FieldChange
    objects: Sequence[str]


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


def compare_clusters(one: DeliveredCluster, other: DeliveredCluster) -> ClusterDiff:
    """Return the difference of two clusters."""
    first, second = _objects(one), _objects(other)
    both = [identity for identity in first if identity in second]
    changed = {
        identity: fields
        for identity in both
        if (fields := _fields(identity, first[identity][1], second[identity][1]))
    }
    return ClusterDiff(
        names=(one.name, other.name),
        equal=len(both) - len(changed),
        differing=len(changed),
        changes=_folded(changed),
        only=(_own(first, second, whole=True), _own(second, first, whole=True)),
        extra=(_own(first, second, whole=False), _own(second, first, whole=False)),
    )


_Objects = Mapping[Identity, tuple[str, Manifest]]
"""The objects of a cluster, each with its component."""


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


def _folded(changed: Mapping[Identity, Sequence[FieldChange]]) -> list[FoldedChange]:
    """Return each change once, those of most objects first."""
    found: dict[str, tuple[FieldChange, list[str]]] = {}
    for identity, fields in changed.items():
        for field in fields:
            key = canonical([field.path, field.verb, field.before, field.after])
            found.setdefault(key, (field, []))[1].append(str(identity))
    made = [FoldedChange(field, sorted(objects)) for field, objects in found.values()]
    return sorted(made, key=lambda each: (-len(each.objects), each.objects, each.change.path))


def _own(mine: _Objects, theirs: _Objects, *, whole: bool) -> dict[str, list[str]]:
    """Return the objects that one cluster alone has, by component; `whole` ones or parts."""
    shared = {component for component, _ in theirs.values()}
    found: dict[str, list[str]] = {}
    for identity, (component, _) in mine.items():
        if identity not in theirs and (component not in shared) is whole:
            found.setdefault(component, []).append(str(identity))
    return {component: sorted(objects) for component, objects in sorted(found.items())}
