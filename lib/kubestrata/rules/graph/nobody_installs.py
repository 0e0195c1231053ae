"""G05: the CRD of every custom resource is installed."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import HELM
from kubestrata.rules.provider import custom, is_closed
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    if not is_closed(tree):
        return
    opaque = [chart_of(tree, each) for each in tree.of_kind(HELM, "HelmRelease")]
    unknown = any(each is None or each.known is None for each in opaque)
    local = any(each is not None and each.local for each in opaque)
    fixes: dict[str, str] = {}
    for subject in custom(tree):
        group = subject.identity.group
        if group in tree.provides or group in tree.given_groups or local:
            continue
        if group in tree.knowledge.installable or not unknown:
            if group not in fixes:
                fixes[group] = _fix(tree, group)
            yield subject.finding(
                "apiVersion", f"nothing installs the CRDs of {group}", fixes[group]
            )


def _fix(tree: ClusterTree, group: str) -> str:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        known = chart.known if chart is not None else None
        if known is not None and group in known.crds:
            if known.switches:
                return f"set {known.switches[-1]} in the values of {release.identity.name}"
            return f"let {release.identity.name} install the CRDs of its chart"
    charts = tree.knowledge.installers(group)
    return f"add the chart {' or '.join(charts[:3])}" if charts else "add their CRDs"


RULES = (
    Rule(
        "G05",
        "the CRD of every custom resource is installed",
        "the API server does not know the kind, and the Kustomization fails",
        _judge,
    ),
)
