"""The difference of what charts make, for a chart or values that change."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.field_change import field_changes
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import is_mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.plan.data_holder import data_lost
from kubestrata.plan.tree_diff import ObjectChange, Verb
from kubestrata.rules.defined_kind import composite_kinds
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location

_TEXT = (".yaml", ".yml")


def tree_before(after: ClusterTree, files: Mapping[str, bytes]) -> ClusterTree:
    """Return the tree of a cluster as files have it; what it shares with `after` stays.

    Files are named by their paths in the output, whose first folder is the cluster.
    """
    subjects: list[Subject] = []
    for path, content in sorted(files.items()):
        if path.partition("/")[0] == after.name and path.endswith(_TEXT):
            subjects += _objects(path, content)
    # The units say which sources are the repository itself.
    return dataclasses.replace(after, subjects=subjects, generated=False, before=None)


def _objects(path: str, content: bytes) -> Iterator[Subject]:
    try:
        documents = load_all(content.decode(), path)
    except (YamlSyntaxError, UnicodeDecodeError):
        return
    for each in documents:
        if not is_mapping(each) or not is_mapping(each.get("metadata")):
            continue
        if all(isinstance(each.get(field), str) for field in ("apiVersion", "kind")):
            yield Subject(identity_of(each), each, Location(path, 1), None, path)


def compare_charts(before: ClusterTree, after: ClusterTree) -> list[ObjectChange]:
    """Return the changes of objects that charts make; both trees have these objects.

    What a release makes that could not be rendered on one side is left out.
    """
    old, new = _made(before), _made(after)
    hidden = {each.identity for tree in (before, after) for each in tree.hidden_releases}
    composites = frozenset(
        kind for each in before.subjects for kind in composite_kinds(each.manifest)
    )
    changes: list[ObjectChange] = []
    for identity, made in old.items():
        if identity not in new and not _is_of(made, hidden):
            lost = data_lost(made.manifest, composites)
            changes.append(_change("removed", made, data_lost=lost))
    for identity, made in new.items():
        former = old.get(identity)
        if _is_of(made, hidden):
            continue
        if former is None:
            changes.append(_change("added", made))
        elif former.manifest != made.manifest:
            changes.append(_changed(former, made))
    return sorted(changes, key=lambda one: (not one.data_lost, one.file, one.name, one.verb))


def _made(tree: ClusterTree) -> dict[Identity, Subject]:
    found: dict[Identity, Subject] = {}
    for each in (*tree.subjects, *tree.definitions):
        if each.chart is not None:
            found.setdefault(each.identity, each)
    return found


def _is_of(made: Subject, releases: set[Identity]) -> bool:
    return made.chart is not None and made.chart.release in releases


def _changed(former: Subject, made: Subject) -> ObjectChange:
    fields = field_changes(former.manifest, made.manifest)
    if made.identity.kind == "CustomResourceDefinition":
        # A definition has thousands of fields.
        return _change("changed", made, note=f"{len(fields)} fields differ")
    return replace(_change("changed", made), fields=fields)


def _change(verb: Verb, made: Subject, note: str = "", data_lost: str = "") -> ObjectChange:
    name, origin = str(made.identity), made.chart
    if origin is None:
        return ObjectChange(verb, name, made.file, (), note, data_lost)
    where = f"{origin.template} of {origin.release}, chart {origin.chart} {origin.version}"
    return ObjectChange(verb, name, where, (), note, data_lost)
