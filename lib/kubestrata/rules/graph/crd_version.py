"""G11: a chart and its CRDs have the same version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.knowledge import ChartFact
from kubestrata.rules.api_group import HELM, SOURCE
from kubestrata.rules.kind_version import program_version
from kubestrata.rules.provider import CRD, repository_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")
_LABEL = "app.kubernetes.io/version"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is None or chart.known is None:
            continue
        own = chart.version if chart.known.same_version else program_version(tree, release)
        version = _VERSION.fullmatch(own)
        for where, found in _crds(tree, release, chart.known) if version is not None else ():
            if version is not None and found != version[1]:
                runs = "" if own == chart.version else f" runs {own}"
                what = f"chart {chart.name} {chart.version}{runs}"
                message = f"{what}, but its CRDs are {found} ({where})"
                yield release.finding("spec.chart", message, f"use the CRDs of {own}")


def _crds(tree: ClusterTree, release: Subject, known: ChartFact) -> list[tuple[str, str]]:
    """Return each version of the chart's CRDs that others install, with one location."""
    found: dict[str, str] = {}
    for crd in (*tree.of_kind(*CRD), *tree.definitions):
        is_own = crd.chart is not None and crd.chart.release == release.identity
        if crd.spec.get("group") in known.crds and not is_own:
            version = _VERSION.fullmatch(str(crd.labels.get(_LABEL, "")))
            if version is not None:
                found.setdefault(version[1], str(crd.place))
    for address, text, place in _sources(tree):
        version = _VERSION.search(text)
        if repository_of(address) == known.repository and version is not None:
            found.setdefault(version[1], place)
    return [(place, version) for version, place in sorted(found.items())]


def _sources(tree: ClusterTree) -> Iterator[tuple[str, str, str]]:
    """Yield the URLs of other repositories, the text with their version, and their location."""
    for each in tree.unchecked:
        yield each.what, each.what, str(each.place)
    for address in sorted(tree.early_addresses):
        yield address, address, "bootstrap"
    for source in tree.of_kind(SOURCE, "GitRepository"):
        tag = str(mapping(source.spec.get("ref")).get("tag", ""))
        yield str(source.spec.get("url", "")), tag, str(source.place)


RULES = (
    Rule(
        "G11",
        "a chart and its CRDs have the same version",
        "the controller reads unknown fields, or lacks its own",
        _check,
    ),
)
