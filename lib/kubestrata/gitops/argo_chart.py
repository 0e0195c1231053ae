"""The chart argocd-apps: Applications and ApplicationSets in the values of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.document import TreeDocument
from kubestrata.rules.subject import Subject
from kubestrata.rules.violation import Location

CHART = "argocd-apps"
_KINDS = {
    "applications": "Application",
    "applicationsets": "ApplicationSet",
    "projects": "AppProject",
}
_METADATA = ("name", "namespace", "finalizers")
_ADDED = {"additionalLabels": "labels", "additionalAnnotations": "annotations"}


def chart_objects(
    values: Mapping[str, Any], namespace: str, place: Location
) -> Iterator[TreeDocument]:
    """Yield the objects that the chart makes of its values."""
    for key, kind in _KINDS.items():
        for name, item in _items(values.get(key)):
            metadata = {"name": name, "namespace": namespace}
            metadata |= {each: item[each] for each in _METADATA if item.get(each)}
            metadata |= {to: item[each] for each, to in _ADDED.items() if item.get(each)}
            spec = {k: v for k, v in item.items() if k not in (*_METADATA, *_ADDED)}
            head = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind}
            yield TreeDocument({**head, "metadata": metadata, "spec": spec}, place)


def _items(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entries with their names: a map, or a list in older versions."""
    if is_mapping(value):
        yield from ((name, mapping(item)) for name, item in value.items())
    elif is_list(value):
        yield from ((str(mapping(each).get("name")), mapping(each)) for each in value)


def release_objects(release: Subject) -> tuple[TreeDocument, ...]:
    """Return the objects of a HelmRelease of the chart, as far as its values are in it."""
    chart = mapping(mapping(release.spec.get("chart")).get("spec")).get("chart")
    values = mapping(release.spec.get("values"))
    own = values if chart == CHART else mapping(values.get(CHART))
    namespace = str(release.spec.get("targetNamespace") or release.namespace)
    return tuple(chart_objects(own, namespace, release.place))


def source_values(
    disk: Disk, source: Mapping[str, Any], folder: str | None, refs: Mapping[str, str]
) -> dict[str, Any]:
    """Return the values of the chart in a source of an Application, empty for another chart.

    `folder` is the one with the chart that depends on it; `refs` are the folders of `$name` in
    paths of value files.
    """
    helm = mapping(source.get("helm"))
    if folder is None and source.get("chart") != CHART:
        return {}
    if folder is not None and not _depends(disk, folder):
        return {}
    texts = [] if folder is None else [_text(disk, join(folder, "values.yaml"))]
    for each in map(str, sequence(helm.get("valueFiles"))):
        name, _, path = each.removeprefix("$").partition("/")
        if each.startswith("$") and name in refs:
            texts.append(_text(disk, join(refs[name], path)))
        elif folder is not None and not each.startswith("$"):
            texts.append(_text(disk, join(folder, each)))
    texts.append(str(helm.get("values") or ""))
    values = merged([*map(_values, texts), mapping(helm.get("valuesObject"))])
    return values if folder is None else mapping(values.get(CHART))


def _depends(disk: Disk, folder: str) -> bool:
    chart = _values(_text(disk, join(folder, "Chart.yaml")))
    dependencies = map(mapping, sequence(chart.get("dependencies")))
    return any(each.get("name") == CHART for each in dependencies)


def _text(disk: Disk, path: str) -> str:
    try:
        return disk.text(path)
    except OSError:
        return ""


def _values(text: str) -> dict[str, Any]:
    try:
        values: list[Any] = load_all(text, "values")
    except YamlSyntaxError:
        return {}
    return mapping(values[0]) if values else {}


def merged(values: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return maps of values in one, later ones first."""
    made: dict[str, Any] = {}
    for each in values:
        for key, value in each.items():
            both = is_mapping(value) and is_mapping(made.get(key))
            made[key] = merged([made[key], value]) if both else value
    return made
