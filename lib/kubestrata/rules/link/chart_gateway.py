"""Gateways that charts create, with names that are known for the charts that create one."""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import GATEWAY, HELM
from kubestrata.rules.field import known, value_at
from kubestrata.rules.link.unfollowed import foreign
from kubestrata.rules.link.unseen import composed, has_charts, hidden
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace


def may_be_made(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if an unknown creator may create a Gateway of this name."""
    if not hidden(tree, namespace):
        return composed(tree, namespace, name)
    if not has_charts(tree, namespace) or composed(tree, namespace) or not known(namespace):
        return True
    made = [
        _gateway(tree, each)
        for each in tree.of_kind(HELM, "HelmRelease")
        if target_namespace(each) == namespace
    ]
    return None in made or name in made


def gateway_makers(tree: ClusterTree, gateway: Identity) -> tuple[Subject, ...]:
    """Return the releases whose charts are known to create a Gateway."""
    if (gateway.group, gateway.kind) != (GATEWAY, "Gateway"):
        return ()
    return tree.once(_makers).get((gateway.namespace, gateway.name), ())


def _makers(tree: ClusterTree) -> Mapping[tuple[str, str], tuple[Subject, ...]]:
    found: dict[tuple[str, str], tuple[Subject, ...]] = {}
    for each in tree.of_kind(HELM, "HelmRelease"):
        name = _gateway(tree, each)
        if name is not None:
            key = target_namespace(each), name
            found[key] = (*found.get(key, ()), each)
    return found


def is_made_otherwise(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if something other than a chart may create a Gateway of this name."""
    about = tree.knowledge.namespace(namespace)
    is_open = about is not None and about.open
    unread = composed(tree, namespace, name) or foreign(tree, namespace, name)
    return is_open or unread or not known(namespace)


def _gateway(tree: ClusterTree, release: Subject) -> str | None:
    """Return the name of a release's Gateway, None if it cannot be derived."""
    chart = chart_of(tree, release)
    usual = chart.known.gateway if chart is not None and chart.known is not None else ""
    if not usual or release.spec.get("valuesFrom"):
        return None
    return known(value_at(release.manifest, "spec.values.gateway.name") or usual) or None
