"""G27: a bootstrap installs the version and the values that the delivery reconciles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, mapping, path_step, sequence
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.helmfile_release import HelmfileRelease
from kubestrata.rules.release import (
    ChartUse,
    chart_of,
    chart_of_source,
    is_chart_source,
    release_name,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace
from kubestrata.rules.violation import Finding, Severity

_SHOWN = 5
_EARLY, _LATE = "only in the bootstrap", "only in the delivery"


class _Delivered(Frozen):
    """A release that the delivery installs; it `is_complete` if all of its values are known."""

    subject: Subject
    chart: ChartUse
    namespace: str
    name: str
    values: Mapping[str, Any]
    at: str
    """The path of the chart."""
    values_at: str
    is_complete: bool

    def is_same(self, early: HelmfileRelease) -> bool:
        """Return True if it takes over a release of the bootstrap."""
        return (self.namespace, self.name) == (early.namespace, early.name)


def _check(tree: ClusterTree) -> Iterator[Finding]:
    releases = [*_of_flux(tree), *_of_argo(tree)] if tree.early_releases else []
    for early in tree.early_releases:
        found = [each for each in releases if each.chart.name == early.chart]
        same = [each for each in found if each.is_same(early)]
        for release in same or (found if len(found) == 1 else []):
            yield from _version(release, early)
            if not early.for_crds and release.is_same(early):
                yield from _values(release, early)


def _of_flux(tree: ClusterTree) -> Iterator[_Delivered]:
    for each in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, each)
        if chart is not None:
            yield _Delivered(
                each,
                chart,
                target_namespace(each),
                release_name(each),
                mapping(each.spec.get("values")),
                "spec.chart",
                "spec.values",
                not sequence(each.spec.get("valuesFrom")),
            )


def _of_argo(tree: ClusterTree) -> Iterator[_Delivered]:
    for each in tree.of_kind(ARGO, "Application"):
        listed = sequence(each.spec.get("sources"))
        at = [f"spec.sources[{index}]" for index in range(len(listed))] or ["spec.source"]
        for path, source in zip(at, listed or [mapping(each.spec.get("source"))], strict=True):
            if is_chart_source(mapping(source)):
                helm = mapping(source.get("helm"))
                others = ("fileParameters", "parameters", "valueFiles", "values")
                yield _Delivered(
                    each,
                    chart_of_source(tree, source),
                    str(mapping(each.spec.get("destination")).get("namespace") or ""),
                    str(helm.get("releaseName") or each.identity.name),
                    mapping(helm.get("valuesObject")),
                    path,
                    f"{path}.helm.valuesObject",
                    not any(helm.get(other) for other in others),
                )


def _version(release: _Delivered, early: HelmfileRelease) -> Iterator[Finding]:
    own = release.chart.version
    if not own or not early.version or own.lstrip("v") == early.version.lstrip("v"):
        return
    if any(sign in text for sign in "${}*<>=~^ |" for text in (own, early.version)):
        return  # a range, or a variable
    crds = "the CRDs of " if early.for_crds else ""
    message = f"installs {early.chart} {own}, but the bootstrap installs {crds}{early.version}"
    fix = "use one version in both"
    yield release.subject.finding(release.at, f"{message} ({early.place})", fix)


def _values(release: _Delivered, early: HelmfileRelease) -> Iterator[Finding]:
    if early.values is None or release.subject.is_open:
        return
    differences = list(_differences(release.values, early.values))
    if not release.is_complete:
        # Its other values are not in this field.
        differences = [each for each in differences if each[1] != _EARLY]
    # A bootstrap may leave out values: of monitoring, whose CRDs come later.
    if all(how == _LATE for _, how in differences):
        return
    shown = ", ".join(f"{path} ({how})" for path, how in differences[:_SHOWN])
    rest = len(differences) - _SHOWN
    more = f" and {rest} more" if rest > 0 else ""
    message = f"values differ from those of the bootstrap ({early.place}): {shown}{more}"
    fix = "set the same values in both, or take them from one file"
    yield release.subject.finding(release.values_at, message, fix, Severity.WARNING)


def _differences(
    own: Mapping[str, Any], early: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the paths of values that differ, with the side that has them."""
    for key in [*own, *(each for each in early if each not in own)]:
        here = f"{path}{path_step(str(key))}"
        if key not in early:
            yield here.lstrip("."), _LATE
        elif key not in own:
            yield here.lstrip("."), _EARLY
        elif is_mapping(own[key]) and is_mapping(early[key]):
            yield from _differences(own[key], early[key], here)
        elif own[key] != early[key] and not _is_open(own[key]) and not _is_open(early[key]):
            yield here.lstrip("."), "two values"


def _is_open(value: object) -> bool:
    """Return True for a value that a template or a variable fills in."""
    return isinstance(value, str) and ("${" in value or "{{" in value)


RULES = (
    Rule(
        "G27",
        "a bootstrap installs the version and the values that the delivery reconciles",
        "the first reconciliation changes what already runs, and a controller may lack its CRDs",
        _check,
    ),
)
