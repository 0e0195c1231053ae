"""The values of HelmReleases, each with its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.schema import ValuesSchema, stored_values


def release_values(
    tree: ClusterTree,
) -> Iterator[tuple[Subject, dict[str, Any], ValuesSchema]]:
    """Yield every release whose chart is available in its version, or known to the bindings."""
    folders, shelved = catalogue_of(tree).folders, tree.once(_shelved)
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None:
            continue
        stored = filter(None, (stored_values(folder, use.name) for folder in folders))
        schema = shelved.get((use.name, _exact(use.version))) or next(stored, None)
        if schema is not None:
            yield release, mapping(release.spec.get("values")), schema


def _shelved(tree: ClusterTree) -> dict[tuple[str, str], ValuesSchema]:
    return {(each.name, _exact(each.version)): ValuesSchema(each.schema) for each in tree.charts}


def _exact(version: str) -> str:
    """Return a version without a leading `v`, which Helm ignores."""
    return version.removeprefix("v")
