"""Fields of built-in kinds that not every version of Kubernetes has.

The versions are data (`knowledge/kubernetes_history.json`), of a type each, of fields that the
schema has and of some that it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import is_mapping
from kubestrata.knowledge import VersionSpan, kubernetes_history
from kubestrata.schema.branch import Branch, Growth, reached, steps
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.fault import dotted
from kubestrata.schema.requirement import type_names


def dated_branch(
    schema: dict[str, Any], definition: str, definitions: KubernetesDefinitions
) -> Branch[Mapping[str, VersionSpan]] | None:
    """Return the branch of the types with such fields."""
    names = type_names(schema, definition, definitions)
    fields = kubernetes_history().fields

    def own(part: dict[str, Any]) -> Mapping[str, VersionSpan] | None:
        return fields.get(names.get(id(part), ""))

    return Growth(own, definitions, definitions.branches("versions")).of(schema)


def dated_fields(
    branch: Branch[Mapping[str, VersionSpan]] | None, value: object
) -> Iterator[tuple[str, VersionSpan]]:
    """Yield the path of each such field that an object has, and its versions."""
    for fields, each, trail in reached(branch, value) if branch is not None else ():
        for name in fields.keys() & each.keys() if is_mapping(each) else ():
            yield dotted([*steps(trail), name]), fields[name]
