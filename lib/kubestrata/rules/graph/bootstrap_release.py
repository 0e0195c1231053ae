"""G27: a bootstrap installs the version and the values that the delivery reconciles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping, path_step, sequence
from kubestrata.rules.api_group import HELM
from kubestrata.rules.helmfile_release import HelmfileRelease
from kubestrata.rules.release import chart_of, release_name
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace
from kubestrata.rules.violation import Finding, Severity

_SHOWN = 5


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for early in tree.early_releases:
        for release in _delivered(tree, early):
            yield from _version(tree, release, early)
            if not early.for_crds and _is_same(release, early):
                yield from _values(release, early)


def _delivered(tree: ClusterTree, early: HelmfileRelease) -> list[Subject]:
    """Return the HelmReleases that take a release over, or install the same chart."""
    found: list[Subject] = []
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is not None and chart.name == early.chart:
            found.append(release)
    same = [each for each in found if _is_same(each, early)]
    return same or (found if len(found) == 1 else [])


def _is_same(release: Subject, early: HelmfileRelease) -> bool:
    return (target_namespace(release), release_name(release)) == (early.namespace, early.name)


def _version(tree: ClusterTree, release: Subject, early: HelmfileRelease) -> Iterator[Finding]:
    chart = chart_of(tree, release)
    own = "" if chart is None else chart.version
    if not own or not early.version or own.lstrip("v") == early.version.lstrip("v"):
        return
    if any(sign in text for sign in "${}*<>=~^ |" for text in (own, early.version)):
        return  # a range, or a variable
    crds = "the CRDs of " if early.for_crds else ""
    message = f"installs {early.chart} {own}, but the bootstrap installs {crds}{early.version}"
    fix = "use one version in both"
    yield release.finding("spec.chart", f"{message} ({early.place})", fix)


def _values(release: Subject, early: HelmfileRelease) -> Iterator[Finding]:
    if early.values is None or release.is_open:
        return
    own = mapping(release.spec.get("values"))
    differences = list(_differences(own, early.values))
    if sequence(release.spec.get("valuesFrom")):
        # Its other values are not in the object.
        differences = [each for each in differences if each[1] != "only in the bootstrap"]
    if not differences:
        return
    shown = ", ".join(f"{path} ({how})" for path, how in differences[:_SHOWN])
    rest = len(differences) - _SHOWN
    more = f" and {rest} more" if rest > 0 else ""
    message = f"values differ from those of the bootstrap ({early.place}): {shown}{more}"
    fix = "set the same values in both, or take them from one file"
    yield release.finding("spec.values", message, fix, Severity.WARNING)


def _differences(
    own: Mapping[str, Any], early: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the paths of values that differ, with the side that has them."""
    for key in [*own, *(each for each in early if each not in own)]:
        here = f"{path}{path_step(str(key))}"
        if key not in early:
            yield here.lstrip("."), "only in the delivery"
        elif key not in own:
            yield here.lstrip("."), "only in the bootstrap"
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
        _judge,
    ),
)
