"""HelmReleases of components as Helm installs them: chart, version, values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubestrata.constructs.bootstrap.part import BootstrapRelease
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject, mapping, sequence
from kubestrata.core.source import ChartRepository, OciChart
from kubestrata.core.value.placeholder import has_mark
from kubestrata.core.written import WrittenObject
from kubestrata.core.yaml_text import dump
from kubestrata.rules.api_group import HELM

if TYPE_CHECKING:
    from kubestrata.rules.subject import ClusterTree, Subject

_UNITS = {"h": 3600, "m": 60, "s": 1}
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


class PlannedRelease(Frozen):
    """A release of the bootstrap: what Helm gets, and the part that declares it."""

    name: str
    namespace: str
    chart: str
    version: str
    repository: ChartRepository | None
    values: JsonObject
    timeout: int | None
    part: BootstrapRelease
    phase: str
    wait: bool

    @property
    def key(self) -> str:
        """The name by which other releases of a helmfile need it."""
        return f"{self.namespace}/{self.name}"


def planned(cluster: Cluster, part: BootstrapRelease, phase: str) -> Iterator[PlannedRelease]:
    """Yield the releases of a component; raises an error for one that Helm alone cannot install."""
    component = part.component
    releases = [each for each in component.rendered() if _is_release(each)]
    if not releases:
        why, fix = "has no HelmRelease", "pass a component that installs a chart"
        raise InvalidReference(f"component {component.name!r}", why, fix)
    for each in releases:
        yield _planned(cluster, component, each, part, phase)


def _is_release(item: WrittenObject) -> bool:
    return (item.identity.group, item.identity.kind) == (HELM, "HelmRelease")


def _planned(
    cluster: Cluster, component: Component, item: WrittenObject, part: BootstrapRelease, phase: str
) -> PlannedRelease:
    from kubestrata.gitops.release_input import ValuesError, release_input  # noqa: PLC0415  # Helm

    tree = _tree(cluster, component)
    release = tree.by_identity[item.identity]
    spec = release.spec
    if sequence(spec.get("postRenderers")):
        why = "patches objects of its chart, which the bootstrap does not"
        raise InvalidValue(str(item.identity), why, where=item.origin)
    for entry in map(mapping, sequence(spec.get("valuesFrom"))):
        if entry.get("kind") == "Secret" and not entry.get("optional"):
            why = f"takes values from Secret {entry.get('name')}, which does not exist yet"
            fix = "name the Secret in a value of the chart, if it has one for that"
            raise InvalidValue(str(item.identity), why, fix, where=item.origin)
    try:
        given = release_input(tree, release)
    except ValuesError as error:
        raise InvalidValue(str(item.identity), str(error), where=item.origin) from None
    if has_mark(dump(dict(given.values))):
        why = "has a placeholder in its values, which only the delivery substitutes"
        raise InvalidValue(str(item.identity), why, where=item.origin)
    chart, version, repository = _chart(component, release)
    return PlannedRelease(
        given.name,
        given.namespace,
        chart,
        version,
        repository,
        given.values,
        _seconds(str(spec.get("timeout") or "")),
        part,
        phase,
        mapping(spec.get("install")).get("disableWait") is not True,
    )


def _tree(cluster: Cluster, component: Component) -> ClusterTree:
    """Return the objects of a component, for what reads values."""
    from kubestrata.rules.subject import ClusterTree, Subject  # noqa: PLC0415  # as Helm's values
    from kubestrata.rules.violation import Location  # noqa: PLC0415  # same

    subjects = [
        Subject(each.identity, each.manifest, Location(each.origin.file, each.origin.line))
        for each in component.rendered()
    ]
    return ClusterTree(cluster.name, cluster.kubernetes, subjects, generated=True)


def _chart(component: Component, release: Subject) -> tuple[str, str, ChartRepository | None]:
    """Return the chart as Helm names it, its version, and its repository if it has an index."""
    by_name = mapping(mapping(release.spec.get("chart")).get("spec"))
    reference = mapping(by_name.get("sourceRef") or release.spec.get("chartRef"))
    for source, _ in component.repositories:
        if source.name != reference.get("name"):
            continue
        if isinstance(source, OciChart):
            return source.url, source.version, None
        chart = f"{source.name}/{by_name.get('chart')}"
        return chart, str(by_name.get("version")), source
    why = "has a chart from this repository, which a bootstrap cannot fetch"
    raise InvalidReference(str(release.identity), why)


def _seconds(text: str) -> int | None:
    """Return a duration in seconds, None if there is none."""
    found = [float(number) * _UNITS.get(unit, 0) for number, unit in _TIME.findall(text)]
    return int(sum(found)) or None
