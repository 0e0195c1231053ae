"""G11: a chart and its CRDs have the same version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.knowledge import ChartFact
from kubestrata.rules.api_group import HELM, SOURCE
from kubestrata.rules.provider import CRD, repository_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")
_LABEL = "app.kubernetes.io/version"


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        known = chart.known if chart is not None else None
        version = _VERSION.fullmatch(chart.version) if chart is not None else None
        if chart is None or known is None or version is None or not known.same_version:
            continue
        for where, found in _crds(tree, known):
            if found != version[1]:
                message = f"chart {chart.name} {chart.version}, but its CRDs are {found} ({where})"
                yield release.finding("spec.chart", message, f"use the CRDs of {chart.version}")


def _crds(tree: ClusterTree, known: ChartFact) -> list[tuple[str, str]]:
    """Return each version of the chart's CRDs in the tree, with one location."""
    found: dict[str, str] = {}
    for crd in tree.of_kind(*CRD):
        if crd.spec.get("group") in known.crds:
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
    for each in tree.unjudged:
        yield each.what, each.what, str(each.place)
    for source in tree.of_kind(SOURCE, "GitRepository"):
        tag = str(mapping(source.spec.get("ref")).get("tag", ""))
        yield str(source.spec.get("url", "")), tag, str(source.place)


RULES = (
    Rule(
        "G11",
        "a chart and its CRDs have the same version",
        "the controller reads unknown fields, or lacks its own",
        _judge,
    ),
)
