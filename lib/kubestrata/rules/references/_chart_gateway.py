"""Gateways that charts make: the names of which are known for charts that make one."""

from __future__ import annotations

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.references._field import known
from kubestrata.rules.references._unseen import composed, hidden
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace

# Chart -> the name of its Gateway where `gateway.name` of its values says nothing.
_NAMES = {"traefik": "traefik-gateway"}


def may_be_made(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Whether something that is not seen may make a Gateway of this name."""
    if not hidden(tree, namespace):
        return False
    if not tree.has_charts(namespace) or composed(tree, namespace) or not known(namespace):
        return True
    made = [
        _gateway(tree, each)
        for each in tree.of_kind(HELM, "HelmRelease")
        if target_namespace(each) == namespace
    ]
    return None in made or name in made


def _gateway(tree: ClusterTree, release: Subject) -> str | None:
    """The name of a release's Gateway, None if it cannot be told."""
    chart = chart_of(tree, release)
    usual = _NAMES.get(chart.name) if chart is not None else None
    if usual is None or release.spec.get("valuesFrom"):
        return None
    given = mapping(mapping(release.spec.get("values")).get("gateway")).get("name", usual)
    return known(given) or None
