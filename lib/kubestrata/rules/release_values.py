"""The values of HelmReleases, each with its schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.deployed import is_shipped
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.schema import ValuesSchema, stored_values


@dataclass(frozen=True, slots=True)
class ReleaseValues:
    """The values of a release with the schema of its chart; `is_exact` if that has its version."""

    release: Subject
    values: dict[str, Any]
    schema: ValuesSchema
    is_exact: bool


def release_values(tree: ClusterTree) -> Iterator[ReleaseValues]:
    """Yield every release whose chart is available in its version, or known to the bindings."""
    folders, shelved = catalogue_of(tree).folders, tree.once(_shelved)
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None:
            continue
        stored = filter(None, (stored_values(folder, use.name) for folder in folders))
        exact = shelved.get((use.name, _exact(use.version)))
        schema = exact or next(stored, None)
        if schema is not None:
            package = use.name.replace("-", "_").replace(".", "_")
            is_exact = exact is not None or is_shipped(tree, package, use.version)
            yield ReleaseValues(release, mapping(release.spec.get("values")), schema, is_exact)


def _shelved(tree: ClusterTree) -> dict[tuple[str, str], ValuesSchema]:
    return {(each.name, _exact(each.version)): ValuesSchema(each.schema) for each in tree.charts}


def _exact(version: str) -> str:
    """Return a version without a leading `v`, which Helm ignores."""
    return version.removeprefix("v")
