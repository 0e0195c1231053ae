"""The values of HelmReleases, each with its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.rules.checked_object import catalogue_of
from kubestrata.rules.deployed import is_shipped
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.schema import ValuesSchema, stored_values


class ReleaseValues(Frozen):
    """The values of a release with the schema of its chart; `is_exact` if that has its version."""

    release: Subject
    values: dict[str, Any]
    schema: ValuesSchema
    is_exact: bool


def release_values(tree: ClusterTree) -> Iterator[ReleaseValues]:
    """Yield every release that was not rendered, if a schema of its values is known.

    Helm itself has validated the values of the others.
    """
    folders = catalogue_of(tree).folders
    for release in tree.hidden_releases:
        use = chart_of(tree, release)
        if use is None:
            continue
        values = mapping(release.spec.get("values"))
        if (exact := tree.charts.schemas.get(release.identity)) is not None:
            yield ReleaseValues(release, values, ValuesSchema(dict(exact)), is_exact=True)
            continue
        stored = filter(None, (stored_values(folder, use.name) for folder in folders))
        schema = next(stored, None)
        if schema is not None:
            package = use.name.replace("-", "_").replace(".", "_")
            yield ReleaseValues(release, values, schema, is_shipped(tree, package, use.version))
